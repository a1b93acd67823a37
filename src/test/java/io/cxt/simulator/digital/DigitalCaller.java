package io.cxt.simulator.digital;

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

/** Calls a digital stand-in the way any client would, with a good token and a good message until the test breaks one. */
final class DigitalCaller {

    static final String KEY = "{\"accessKeyId\":\"KEY====\",\"accessKeySecret\":\"s&cret\"}";
    static final String POST = "channels/" + DigitalStandIn.CHANNEL + "/messages";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI base;
    private String token;

    DigitalCaller(DigitalStandIn standIn) {
        this.base = standIn.baseUri();
    }

    /** A message with what the published type requires. */
    static String message(String thread, String id, String text) {
        return """
                {"idOnExternalPlatform":"%s","direction":"inbound","createdAtWithMilliseconds":"2024-06-15T09:00:00.000Z",\
                "thread":{"idOnExternalPlatform":"%s"},"messageContent":{"type":"TEXT","payload":{"text":"%s"}},\
                "authorEndUserIdentity":{"idOnExternalPlatform":"cust_789"}}""".formatted(id, thread, text);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(60));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> signIn() throws IOException, InterruptedException {
        var response = send(request(AccessKeyGrant.JSON_PATH)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(KEY)));
        token = json(response).path("access_token").asText(token);
        return response;
    }

    HttpResponse<String> form(String form, String... headers) throws IOException, InterruptedException {
        var request = request(AccessKeyGrant.FORM_PATH).header("Content-Type", "application/x-www-form-urlencoded");
        return send((headers.length == 0 ? request : request.headers(headers)).POST(BodyPublishers.ofString(form)));
    }

    /** A call below {@code /dfo/3.0} with a token. */
    HttpRequest.Builder dfo(String path) throws IOException, InterruptedException {
        if (token == null) {
            signIn();
        }
        return request("/dfo/3.0/" + path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json");
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(dfo(path));
    }

    HttpResponse<String> put(String path, String body) throws IOException, InterruptedException {
        return send(dfo(path).PUT(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(dfo(path).POST(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> create(String body) throws IOException, InterruptedException {
        return post(POST, body);
    }

    HttpResponse<String> control(String json) throws IOException, InterruptedException {
        return send(request("/control").POST(BodyPublishers.ofString(json)));
    }

    /** The contact in the answer to a new message. */
    static String contact(HttpResponse<String> created) throws IOException {
        return json(created).at("/consumerContact/id").asText();
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }
}
