package io.cxt.audit;

import io.cxt.db.LedgerSettings;
import io.cxt.db.PrivateFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where copies of checkpoints go. Each instance has a folder of its own there. Nothing there is ever replaced by something else. */
interface CopyPlace {
    /** The last line of a chain that is there; null when none is. */
    @Nullable
    SignedLine last(String chain) throws IOException;

    /** Adds lines of one chain, in order. They are there when it returns. */
    void add(String chain, List<SignedLine> signed) throws IOException;

    /** Adds the public key, unless it is there. */
    void add(SigningKey key) throws IOException;

    /**
     * @param place a folder, or an address with {@code http:} or {@code https:}
     * @param own the folder of the originals
     * @param authorization what an address gets as that header; null for none
     */
    static CopyPlace of(String place, String instance, Path own, @Nullable String authorization) {
        return place.matches("https?:.*")
                ? new OverHttp(URI.create(place.replaceFirst("/*$", "/") + instance + "/"), own, authorization)
                : new InFolder(Path.of(place), instance);
    }

    /** One file for each chain, like the originals. */
    record InFolder(Path place, String instance) implements CopyPlace {
        private Path folder() throws IOException {
            if (!Files.isDirectory(place)) { // made here, it would be on the wrong disk
                throw new FileNotFoundException("there is no such folder; it may not be mounted");
            }
            Path folder = place.resolve(instance);
            PrivateFiles.createFolder(folder);
            return folder;
        }

        @Override
        public @Nullable SignedLine last(String chain) throws IOException {
            return new CheckpointFile(folder(), chain).lastLine();
        }

        @Override
        public void add(String chain, List<SignedLine> signed) throws IOException {
            new CheckpointFile(folder(), chain).append(signed, true);
        }

        @Override
        public void add(SigningKey key) throws IOException {
            Path file = folder().resolve(LedgerSettings.publicKeyName(key.id()));
            if (Files.notExists(file)) {
                Files.writeString(file, key.publicHalf(), StandardCharsets.US_ASCII);
            }
        }
    }

    /** One object for each checkpoint: its name has chain, place and time, so that names sort like the lines of the file. */
    final class OverHttp implements CopyPlace {
        private static final int CONNECT_MS = 5_000;
        private static final int ANSWER_MS = 10_000;

        private final URI base;
        private final Path own;
        private final @Nullable String authorization;

        OverHttp(URI base, Path own, @Nullable String authorization) {
            this.base = base;
            this.own = own;
            this.authorization = authorization;
        }

        /** What is there is not asked, but kept beside the originals. */
        private Path kept(String chain) {
            byte[] digest = AuditChain.sha256().digest(base.toString().getBytes(StandardCharsets.UTF_8));
            return own.resolve(chain + ".copied-" + HexFormat.of().formatHex(digest, 0, 4));
        }

        @Override
        public @Nullable SignedLine last(String chain) throws IOException {
            Path file = kept(chain);
            return Files.exists(file) ? SignedLine.parse(Files.readString(file, StandardCharsets.ISO_8859_1)) : null;
        }

        @Override
        public void add(String chain, List<SignedLine> signed) throws IOException {
            SignedLine last = null;
            try {
                for (SignedLine each : signed) {
                    String name = String.format(
                            Locale.ROOT,
                            "%s-%012d-%s.%s",
                            chain,
                            each.seq(),
                            each.at().replaceAll("\\D", ""),
                            each instanceof Closing ? "closing" : "checkpoint");
                    put(name, each.line() + "\n");
                    last = each;
                }
            } finally {
                if (last != null) {
                    PrivateFiles.create(kept(chain));
                    Files.writeString(kept(chain), last.line(), StandardCharsets.US_ASCII);
                }
            }
        }

        @Override
        public void add(SigningKey key) throws IOException {
            put(LedgerSettings.publicKeyName(key.id()), key.publicHalf());
        }

        private void put(String name, String text) throws IOException {
            HttpURLConnection call =
                    (HttpURLConnection) base.resolve(name).toURL().openConnection(Proxy.NO_PROXY);
            try {
                byte[] body = text.getBytes(StandardCharsets.US_ASCII);
                call.setConnectTimeout(CONNECT_MS);
                call.setReadTimeout(ANSWER_MS);
                call.setInstanceFollowRedirects(false);
                call.setRequestMethod("PUT");
                call.setRequestProperty("Content-Type", "text/plain");
                if (authorization != null) {
                    call.setRequestProperty("Authorization", authorization);
                }
                call.setDoOutput(true);
                // no streaming: on a connection that the server has closed meanwhile it is sent again
                try (OutputStream out = call.getOutputStream()) {
                    out.write(body);
                }
                int status = call.getResponseCode();
                if (status / 100 != 2) {
                    throw new IOException("HTTP " + status);
                }
            } finally {
                call.disconnect();
            }
        }
    }
}
