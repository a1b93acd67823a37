package io.cxt.cli;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.cxone.CxoneTarget.Sent;
import io.cxt.cxone.SignInException;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has CXone remove the content of a chat. */
@Command(
        name = "withdraw",
        description = {
            "Has CXone remove the content of every message that was sent of an interaction, for the reason GDPR.",
            "That cannot be undone. Contact, times and ids stay; so does what is in CXT's own archive."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {"  cxt withdraw ext_998877 --yes"})
final class WithdrawCommand implements Callable<Integer> {
    /** In the event of a chat of which some messages still have their content. */
    static final String INCOMPLETE = "incomplete";

    @Parameters(paramLabel = "ID", description = "The interaction id.")
    private String id = "";

    @Option(names = "--yes", description = "Confirms it. Without this nothing is called.")
    private boolean yes;

    @Override
    public Integer call() throws IOException, SignInException {
        try (SentTranscripts sent = new SentTranscripts(Output.table, "remove what it has", true)) {
            String known = SafeName.spellings(id).stream()
                    .filter(spelling -> !sent.view().deliveries(spelling).isEmpty())
                    .findFirst()
                    .orElseThrow(() -> new CommandRefused(
                            Exit.USAGE, "The ledger knows no %s. See: cxt find".formatted(SafeName.log(id))));
            Optional<List<Sent>> parts = sent.parts(known);
            if (parts.isEmpty()) {
                throw new CommandRefused(
                        Exit.PARTLY,
                        "%s is not in the archive as it was sent, so that its messages cannot be named. Remove them in CXone, or"
                                        .formatted(SafeName.log(id))
                                + " put the archive back from a backup");
            }
            long messages =
                    parts.get().stream().filter(part -> part.messages() > 0).count();
            if (!yes) {
                throw new CommandRefused(
                        Exit.USAGE,
                        "%s has %s messages in CXone. Removing their content cannot be undone. To do it: cxt withdraw %s --yes"
                                .formatted(SafeName.log(id), messages, SafeName.shell(id)));
            }
            sent.holdToContact(known);
            int[] removed = {0};
            try {
                sent.cxone.target().withdraw(parts.get(), sent.caller, () -> {
                    removed[0]++;
                    System.err.printf("%s of %s%n", removed[0], messages);
                });
            } finally {
                if (removed[0] > 0) {
                    String incomplete = removed[0] < messages || sent.isOpen(known) ? " " + INCOMPLETE : "";
                    sent.log.told(
                            Type.WITHDRAWN,
                            known,
                            "messages=%s removed=%s%s".formatted(messages, removed[0], incomplete));
                }
            }
            System.out.println("%s: content of %s messages removed, %s were sent"
                    .formatted(SafeName.log(id), removed[0], messages));
            if (removed[0] < messages) {
                System.err.println(
                        "CXone shows %s of them. Its search may be minutes behind: run this again later. If that stays, this says which are missing: cxt reconcile --interaction %s"
                                .formatted(removed[0], SafeName.shell(id)));
            }
            boolean open = sent.isOpen(known);
            if (open) {
                System.err.println(
                        "%s is not decided as a whole: more of it may be in CXone, or may still be sent. See: cxt find %s. Take it out of its source and the dead letters, look its thread up in CXone, and run this again"
                                .formatted(SafeName.log(id), SafeName.shell(id)));
            }
            return open || removed[0] < messages ? Exit.PARTLY : Exit.GOOD;
        }
    }
}
