package io.cxt.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Calls a stand-in the way any client would, with a good token and a good chat until the test breaks one. */
final class Caller {

    static final String GOOD_FORM =
            "grant_type=client_credentials&client_id=me&client_secret=s%26cret&scope=conversations%3Achat%3Awrite";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final HttpClient http;
    private final URI base;
    private String token;

    Caller(StandIn standIn) {
        this(
                standIn,
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
    }

    Caller(StandIn standIn, HttpClient http) {
        this.http = http;
        this.base = standIn.baseUri();
    }

    /** A chat of one message. */
    static String chat(String interactionId) {
        return chat("\"interactionId\":\"" + interactionId + "\"", message(0, "2024-06-15T09:00:00Z"));
    }

    static String chat(String properties, String messages) {
        return """
                {"channel":"webchat","from":{"id":"agt_456","type":"agent"},"to":{"id":"cust_789","type":"customer"},\
                "properties":{%s},"messages":[%s]}""".formatted(properties, messages);
    }

    static String message(int number, String timestamp) {
        return """
                {"id":"msg_%d","from":{"id":"cust_789","type":"customer"},"to":{"id":"agt_456","type":"agent"},\
                "text":"my parrot is called Otto","timestamp":"%s","type":"text","format":"plain"}""".formatted(number, timestamp);
    }

    HttpResponse<String> signIn(String form) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(base.resolve(StandIn.TOKEN_PATH))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    HttpResponse<String> signIn() throws IOException, InterruptedException {
        HttpResponse<String> response = signIn(GOOD_FORM);
        if (response.statusCode() == 200) {
            token = json(response).path("access_token").asText();
        }
        return response;
    }

    /** Posts a body, after signing in for the first one. */
    HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return send(chatRequest(body));
    }

    HttpRequest.Builder chatRequest(String body) throws IOException, InterruptedException {
        if (token == null) {
            signIn();
        }
        return HttpRequest.newBuilder(base.resolve(StandIn.CHAT_PATH))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.ofString(body));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(base.resolve(path)));
    }

    HttpResponse<String> control(String json) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(base.resolve("/control")).POST(BodyPublishers.ofString(json)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(LIMIT).build(), BodyHandlers.ofString());
    }

    String token() {
        return token;
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }
}
