package io.cxt.bench;

import io.cxt.audit.FeedSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.model.dataformat.JsonLibrary;

/**
 * What one writes after the tutorials: file, split, unmarshal, validate, throttle, http, and wire taps for audit and
 * archive. No ledger: what was sent before is sent again, and a crash loses what the taps had not written yet.
 */
public final class Straightforward extends RouteBuilder {
    private static final Path DATA = Path.of(System.getenv("DATA_DIR"));
    private static final String CXONE = System.getenv("CXONE_BASE_URL");

    /** Sends each file in {@code DATA_DIR/inbox}, then ends. */
    public static void main(String... none) throws Exception {
        Main main = new Main();
        main.setDefaultPropertyPlaceholderLocation("false");
        main.addInitialProperty("camel.main.jmxEnabled", "false");
        main.addInitialProperty("camel.main.shutdownTimeout", "600");
        try (FeedSource audit = FeedSource.of(
                "jdbc:sqlite:" + DATA.resolve("audit.db") + "?journal_mode=WAL&busy_timeout=30000", null, null)) {
            audit.createTable();
            main.bind("audit", audit);
            main.configure().addRoutesBuilder(new Straightforward());
            main.start();
            while (Files.list(DATA.resolve("inbox")).anyMatch(Files::isRegularFile)) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
            main.stop(); // waits for the taps
        }
    }

    /** One for the whole run; an hour is enough. */
    private static String token() throws IOException, InterruptedException {
        HttpRequest signIn = HttpRequest.newBuilder(URI.create(CXONE + "/api/v2/oauth/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("grant_type=client_credentials&client_id=a&client_secret=b"
                        + "&scope=conversations:chat:write"))
                .build();
        String answer =
                HttpClient.newHttpClient().send(signIn, BodyHandlers.ofString()).body();
        return answer.replaceAll(".*\"access_token\"\\s*:\\s*\"([^\"]*)\".*", "$1");
    }

    /** A benchmark in which something fails measures nothing. */
    private static void end(Exchange failed) {
        failed.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class).printStackTrace();
        Runtime.getRuntime().halt(1);
    }

    @Override
    public void configure() throws Exception {
        onException(Exception.class).process(Straightforward::end);

        from("file:" + DATA.resolve("inbox") + "?include=.*ndjson&initialDelay=0&move=.done")
                .routeId("inject")
                .split(body().tokenize("\n"))
                .streaming()
                .parallelProcessing()
                .unmarshal()
                .json(JsonLibrary.Jackson, PlainTranscript.class)
                .to("bean-validator:transcript")
                .setProperty("interactionId", simple("${body.interactionId}"))
                .transform(simple("${body.toRequest}"))
                .marshal()
                .json(JsonLibrary.Jackson)
                .convertBodyTo(byte[].class)
                // The throttle EIP cannot say "no limit", and its memory grows with the limit.
                .throttle(10_000)
                .timePeriodMillis(1_000)
                .removeHeaders("*")
                .setHeader("Content-Type", constant("application/json"))
                .setHeader("Authorization", constant("Bearer " + token()))
                .setProperty("sent", body())
                .to(CXONE.replace("http://", "http:") + "/api/v2/conversations/channels/chat?httpMethod=POST")
                .unmarshal()
                .json(JsonLibrary.Jackson)
                .setProperty("conversationId", simple("${body[conversationId]}"))
                .log(
                        LoggingLevel.INFO,
                        "io.cxt.bench",
                        "injected interaction=${exchangeProperty.interactionId} conversation=${exchangeProperty.conversationId}")
                .wireTap("direct:audit")
                .wireTap("direct:archive");

        from("direct:audit")
                .routeId("audit")
                .setHeader("interactionId", exchangeProperty("interactionId"))
                .setHeader("conversationId", exchangeProperty("conversationId"))
                .setHeader("at", simple("${date:now:yyyy-MM-dd'T'HH:mm:ss.SSS'Z'}"))
                .setBody(constant("INSERT INTO audit_record (delivery_key, status, conversation_id, interaction_id,"
                        + " part, parts, archive_success, error, timestamp) VALUES (:?interactionId, 'injected',"
                        + " :?conversationId, :?interactionId, 1, 1, 1, NULL, :?at)"))
                .to("jdbc:audit?useHeadersAsParameters=true");

        from("direct:archive")
                .routeId("archive")
                .setBody(exchangeProperty("sent"))
                .setHeader("CamelFileName", simple("${exchangeProperty.interactionId}.json"))
                .to("file:" + DATA.resolve("archive"));
    }
}
