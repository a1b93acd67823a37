package io.cxt.console;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.cxt.fixture.Await;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Takes the pictures of docs/images. No build does; after a change of the pages:
 * {@code mvn test-compile failsafe:integration-test -Dit.test=ConsolePictures}.
 */
@Timeout(300)
class ConsolePictures {
    private static final long LARGEST = 200_000;
    private static final FaultPlan UNAVAILABLE = FaultPlan.NONE.with(Fault.status(503), 100);

    @TempDir
    Path data;

    private Visitor anna;

    @Test
    void are_taken() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.retry.max-retries", "0")) {
            work(cxt, cxone);
            try (ServedConsole served = new ServedConsole(
                            data, () -> new Running(20.0, 0, null, null, 0, 0, "0 calls in flight"), Map.of());
                    Chromium chromium = new Chromium()) {
                anna = chromium.visitor(new NewContextOptions().setBaseURL("http://127.0.0.1:" + served.port));
                anna.signIn(served.address());
                take("overview", "/", ColorScheme.LIGHT, 1280);
                take("overview-dark", "/", ColorScheme.DARK, 1280);
                take("overview-390", "/", ColorScheme.LIGHT, 390);
                take("letters", "/letters", ColorScheme.LIGHT, 1280);
                redrive(cxone);
                take("job", "/jobs?job=1", ColorScheme.LIGHT, 1280);
            }
        }
    }

    /** A day with refusals, and an hour in which CXone was not there. */
    private static void work(RunningCxt cxt, StandIn cxone) throws Exception {
        cxt.drops("support-night-18.ndjson", chats("n18", 0, 160));
        cxt.drops("support-night-19.ndjson", chats("n19", 0, 240) + chat(" n19-0240", 2, "Hello") + "\n{}\n");
        cxone.change(traffic -> traffic.withFaults(UNAVAILABLE));
        cxt.drops("sales-noon-19.ndjson", chats("s19", 0, 14));
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.resetAfterBody(), 100)));
        cxt.drops("sales-late-19.ndjson", chats("s20", 0, 2));
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
        cxt.drops("sales-night-19.ndjson", chats("s21", 0, 90));
    }

    private static String chats(String prefix, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(number -> chat("%s-%04d".formatted(prefix, number), 4, "Hello") + "\n")
                .collect(Collectors.joining());
    }

    /** The letters of that hour; CXone fails again in the midst of them. */
    private void redrive(StandIn cxone) {
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(503), 25)));
        anna.open("/letters/redrive?reason=CXONE-503");
        anna.page.locator("[name=note]").fill("INC-4711, gateway is back");
        anna.press("Start the job");
        Await.until(
                () -> {
                    anna.open("/jobs?job=1");
                    return anna.page.locator("main").innerText().contains("Ended");
                },
                Duration.ofSeconds(60));
    }

    private void take(String name, String page, ColorScheme scheme, int width) throws Exception {
        Path file = Path.of("docs/images/console-%s.png".formatted(name));
        anna.look(scheme, width);
        anna.open(page);
        anna.page.screenshot(new ScreenshotOptions().setPath(file));
        assertThat(Files.size(file)).as(name).isLessThan(LARGEST);
    }
}
