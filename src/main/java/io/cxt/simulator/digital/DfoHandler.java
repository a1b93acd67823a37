package io.cxt.simulator.digital;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cxt.simulator.Fault;
import io.cxt.simulator.Json;
import io.cxt.simulator.Reply;
import io.cxt.simulator.Request;
import io.cxt.simulator.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The calls below {@code /dfo/3.0}: sign-in, limits, the published types; what they do is in {@link DfoCalls}. */
final class DfoHandler {

    static final String BASE = "/dfo/3.0/";

    /** Largest body accepted, bytes as sent. The contract names no bound. */
    private static final int MOST_BYTES = 16 * 1024 * 1024;

    /** No guessing of the encoding; a name twice or something behind the end is an error. */
    private static final ObjectMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final DigitalState digital;
    private final AtomicLong lastNumber = new AtomicLong();

    DfoHandler(DigitalState digital) {
        this.digital = digital;
    }

    /** @throws IOException when the caller gets a TCP reset in place of an answer */
    Reply handle(Request request) throws IOException {
        List<String> path = new ArrayList<>();
        StringBuilder key = new StringBuilder(request.method()).append(' ');
        for (String segment : request.path().substring(BASE.length()).split("/", -1)) {
            boolean id = path.size() % 2 == 1;
            key.append(path.isEmpty() ? "" : "/").append(id ? "*" : segment);
            path.add(Request.decoded(segment.replace("+", "%2B")));
        }
        DfoCall call = DfoCall.of(key.toString());
        digital.calls.count(call);
        boolean create = call == DfoCall.CREATE;
        if (create) {
            digital.shared.posts.increment();
        }
        DfoVisit visit = new DfoVisit(request, call, path);
        return visit.handle(create ? digital.shared.script : digital.otherScript, create)
                .withHeader("x-trace-id", visit.trace);
    }

    /** One call; {@link DfoCalls} asks it for what was sent. */
    final class DfoVisit extends Visit {
        final DfoCall call;
        final List<String> path;
        final String trace;
        final DigitalSwitches switches = digital.switches();
        JsonNode json = Json.MAPPER.createObjectNode();
        byte[] sha256 = new byte[0];
        private @Nullable Reply refusal;

        DfoVisit(Request request, DfoCall call, List<String> path) {
            super(digital.shared, request, lastNumber.incrementAndGet());
            this.call = call;
            this.path = path;
            this.waitIsForAll = call.changesContact;
            String given = request.header("X-Trace-Id");
            this.trace = given == null ? new UUID(digital.run, number).toString() : given;
        }

        long arrivedNanos() {
            return arrivedNanos;
        }

        Request request() {
            return request;
        }

        Reply refused(int status, Violations why) {
            if (!switches.errorBodies()) {
                return Reply.json(status, "");
            }
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("errors", why.errors);
            fields.put("uid", new UUID(~digital.run, number).toString());
            return Reply.json(status, Json.of(fields));
        }

        /** 429 for one contact: other calls need not wait. */
        Reply early(long waitNanos) {
            waitIsForAll = false;
            return toWait(refused(429, Violations.of("The limit of this contact is reached.")), waitNanos);
        }

        @Override
        protected @Nullable Reply refusalBeforeBody() {
            if (!signedIn()) {
                return refused(401, Violations.of("The token is missing, expired or revoked."))
                        .withHeader("WWW-Authenticate", "Bearer");
            }
            long wait = call.changesContact ? waitForRate() : 0;
            return wait == 0 ? null : toWait(refused(429, Violations.of("The limit of the tenant is reached.")), wait);
        }

        @Override
        protected void read() throws IOException {
            body = request.body(MOST_BYTES);
            if (body == null) {
                refusal = refused(413, Violations.of("The body is larger than " + MOST_BYTES + " bytes."));
                return;
            }
            sha256 = sha256(body);
            if (call.type == null || body.length == 0 && call == DfoCall.CONTENT_REMOVAL) {
                return;
            }
            try {
                json = STRICT.readTree(body);
            } catch (IOException e) {
                refusal = refused(400, Violations.of("The body is not JSON."));
            }
            if (!request.isOf("application/json")) {
                refusal = refused(415, Violations.of("Content-Type must be application/json."));
            }
        }

        @Override
        protected Reply answer() {
            Reply reply = refusal;
            if (reply == null) {
                reply = misshapen();
            }
            if (reply == null) {
                synchronized (digital.store) {
                    reply = new DfoCalls(digital, this).answer();
                }
            }
            accepted = reply.status() < 300;
            return reply;
        }

        private @Nullable Reply misshapen() {
            Violations found = call.type == null ? new Violations() : Shape.check(call.type, json);
            digital.unknownFields.add(found.unknown);
            return found.errors.isEmpty() ? null : refused(switches.invalid(), found);
        }

        @Override
        protected void record(int status, @Nullable Fault fault) {
            if (!digital.journal.keeps()) {
                return;
            }
            boolean keep = digital.shared.settings.keepsHeadersAndBodies();
            digital.journal.add(new DigitalCall(
                    number,
                    arrived,
                    arrivedNanos,
                    call.name(),
                    request.method() + " " + request.target(),
                    json.path("thread").path("idOnExternalPlatform").textValue(),
                    json.path("idOnExternalPlatform").textValue(),
                    token,
                    status,
                    accepted,
                    fault == null ? null : fault.toString(),
                    sha256.length == 0 ? null : hex(sha256),
                    keep ? request.headers() : Map.of(),
                    keep ? body : null));
        }
    }
}
