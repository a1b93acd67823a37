package com.example;

import org.apache.camel.main.Main;

/** Somebody's application. It does not know CXT. */
public final class Application {
    private Application() {}

    static Main application() {
        return new Main(Application.class); // with the routes of this package
    }

    public static void main(String[] args) throws Exception {
        application().run(args);
    }
}
