package io.cxt.cli;

import io.cxt.archive.ArchiveSettings;
import io.cxt.audit.FeedSource;
import io.cxt.cxone.CxoneSettings;
import io.cxt.db.Database;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.intake.IntakeSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.OrderRefused;
import io.cxt.retention.Erasure;
import io.cxt.retention.Erasure.Result;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes what CXT holds of a chat, and refuses it from then on. */
@Command(
        name = "erase",
        description = {
            "Removes what CXT holds of a chat, or of each chat of a customer.",
            "It goes from the archive, the dead letters, the audit feed, and with --originals delete the files as",
            "they were dropped. The ledger keeps its ids and hashes, and a chat of that id is refused when it comes",
            "again. The audit has it before anything goes; a certificate in data.dir/erased says what went and what",
            "is left. Calls nothing: what CXone has stays there. With cxone.target = cxone-digital run cxt withdraw",
            "first; it needs the archive. Of a customer: each chat, one after the other. Interrupted, it goes on when",
            "it is called again. What comes from that customer later is a new chat, and is accepted. Exit code 6 when",
            "something is left; it is named."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt erase --interaction ext_998877 --dry-run",
            "  cxt erase --interaction ext_998877 --reason 'request 4711' --originals delete",
            "  cxt erase --customer - --reason 'request 4711' < id.txt",
            "  cxt erase --allow ext_998877                  accepts it again"
        })
final class EraseCommand implements Callable<Integer> {
    /** What happens to files as they were dropped. */
    enum Originals {
        keep,
        delete
    }

    /** One of the three. */
    static final class Which {
        @Option(names = "--interaction", paramLabel = "ID", required = true, description = "The interaction id.")
        private @Nullable String erased;

        @Option(
                names = "--customer",
                paramLabel = "ID",
                required = true,
                description = "The customer id, as it stands in the chats; - reads it from standard input.")
        private @Nullable String customer;

        @Option(
                names = "--allow",
                paramLabel = "ID",
                required = true,
                description =
                        "Accepts a chat again that was erased. One that was sent stays sent: the same is a duplicate.")
        private @Nullable String allowed;
    }

    @ArgGroup(multiplicity = "1")
    private final Which which = new Which();

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Goes on record. No name, and nothing from the chat.")
    private String reason = "";

    @Option(
            names = "--originals",
            paramLabel = "WHAT",
            defaultValue = "keep",
            description = "${COMPLETION-CANDIDATES}. What becomes of files in inbox/.done that hold the chat:"
                    + " delete removes the whole files, with all other chats in them.")
    private Originals originals = Originals.keep;

    @Option(
            names = "--left-in-cxone",
            description = "Erases although CXone has it: cxt withdraw cannot remove it there any more.")
    private boolean leftInCxone;

    @Option(names = "--dry-run", description = "Only says what would be removed.")
    private boolean dryRun;

    @Mixin
    private final Output.Option form = new Output.Option();

    @Override
    public Integer call() throws IOException, SQLException {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        Path inbox = IntakeSettings.from(settings).inbox();
        Path archive = ArchiveSettings.from(settings, ledger.folder()).folder();
        String target = CxoneSettings.from(settings).target().name();
        FeedSource elsewhere = FeedSource.from(settings).orElse(null);
        settings.check();
        String customerId = which.customer == null ? null : CustomerId.given(which.customer);
        Database database = new Database(ledger);
        try (LedgerView view = DataDir.view(ledger, form.output);
                FeedSource feed = elsewhere == null ? FeedSource.keepingNone(database::openForWriting) : elsewhere) {
            String customer = customerId == null ? null : view.customer(customerId);
            String instance = Owner.instanceId(ledger.folder());
            Function<String, ChatErasure> erasures = id -> new ChatErasure(
                    view,
                    ledger,
                    new Erasure(view, ledger.folder(), inbox, archive, feed, instance, target, id, customer),
                    id,
                    customer,
                    originals == Originals.delete,
                    leftInCxone);
            if (customer != null) {
                return new CustomerErasure(view, customer, erasures, form.output).run(dryRun, reason);
            }
            String asked = which.erased == null ? String.valueOf(which.allowed) : which.erased;
            String id = SafeName.spellings(asked).stream()
                    .filter(each -> !view.deliveries(each).isEmpty()
                            || !view.letters().of(each).isEmpty())
                    .findFirst()
                    .orElseThrow(() -> new CommandRefused(
                            Exit.USAGE, "The ledger knows no %s. See: cxt find".formatted(SafeName.log(asked))));
            ChatErasure erasure = erasures.apply(id);
            return which.erased == null ? allow(erasure, id) : erase(erasure, id);
        } catch (OrderRefused e) {
            throw new CommandRefused(Exit.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private int allow(ChatErasure erasure, String id) {
        if (!erasure.allow(reason)) {
            throw new CommandRefused(Exit.USAGE, "%s is not erased".formatted(SafeName.log(id)));
        }
        String said = "%s is accepted again".formatted(SafeName.log(id));
        System.out.println(form.output == Output.json ? Output.json(Map.of("accepted", id)) : said);
        return Exit.GOOD;
    }

    private int erase(ChatErasure erasure, String id) throws IOException, SQLException {
        String hindrance = erasure.hindrance(dryRun);
        if (hindrance != null) {
            throw new CommandRefused(Exit.USAGE, hindrance);
        }
        if (dryRun) {
            say(id, erasure, erasure.look(), null);
            return Exit.GOOD;
        }
        ChatErasure.Erased gone = erasure.erase(reason);
        say(id, erasure, gone.result(), gone.certificate());
        return gone.result().left().isEmpty() ? Exit.GOOD : Exit.PARTLY;
    }

    private void say(String id, ChatErasure erasure, Result result, @Nullable Path certificate) {
        if (form.output == Output.json) {
            System.out.println(Output.json(erasure.json(result, certificate)));
            return;
        }
        result.removed()
                .forEach(each -> System.out.printf(
                        Locale.ROOT, "%-13s %s, %s bytes%n", each.kind(), each.items(), each.bytes()));
        result.left().forEach(each -> System.out.println("left: " + SafeName.log(each.what()) + ": " + each.why()));
        erasure.inCxone().forEach(System.out::println);
        System.out.println(
                certificate == null
                        ? "Nothing was removed"
                        : "%s is erased and is refused when it comes again. Certificate: %s"
                                .formatted(SafeName.log(id), certificate));
    }
}
