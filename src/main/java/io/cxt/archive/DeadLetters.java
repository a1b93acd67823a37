package io.cxt.archive;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.cxt.files.DurableFiles;
import io.cxt.text.SafeJson;
import io.cxt.text.SafeName;
import io.cxt.transcript.Reason;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Transcripts that were not sent: each one as received, ready to be corrected and dropped again, with its reason beside it.
 * Long because letters that come in pieces and letters that are listed share names and endings.
 *
 * @param dataFolder what the paths in reasons are relative to
 */
public record DeadLetters(Path folder, Path dataFolder) {
    /** The ending of the file that tells why. */
    public static final String REASON = ".reason.json";

    /** Outcomes of what CXone does not have. */
    private static final Set<String> NEVER_IN_DOUBT = Set.of("rejected", "failed", "conflict");

    private static final String PACKED = ".gz";
    private static final List<String> ENDINGS = List.of(".json", ".json" + PACKED, ".ndjson" + PACKED, ".bin" + PACKED);

    /** One thread at a time for each name, so that two do not both find it free. */
    private static final Object[] NAMING =
            Stream.generate(Object::new).limit(64).toArray();

    /** Folders of which this process knows that they are on the disk for good. */
    private static final Set<Path> FORCED = ConcurrentHashMap.newKeySet();

    /**
     * Keeps a transcript that was not sent.
     *
     * @param raw the transcript as received; null when it is only in the source
     */
    public Kept keep(Refusal refusal, byte @Nullable [] raw) throws IOException {
        Path reasonFolder = reasonFolder(refusal);
        String name = refusal.interactionId() == null || raw == null
                ? SafeName.file(refusal.source()) + "-" + refusal.index()
                : SafeName.file(refusal.interactionId());
        if ((name + ".json").endsWith(REASON)) {
            name += "~"; // else it would take the place of another letter's reason
        }
        synchronized (naming(reasonFolder, name)) {
            if (raw == null) {
                return noted(reasonFolder, name, refusal);
            }
            boolean taken = ofAnother(reasonFolder, name, ".json");
            Path file = DurableFiles.keep(reasonFolder, taken ? name + "~" + SafeName.digest(raw) : name, ".json", raw);
            Refusal kept = refusal.keptIn(dataFolder.relativize(file).toString());
            return noted(reasonFolder, withoutJson(file.getFileName().toString()), kept);
        }
    }

    private static Kept noted(Path reasonFolder, String name, Refusal kept) throws IOException {
        DurableFiles.replace(reasonFolder.resolve(name + REASON), Json.MAPPER.writeValueAsBytes(kept));
        return new Kept(kept, reasonFolder.getFileName() + "/" + name);
    }

    /** On the disk with its name before a letter is: one that is acknowledged must not be lost with its folder. */
    private Path reasonFolder(Refusal refusal) throws IOException {
        Path reasonFolder = folder.resolve(SafeName.file(refusal.reason()));
        if (!FORCED.contains(reasonFolder) || !reasonFolder.toFile().isDirectory()) {
            DurableFiles.createFolder(reasonFolder);
            DurableFiles.force(folder);
            DurableFiles.force(dataFolder);
            FORCED.add(reasonFolder);
        }
        return reasonFolder;
    }

    private static Object naming(Path reasonFolder, String name) {
        return NAMING[Math.floorMod(reasonFolder.resolve(name).hashCode(), NAMING.length)];
    }

    /** True when a letter has the name whose content has another ending, or is not there. */
    private static boolean ofAnother(Path reasonFolder, String name, String ending) {
        return !there(reasonFolder, name + ending)
                && (there(reasonFolder, name + REASON)
                        || ENDINGS.stream().anyMatch(other -> there(reasonFolder, name + other)));
    }

    private static boolean there(Path folder, String name) {
        return folder.resolve(name).toFile().exists();
    }

    /**
     * A letter that is on the disk.
     *
     * @param refusal with the place of the transcript
     * @param name as {@link Letter#name}
     */
    public record Kept(Refusal refusal, String name) {}

    /**
     * Opens a letter whose content comes piece by piece, however long it is.
     *
     * @param through makes the stream that content goes through before it is packed; a flush ends the content
     */
    public Incoming begin(UnaryOperator<OutputStream> through) throws IOException {
        DurableFiles.createFolder(folder);
        return new Incoming(DurableFiles.temporary(folder), through);
    }

    /** The content of a letter on its way to the disk, packed. Nothing is left of it unless it is kept. */
    public final class Incoming implements AutoCloseable {
        private final Path temporary;
        private final FileChannel channel;
        private final GZIPOutputStream packed;
        private final OutputStream stream;

        private Incoming(Path temporary, UnaryOperator<OutputStream> through) throws IOException {
            this.temporary = temporary;
            channel = DurableFiles.create(temporary);
            boolean begun = false;
            try {
                packed = new GZIPOutputStream(Channels.newOutputStream(channel));
                stream = through.apply(new BufferedOutputStream(packed));
                begun = true;
            } finally {
                if (!begun) { // the disk is full
                    close();
                }
            }
        }

        /** Takes the content, unpacked. */
        public OutputStream stream() {
            return stream;
        }

