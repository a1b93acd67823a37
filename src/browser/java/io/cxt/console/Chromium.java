package io.cxt.console;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The machine's own Chromium, without a window. Playwright leads it, and runs on the machine's own Node. */
final class Chromium implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/bin/chromium");
    private static final Path NODE = Path.of("/usr/bin/node");

    private final Playwright playwright;
    private final Browser browser;

    Chromium() {
        assumeTrue(Files.isExecutable(NODE), "no Node in /usr/bin: the console is not tried in a browser");
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        environment.put("PLAYWRIGHT_NODEJS_PATH", NODE.toString());
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
        browser = playwright
                .chromium()
                .launch(new LaunchOptions()
                        .setExecutablePath(PROGRAM)
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--disable-background-networking")));
    }

    /** Somebody else: with nothing of what others keep in this browser. */
    Visitor visitor(Browser.NewContextOptions options) {
        return new Visitor(browser.newContext(options));
    }

    @Override
    public void close() {
        playwright.close();
    }
}
