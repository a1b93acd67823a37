package io.cxt.embed;

import org.apache.camel.CamelContext;
import org.apache.camel.spi.ContextServicePlugin;

/**
 * Enables CXT when its jar is on the class path and {@code cxt.cxone.base-url} is set. camel-main and Spring Boot add the
 * routes that they find in the registry; elsewhere call {@code context.addRoutes(new CxtRoutes())}.
 */
public final class CxtPlugin implements ContextServicePlugin {
    @Override
    public void load(CamelContext camel) {
        camel.getRegistry().bind("cxtRoutes", new CxtRoutes());
    }
}
