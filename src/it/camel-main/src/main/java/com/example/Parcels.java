package com.example;

import org.apache.camel.builder.RouteBuilder;

/** Routes of the application. They have names that CXT uses when it is alone, and handle a failure of theirs. */
public final class Parcels extends RouteBuilder {
    @Override
    public void configure() {
        onException(IllegalStateException.class).handled(true).setBody(constant("mishap in the parcel office"));

        from("direct:pickup-files")
                .routeId("pickup-files")
                .setVariable("transcript", constant("by sea"))
                .choice()
                .when(body().isEqualTo("broken"))
                .throwException(new IllegalStateException("a parcel is broken"))
                .when(body().isEqualTo("lost"))
                .throwException(new IllegalArgumentException("a parcel is lost"))
                .otherwise()
                .setBody(simple("${body} from {{pickup.file.folder}} of {{data.dir}} ${variable.transcript}"));
    }
}