        /**
         * Gives it its name and its reason. Both are on the disk when this returns.
         *
         * @param ending of a file that holds the content, with its dot
         */
        public Kept keep(Refusal refusal, String ending) throws IOException {
            stream.flush();
            packed.finish();
            channel.force(true);
            Path reasonFolder = reasonFolder(refusal);
            String name = SafeName.file(refusal.source());
            synchronized (naming(reasonFolder, name)) {
                Path file = reasonFolder.resolve(name + ending + PACKED);
                if (ofAnother(reasonFolder, name, ending + PACKED)
                        || there(reasonFolder, name + ending + PACKED) && Files.mismatch(file, temporary) >= 0) {
                    name += "~" + UUID.randomUUID();
                    file = reasonFolder.resolve(name + ending + PACKED);
                }
                DurableFiles.rename(temporary, file);
                return noted(
                        reasonFolder,
                        name,
                        refusal.keptIn(dataFolder.relativize(file).toString()));
            }
        }

        @Override
        public void close() {
            try {
                channel.close();
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                // swept at the next start
            }
        }
    }

    private static String withoutJson(String name) {
        return name.substring(0, name.length() - ".json".length());
    }

    /**
     * One dead letter.
     *
     * @param transcript the transcript as received; it may be missing
     * @param reason the file that tells why
     */
    public record Letter(Path transcript, Path reason) {
        /**
         * The transcript, unpacked; not what a link in its place leads to.
         *
         * @throws NoSuchFileException when there is none
         */
        public InputStream open() throws IOException {
            InputStream file = Files.newInputStream(transcript, LinkOption.NOFOLLOW_LINKS);
            try {
                return packed() ? new GZIPInputStream(file) : file;
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        }

        /** True when it is packed, as letters are that may hold more than one transcript. */
        public boolean packed() {
            return transcript.toString().endsWith(PACKED);
        }

        /** How people name it: {@code TS-ORDER/ext-1}. */
        public String name() {
            return DeadLetters.name(reason);
        }

        /**
         * True when CXone may have it. A reason that was edited may say no such thing: then it counts as one that may be
         * there, as where the folder is one for calls without an answer.
         */
        public boolean inDoubt(Refusal refusal) {
            Path of = reason.toAbsolutePath().getParent();
            return !NEVER_IN_DOUBT.contains(String.valueOf(refusal.outcome()))
                    || of != null && Reason.UNANSWERED.contains(String.valueOf(of.getFileName()));
        }

        /**
         * Why it is there.
         *
         * @throws NoSuchFileException when it is not there any more
         */
        public Refusal refusal() throws IOException {
            return Json.MAPPER.readValue(Files.readAllBytes(reason), Refusal.class);
        }
    }

    /** All dead letters, by reason and name, as far as they still exist: others add and remove some meanwhile. */
    public List<Letter> list() {
        List<Path> reasons = new ArrayList<>();
        reasons(reasons::add);
        return reasons.stream().sorted().map(DeadLetters::letter).toList();
    }

    /** Passes on the names of all dead letters, one at a time, in no order. */
    public void names(Consumer<String> consumer) {
        reasons(file -> consumer.accept(name(file)));
    }

    /** The letter of a name, whether or not it is there. */
    public Letter named(String name) {
        return letter(folder.resolve(name + REASON));
    }

    /** The transcript of a name whose reason is not there: it is no letter, and in no list. Empty when there is none. */
    public Optional<Path> withoutReason(String name) {
        Path reason = folder.resolve(name + REASON).normalize();
        Path transcript = transcript(reason);
        return reason.startsWith(folder.normalize()) && Files.notExists(reason) && Files.isRegularFile(transcript)
                ? Optional.of(transcript)
                : Optional.empty();
    }

    /** True unless it is certain that there is no such letter. */
    public boolean has(String name) {
        return !Files.notExists(folder.resolve(name + REASON));
    }

    private void reasons(Consumer<Path> consumer) {
        inside(
                folder,
                of -> inside(of, file -> {
                    if (file.getFileName().toString().endsWith(REASON)) {
                        consumer.accept(file);
                    }
                }));
    }

    /** What lies in a folder; nothing when it went meanwhile, or is none. */
    private static void inside(Path folder, Consumer<Path> consumer) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            files.forEach(consumer);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return; // it holds none
        } catch (DirectoryIteratorException e) {
            throw new UncheckedIOException(e.getCause());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path reason) {
        String file = reason.getFileName().toString();
        return DurableFiles.folderOf(reason).getFileName() + "/" + file.substring(0, file.length() - REASON.length());
    }

    private static Letter letter(Path reason) {
        return new Letter(transcript(reason), reason);
    }

    private static Path transcript(Path reason) {
        String name = reason.getFileName().toString();
        String letter = name.substring(0, name.length() - REASON.length());
        return ENDINGS.stream()
                .map(ending -> reason.resolveSibling(letter + ending))
                .filter(Files::exists)
                .findFirst()
                .orElseGet(() -> reason.resolveSibling(letter + ENDINGS.get(0)));
    }

    /** How many there are. */
    public long count() {
        long[] count = new long[1];
        reasons(file -> count[0]++);
        return count[0];
    }

    /** Made when the first letter is written or read: counting needs none, and a mapper is expensive. */
    private static final class Json {
        static final ObjectMapper MAPPER =
                SafeJson.mapper().enable(SerializationFeature.INDENT_OUTPUT).build();
    }
}
