package com.example;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteConfigurationBuilder;

/** What the application does about every exception in every route that has no route configuration of its own. */
public final class Mishaps extends RouteConfigurationBuilder {
    static final List<String> SEEN = new CopyOnWriteArrayList<>();

    @Override
    public void configuration() {
        routeConfiguration()
                .onException(Exception.class)
                .handled(true)
                .process(exchange -> SEEN.add(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)
                        .getMessage()));
    }
}
