package io.cxt.embed;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that a host sets for all of its Camel: CXT works with them, or says that it does not. */
@Timeout(60)
class HostOptionsTest {
    @TempDir
    Path data;

    private final Main main = new Main();

    @AfterEach
    void stop() {
        main.stop();
    }

    private void start(StandIn cxone, String... options) {
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.setDefaultPropertyPlaceholderLocation("false");
        main.addInitialProperty("cxt.data.dir", data.toString());
        main.addInitialProperty("cxt.cxone.base-url", cxone.baseUri().toString());
        main.addInitialProperty("cxt.cxone.client-id", "client-1");
        main.addInitialProperty("cxt.cxone.client-secret", RunningCxt.SECRET);
        for (String option : options) {
            String[] both = option.split("=", 2);
            main.addInitialProperty("camel.main." + both[0].strip(), both[1].strip());
        }
        main.configure().addRoutesBuilder(new CxtRoutes());
        main.start();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "caseInsensitiveHeaders=false, allowUseOriginalMessage=true, useDataType=true, uuidGenerator=off",
                "messageHistory=true, logExhaustedMessageBody=true, useMdcLogging=true, streamCachingEnabled=true,"
                        + " streamCachingSpoolEnabled=true, streamCachingSpoolThreshold=1, typeConverterStatisticsEnabled=true",
                "autowiredEnabled=false, endpointLazyStartProducer=true, endpointBridgeErrorHandler=true,"
                        + " producerTemplateCacheSize=0, consumerTemplateCacheSize=0, beanPostProcessorEnabled=false,"
                        + " uuidGenerator=simple, loadTypeConverters=true, startupRecorder=logging",
                "messageSizeEnabled=true, camelEventsTimestampEnabled=false, useBreadcrumb=true, logMask=true,"
                        + " inflightRepositoryBrowseEnabled=true, sourceLocationEnabled=true, modeline=true"
            })
    void an_option_of_a_host_changes_nothing(String options) throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                LogRecorder log = LogRecorder.install()) {
            start(cxone, options.split(","));
            cxone.next(Fault.parse("429;retry-after: 1"));

            assertThat(result("direct:cxt-inject-transcript", "one", null)).isEqualTo("sent");
            assertThat(result("direct:cxt-inject-source", "two", "two.json")).isEqualTo("done");

            assertThat(cxone.counts().accepted()).isEqualTo(2);
            assertThat(Files.exists(data.resolve("archive"))).isTrue();
            assertThat(RunningCxt.rows(data, "SELECT detail FROM audit_event WHERE event = 'RATE_LIMITED'"))
                    .containsExactly("retry-after=1");
            assertThat(String.join("\n", log.lines()))
                    .doesNotContain(RunningCxt.SECRET, "interactionId", "\"messages\"");
        }
    }

    private String result(String to, String id, String name) {
        Map<?, ?> answer = main.getCamelContext()
                .createFluentProducerTemplate()
                .to(to)
                .withHeader("CamelFileName", name)
                .withBody(chat(id))
                .request(Map.class);
        return String.valueOf(answer.get("result"));
    }

    @ParameterizedTest
    @ValueSource(strings = "exchangeFactory=pooled")
    void an_option_that_cxt_cannot_work_with_stops_the_start(String option) throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            assertThatThrownBy(() -> start(cxone, option))
                    .hasStackTraceContaining("camel.main.exchangeFactory is pooled")
                    .hasStackTraceContaining("Remove it");
        }
    }
}
