package io.cxt.console;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Sends requests over a socket, with any header that a browser would not let a page set, and keeps a cookie. */
final class Browser {
    private final int port;
    private String cookie = "";

    Browser(int port) {
        this.port = port;
    }

    /** @param headers by name in lower case */
    record Answer(int status, Map<String, String> headers, String body) {}

    Answer get(String path, String... headers) throws IOException {
        return send("GET", path, "", headers);
    }

    /** A POST as a form of the console itself sends it. */
    Answer post(String path, String form) throws IOException {
        return send("POST", path, form, "Sec-Fetch-Site", "same-origin");
    }

    /** Uses an address for one sign-in, as its page does. */
    Answer signIn(String address) throws IOException {
        return post("/sign-in", "token=" + URLEncoder.encode(address.replaceFirst(".*token=", ""), UTF_8));
    }

    /** @param headers names and values in turn; Host is 127.0.0.1 unless it is among them */
    Answer send(String method, String path, String body, String... headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request(method, path, body, headers).getBytes(UTF_8));
            return read(new String(socket.getInputStream().readAllBytes(), ISO_8859_1));
        }
    }

    /** What is sent, for a test that reads the answer by itself. */
    String request(String method, String path, String body, String... headers) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("Host", "127.0.0.1:" + port);
        all.put("Connection", "close");
        if (!cookie.isEmpty()) {
            all.put("Cookie", cookie);
        }
        if (!body.isEmpty()) {
            all.put("Content-Type", "application/x-www-form-urlencoded");
            all.put("Content-Length", "" + body.getBytes(UTF_8).length);
        }
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
            all.values().remove(null); // a header that is taken away
        }
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        all.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        return request + "\r\n" + body;
    }

    private Answer read(String text) {
        int end = text.indexOf("\r\n\r\n");
        String[] head = text.substring(0, end).split("\r\n");
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 1; i < head.length; i++) {
            String[] pair = head[i].split(": ?", 2);
            headers.put(pair[0].toLowerCase(Locale.ROOT), pair[1]);
        }
        String set = headers.get("set-cookie");
        if (set != null) {
            cookie = set.split(";")[0];
        }
        return new Answer(
                Integer.parseInt(head[0].split(" ")[1]),
                headers,
                new String(text.substring(end + 4).getBytes(ISO_8859_1), UTF_8));
    }
}
