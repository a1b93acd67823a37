package io.cxt.ledger;

import io.cxt.db.Database;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.db.PrivateFiles;
import io.cxt.db.Session;
import io.cxt.db.UnusableLedgerException;
import io.cxt.settings.Fingerprint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Makes of a customer's id what the ledger knows the customer by. Without the key nobody can, not even by trying ids. */
public final class CustomerKey {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES = 32;
    /** Half of the HMAC: no two ids meet by chance, and each row and its place in an index are shorter. */
    private static final int KEPT_BYTES = 16;

    private static final String PUT_BACK =
            "Copy the file from a backup or from another instance, and set ledger.customer-key-file if it is not customer.key"
                    + " in data.dir. If it is lost for good: docs/operations.md, Erase a customer";

    private final byte @Nullable [] key;

    private CustomerKey(byte @Nullable [] key) {
        this.key = key;
    }

    /**
     * Reads the key; makes it where the ledger knows none yet.
     *
     * @throws LedgerException when the ledger knows customers by another one
     */
    static CustomerKey open(LedgerSettings settings, Database database) throws IOException {
        Path file = settings.customerKeyFile();
        try (Session session = new Session(database.openForWriting())) {
            Optional<String> known = known(session);
            if (file == null && known.isEmpty()) {
                return new CustomerKey(null);
            }
            if (file == null || known.isPresent() && isMissing(file)) {
                throw new UnusableLedgerException("The ledger knows customers by the key %s, and %s. %s"
                        .formatted(
                                known.get(),
                                file == null
                                        ? "ledger.customer-key-file is not set"
                                        : file + (Files.notExists(file) ? " is not there" : " is empty"),
                                PUT_BACK));
            }
            if (known.isEmpty()) {
                PrivateFiles.createFilled(file, CustomerKey::made);
            }
            CustomerKey key = read(file);
            session.update("UPDATE ledger_id SET customer_key = ? WHERE customer_key IS NULL", key.id());
            return key.checked(file, known(session));
        } catch (SQLException e) {
            throw new LedgerException("Cannot read the ledger: " + Database.reason(e), e);
        }
    }

    /**
     * Reads the key to look customers up.
     *
     * @throws LedgerException when customers are not kept, or by another key
     */
    static CustomerKey of(LedgerSettings settings, Optional<String> known) {
        Path file = settings.customerKeyFile();
        if (file == null || known.isEmpty()) {
            throw new LedgerException(
                    file == null
                            ? "Customers are not kept here: on PostgreSQL set ledger.customer-key-file, the same file for all"
                                    + " instances, and restart. What came before has no customer: look for its interaction ids"
                            : "The ledger knows no customers yet: cxt run makes the key",
                    null);
        }
        try {
            return read(file).checked(file, known);
        } catch (IOException e) {
            throw new LedgerException("Cannot read %s: %s. %s".formatted(file, e, PUT_BACK), e);
        }
    }

    /** The id of the key that the ledger knows customers by. */
    private static Optional<String> known(Session session) throws SQLException {
        return session.one(KNOWN, row -> row.getString(1));
    }

    static final String KNOWN = "SELECT customer_key FROM ledger_id WHERE customer_key IS NOT NULL";

    private CustomerKey checked(Path file, Optional<String> known) {
        if (!known.equals(Optional.of(id()))) {
            throw new UnusableLedgerException("%s holds the key %s, and the ledger knows customers by the key %s. %s"
                    .formatted(file, id(), known.orElse("none"), PUT_BACK));
        }
        return this;
    }

    private static boolean isMissing(Path file) throws IOException {
        return Files.notExists(file) || Files.size(file) == 0;
    }

    private static byte[] made() {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        return random;
    }

    private static CustomerKey read(Path file) throws IOException {
        if (PrivateFiles.othersCanRead(file)) {
            throw new UnusableLedgerException(
                    "ledger.customer-key-file: others can read %1$s. Run: chmod 600 %1$s".formatted(file));
        }
        if (Files.size(file) != BYTES) {
            throw new UnusableLedgerException("ledger.customer-key-file: %s holds %s bytes; a key has %s. %s"
                    .formatted(file, Files.size(file), BYTES, PUT_BACK));
        }
        return new CustomerKey(Files.readAllBytes(file));
    }

    private String id() {
        return HexFormat.of().formatHex(Fingerprint.sha256().digest(key), 0, 8);
    }

    /** What the ledger knows a customer by, 32 hex digits; null for none, and where customers are not kept. */
    public @Nullable String of(@Nullable String customerId) {
        if (key == null || customerId == null || customerId.isBlank()) {
            return null;
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(customerId.getBytes(StandardCharsets.UTF_8)), 0, KEPT_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("each Java has " + ALGORITHM, e);
        }
    }
}
