package io.cxt.console;

import io.cxt.archive.ArchiveReader;
import io.cxt.archive.DeadLetters;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.LedgerLists.Listed;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.Note;
import io.cxt.ledger.OrderRefused;
import io.cxt.ledger.RecordedDelivery;
import io.cxt.text.SafeName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;

/** Shows the text of a chat to somebody who says what for; that is in the audit, on disk, before a byte of it leaves. */
public record ChatText(LedgerSettings ledger, ArchiveReader archive, LedgerView view) {
    /** In bytes; the rest of a longer one is for a command. */
    private static final int LONGEST = 1_000_000;

    /**
     * The text.
     *
     * @param of which chat, in words
     * @param whole false when there is more of it
     */
    public record Shown(String of, String text, boolean whole) {}

    /** What is looked for, and how the audit names it. */
    private record Found(String of, AuditEvent event, byte[] text) {}

    /** @param form has {@code letter}, or {@code id} and {@code part}; and {@code note}, what it is for */
    Page show(Asked form, Person by) {
        String what = Note.needed(form.word("note"));
        String letter = form.word("letter");
        Found found = letter == null ? part(form) : letter(letter);
        try (OperatorLog log = new OperatorLog(ledger, Person.inAudit(by.name()))) {
            log.changed(session -> found.event().because(null, "for: " + what));
        }
        boolean whole = found.text().length <= LONGEST;
        String text = new String(found.text(), 0, Math.min(LONGEST, found.text().length), StandardCharsets.UTF_8);
        return Page.of("Text of a chat", "text", new Shown(found.of(), text, whole), null);
    }

    private Found letter(String id) {
        Listed listed = view.lists()
                .letter(id)
                .filter(Listed::open)
                .orElseThrow(() -> new OrderRefused("There is no such dead letter any more."));
        String name = listed.letter().name();
        try (InputStream text = new DeadLetters(ledger.folder().resolve("dead-letters"), ledger.folder())
                .named(name)
                .open()) {
            AuditEvent event =
                    AuditEvent.of(Type.TEXT_READ).about(listed.letter().interactionId(), null, name);
            return new Found(name, event, text.readNBytes(LONGEST + 1));
        } catch (NoSuchFileException e) {
            throw new OrderRefused("The file of %s is not in this data.dir: it is on another instance, or was removed."
                    .formatted(SafeName.log(name)));
        } catch (IOException e) {
            throw new OrderRefused("The file of %s cannot be read: %s".formatted(SafeName.log(name), e));
        }
    }

    private Found part(Asked form) {
        String id = form.value("id");
        int part = (int) form.number("part", 1);
        RecordedDelivery delivery = view.deliveries(String.valueOf(id)).stream()
                .filter(each -> each.part() == part && each.archivedIn() != null)
                .findFirst()
                .orElseThrow(() -> new OrderRefused("The archive has no such part of this chat."));
        String place = String.valueOf(delivery.archivedIn());
        try (InputStream text = new ByteArrayInputStream(archive.read(place))) {
            return new Found(
                    "%s part %s of %s".formatted(delivery.interactionId(), part, delivery.parts()),
                    AuditEvent.of(Type.TEXT_READ).about(delivery.interactionId(), part, place),
                    text.readNBytes(LONGEST + 1));
        } catch (IOException e) {
            throw new OrderRefused("The archive does not have %s here: %s. Try: cxt archive restore %s --to FOLDER"
                    .formatted(
                            SafeName.log(place),
                            e.getClass().getSimpleName(),
                            SafeName.shell(delivery.interactionId())));
        }
    }
}
