package io.cxt.kill;

import io.cxt.fixture.Chats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What is dropped into the inbox, and what has to become of it. */
final class Load {
    /** More messages than one part takes. */
    private static final int THREE_PARTS = 1100;

    private final Path inbox;
    private final Path beside;
    private final Set<String> good = new LinkedHashSet<>();
    private final Set<String> again = new LinkedHashSet<>();
    private final List<String> refused = new ArrayList<>();
    private final Set<String> otherContent = new LinkedHashSet<>();
    private final List<String> files = new ArrayList<>();

    Load(Site site) throws IOException {
        inbox = site.inbox;
        beside = Files.createDirectories(site.folder.resolve("beside"));
    }

    /** Ids that CXone must have. */
    Set<String> good() {
        return good;
    }

    /** Ids of transcripts that break a rule. */
    List<String> refused() {
        return refused;
    }

    /** Ids that came once more, with other content, when CXone had the first. */
    Set<String> otherContent() {
        return otherContent;
    }

    /** Names of the files. */
    List<String> files() {
        return files;
    }

    /**
     * All kinds: a file of many, some of them refused and one that came before, one of three parts, and single ones.
     *
     * @param atCxone an id that CXone has, which comes once more with other content; null for none
     */
    void mixed(String name, String atCxone) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            lines.append(good(name + "-" + i)).append('\n');
            if (i % 20 == 10) {
                lines.append(refused(name + "-refused-" + i)).append('\n');
            }
        }
        good.add(name + "-long");
        lines.append(Chats.chat(name + "-long", THREE_PARTS, "Hello")).append('\n');
        again.stream().findFirst().ifPresent(id -> lines.append(Chats.chat(id)).append('\n'));
        again.add(name + "-0");
        if (atCxone != null) {
            otherContent.add(atCxone);
            lines.append(Chats.chat(atCxone, 3, "Other")).append('\n');
        }
        drop(name + ".ndjson", lines.toString());
        for (int i = 0; i < 4; i++) {
            drop(name + "-single-" + i + ".json", good(name + "-single-" + i));
        }
    }

    /** The lines of a file that does not come through the inbox: many, some of them refused and one that came before. */
    String export(String name) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            lines.append(good(name + "-" + i)).append('\n');
        }
        lines.append(refused(name + "-refused")).append('\n');
        again.stream().findFirst().ifPresent(id -> lines.append(Chats.chat(id)).append('\n'));
        return lines.toString();
    }

    /** A file of so many good ones. */
    void plain(String name, int count) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append(good(name + "-" + i)).append('\n');
        }
        drop(name + ".ndjson", lines.toString());
    }

    /** Files that somebody else has put into the inbox. */
    void alsoDropped(List<String> names) {
        files.addAll(names);
    }

    private String good(String id) {
        good.add(id);
        return Chats.chat(id);
    }

    private String refused(String id) {
        refused.add(id);
        return Chats.chat(id).replace("T00:00:01Z", "T00:00:01");
    }

    private void drop(String name, String content) throws IOException {
        files.add(name);
        Path file = Files.writeString(beside.resolve(name), content);
        Files.move(file, inbox.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
