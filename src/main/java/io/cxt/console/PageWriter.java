package io.cxt.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.cxt.console.Person.Role;
import io.cxt.text.SafeJson;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Answers with a page, as HTML or JSON. */
final class PageWriter {
    private static final TemplateEngine TEMPLATES = TemplateEngine.createPrecompiled(
            null, ContentType.Html, PageWriter.class.getClassLoader(), "io.cxt.console.pages");
    private static final ObjectMapper JSON = SafeJson.mapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .registerModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addSerializer(Duration.class, ToStringSerializer.instance));
    private static final String HTML = "text/html; charset=utf-8";

    private final List<Entry> menu;
    private final boolean signsOut;
    private final boolean alone;
    private final ZoneId zone;

    /** A page in the menu, and the role that a person needs for it. */
    record Entry(String title, String path, Role role) {}

    /**
     * @param signsOut true where the console keeps the sessions
     * @param alone true where it only reads
     */
    PageWriter(List<Entry> menu, boolean signsOut, boolean alone, ZoneId zone) {
        this.menu = menu;
        this.signsOut = signsOut;
        this.alone = alone;
        this.zone = zone;
    }

    /** Sends a browser on. */
    static void away(HttpServerResponse response, String to) {
        response.setStatusCode(303).putHeader("Location", to).end();
    }

    /** @param person who asks; null before the sign-in */
    void answer(RoutingContext request, @Nullable Person person, Page page) {
        HttpServerResponse response = request.response().setStatusCode(page.status());
        if (asksForJson(request.request())) {
            response.putHeader("Content-Type", "application/json").end(json(page.model()));
            return;
        }
        response.putHeader("Content-Type", HTML).end(html(page.template(), request, person, page));
    }

    /** A template with what is around it. */
    String html(String template, RoutingContext request, @Nullable Person person, Page page) {
        Frame frame = new Frame(
                page.title(),
                request.normalizedPath(),
                menu.stream()
                        .filter(entry -> person != null && person.may(entry.role()))
                        .map(entry -> new Frame.Entry(entry.title(), entry.path()))
                        .toList(),
                person == null ? null : person.name(),
                person == null ? null : person.role().name(),
                signsOut,
                !alone && person != null && person.may(Role.operator),
                !alone && person != null && person.readsText(),
                page.command(),
                page.changing() == null ? null : request.request().uri(),
                zone);
        StringOutput html = new StringOutput();
        TEMPLATES.render(template + ".jte", new View<>(frame, page.model()), html);
        return html.toString();
    }

    private static boolean asksForJson(HttpServerRequest request) {
        String accept = String.valueOf(request.getHeader("Accept")).toLowerCase(Locale.ROOT);
        return accept.contains("application/json") && !accept.contains("text/html");
    }

    private static String json(Object model) {
        try {
            return JSON.writeValueAsString(model) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("our own pages can be written as JSON", e);
        }
    }
}
