package io.cxt.console;

import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Ports;
import io.cxt.fixture.SteppedClock;
import io.cxt.mapping.Mappings;
import io.cxt.settings.PropertyFile;
import io.cxt.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** A console on a free port over the ledger in a folder; its clock goes on when a test says so. */
final class ServedConsole implements AutoCloseable {
    final int port;
    final Console console;
    final SteppedClock clock = new SteppedClock(Instant.now());

    /** @param running null for a console that runs alone */
    ServedConsole(Path data, Supplier<Running> running, Map<String, String> more)
            throws IOException, InterruptedException {
        port = Ports.free();
        Map<String, String> values = new HashMap<>(more);
        values.put("console.port", "" + port);
        values.put("data.dir", data.toString());
        PropertyFile properties = PropertyFile.of(PropertyFile.shipped(), values::get);
        Settings settings = new Settings(properties::get);
        ConsoleSettings console = ConsoleSettings.from(settings);
        LedgerSettings ledger = LedgerSettings.from(settings);
        settings.check();
        this.console =
                Console.start(new Console.Shown(console, ledger, properties, Mappings.shipped(), running), clock);
    }

    Browser browser() {
        return new Browser(port);
    }

    /** One that is signed in as anna. */
    Browser signedIn() throws IOException {
        Browser browser = browser();
        if (browser.signIn(address()).status() != 303) {
            throw new AssertionError("cannot sign in");
        }
        return browser;
    }

    String address() {
        return console.signInAddress("anna", clock);
    }

    @Override
    public void close() {
        console.close();
    }
}
