package io.cxt.embed;

import org.apache.camel.CamelContext;
import org.apache.camel.spi.ContextServicePlugin;

/**
 * Switches CXT on where its jar is on the class path and {@code cxt.cxone.base-url} is set. camel-main and Spring Boot
 * add the routes that they find in the registry; where nobody does, {@code context.addRoutes(new CxtRoutes())} does it.
 */
public final class CxtPlugin implements ContextServicePlugin {
    @Override
    public void load(CamelContext camel) {
        camel.getRegistry().bind("cxtRoutes", new CxtRoutes());
    }
}
