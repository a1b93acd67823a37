package io.cxt.console;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The machine's own Chromium, without a window. Playwright leads it, on the machine's own Node unless Maven brought one. */
final class Chromium implements AutoCloseable {
    private static final String NODE = "/usr/bin/node";
    private static final int OLDEST_NODE = 20;

    private final Playwright playwright;
    private final Browser browser;

    Chromium() throws IOException {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        if (Chromium.class.getResource("/META-INF/maven/com.microsoft.playwright/driver-bundle/pom.xml") == null) {
            assumeTrue(
                    nodeOfTheMachine() >= OLDEST_NODE,
                    "no Node 20 in /usr/bin, and no -Pbundled-node: the console is not tried in a browser");
            environment.put("PLAYWRIGHT_NODEJS_PATH", NODE);
        }
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
        browser = playwright
                .chromium()
                .launch(new LaunchOptions()
                        .setExecutablePath(Path.of("/usr/bin/chromium"))
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--disable-background-networking")));
    }

    /** Its major version; 0 when there is none. */
    private static int nodeOfTheMachine() throws IOException {
        if (!Files.isExecutable(Path.of(NODE))) {
            return 0;
        }
        String version =
                new ProcessBuilder(NODE, "--version").start().inputReader().readLine(); // v20.20.2
        return Integer.parseInt(version.substring(1).split("\\.")[0]);
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
