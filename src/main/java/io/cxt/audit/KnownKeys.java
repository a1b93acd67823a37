package io.cxt.audit;

import io.cxt.db.LedgerSettings;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The keys that signatures are checked with: the one that signs here, and others whose public half is given. */
final class KnownKeys {
    private final Path file;
    private final Path folder;
    private final @Nullable SigningKey own;
    private final Map<String, SigningKey> all = new LinkedHashMap<>();

    private KnownKeys(LedgerSettings settings) throws IOException {
        file = settings.checkpointKeyFile();
        folder = settings.checkpointFolder();
        own = Files.exists(file) ? SigningKey.read(file) : null;
        if (own != null) {
            all.put(own.id(), own);
        }
        for (Path known : settings.knownKeys()) {
            SigningKey key = SigningKey.readPublic(known);
            all.putIfAbsent(key.id(), key);
        }
    }

    static KnownKeys of(LedgerSettings settings) throws IOException {
        return new KnownKeys(settings);
    }

    /** True when the key is there that signs here. */
    boolean hasOwn() {
        return own != null;
    }

    boolean has(String id) {
        return all.containsKey(id);
    }

    boolean signed(Checkpoint checkpoint) {
        return signed(checkpoint.key(), checkpoint::signedBy);
    }

    private boolean signed(String by, Predicate<SigningKey> signature) {
        SigningKey key = all.get(by);
        return key != null && signature.test(key);
    }

    /**
     * Why a signature is not that of the key that its line names, in words; null when it is.
     *
     * @param by the id of that key
     * @param why what has become of a line whose signature does not fit
     */
    @Nullable
    String unsigned(String by, Predicate<SigningKey> signature, String why) {
        if (all.isEmpty()) {
            return "cannot be checked: there is no key at " + file + ". Put it back from a copy";
        }
        if (!all.containsKey(by)) {
            return "was signed with the key %s, and %s. If %s was a key of yours, %s. If not, somebody else signed it"
                    .formatted(by, held(), by, give(folder, by));
        }
        return signed(by, signature) ? null : "does not bear its signature. " + why;
    }

    private String held() {
        String others = all.keySet().stream()
                .filter(id -> own == null || !id.equals(own.id()))
                .collect(Collectors.joining(", "));
        String here = own == null ? "there is none at " + file : "%s holds the key %s".formatted(file, own.id());
        return others.isEmpty() ? here : "%s; also known: %s".formatted(here, others);
    }

    /** What a person does to have lines of a key checked, in words; names its public half when that is kept here. */
    static String give(Path folder, String id) {
        Path kept = publicHalf(folder, id);
        return "give its public half, too: cxt audit verify --key %s, or audit.known-keys"
                .formatted(Files.exists(kept) ? SafeName.argument(kept.toString()) : "FILE");
    }

    /** Where the public half of a key is kept, beside what it signs. */
    static Path publicHalf(Path folder, String id) {
        return folder.resolve(LedgerSettings.publicKeyName(id));
    }
}
