package com.example;

import io.cxt.embed.CxtRoutes;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;

/** A Camel context made by hand. Its settings come from wherever it has them. */
public final class Application {
    private Application() {}

    public static CamelContext start(String cxone, String secret, String folder) throws Exception {
        CamelContext camel = new DefaultCamelContext();
        camel.getPropertiesComponent().addInitialProperty("cxt.cxone.base-url", cxone);
        camel.getPropertiesComponent().addInitialProperty("cxt.cxone.client-id", "client-1");
        camel.getPropertiesComponent().addInitialProperty("cxt.cxone.client-secret", secret);
        camel.getPropertiesComponent().addInitialProperty("cxt.data.dir", folder);
        camel.addRoutes(new CxtRoutes());
        camel.start();
        return camel;
    }
}
