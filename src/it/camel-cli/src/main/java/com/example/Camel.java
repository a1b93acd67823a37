package com.example;

import org.apache.camel.dsl.jbang.core.commands.CamelJBangMain;

/** The command {@code camel}, as its launcher has it. */
public final class Camel {
    private Camel() {}

    public static void main(String[] args) {
        CamelJBangMain.run(args);
    }
}
