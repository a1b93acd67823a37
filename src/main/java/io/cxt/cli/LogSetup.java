package io.cxt.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.core.status.NopStatusListener;
import ch.qos.logback.core.status.Status;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Keeps secrets, tokens and chat text of other libraries out of the log, whatever {@code config/logback.xml} says, or without
 * it. For the stand-alone program only: a host has its own log.
 */
public final class LogSetup implements LoggerContextListener {
    private static final String FILE = "logback.configurationFile";
    private static final String LISTENER = "logback.statusListenerClass";
    private static final int MOST_REMARKS = 3;
    private static final String BUILT_IN = "io/cxt/config/logback.xml";

    /** Below INFO they print requests with secrets, tokens and bodies, properties, and values of statements. */
    private static final List<String> AT_MOST_INFO = List.of(
            "com.fasterxml",
            "com.jcraft",
            "com.schibsted",
            "com.zaxxer",
            "io.micrometer",
            "io.netty",
            "org.apache",
            "org.hibernate",
            "org.jboss",
            "org.postgresql",
            "org.springframework",
            "org.sqlite");

    /** They print bodies, and exceptions whose messages may quote a customer. CXT logs the kind and place itself. */
    private static final List<String> SILENT = List.of(
            "com.zaxxer.hikari", // it quotes what drivers say
            "io.netty.util.internal.PlatformDependent", // it looks for a folder for libraries that CXT does not have
            "io.vertx",
            "org.apache.activemq",
            "org.apache.camel.component.file.GenericFileOnCompletion",
            "org.apache.camel.component.file.remote.RemoteFilePollingConsumerPollStrategy",
            "org.apache.camel.component.file.remote.SftpOperations",
            "io.cxt.pickup.jms.JmsReceiver$Container",
            "org.apache.camel.component.jms.EndpointMessageListener",
            "org.apache.camel.component.platform.http",
            "org.apache.camel.processor",
            "org.apache.hc.client5.http.headers",
            "org.apache.hc.client5.http.wire",
            "org.sqlite.SQLiteJDBCLoader");

    private final LoggerContext loggers;

    private LogSetup(LoggerContext loggers) {
        this.loggers = loggers;
    }

    /**
     * Starts logging. Call it before anything logs.
     *
     * @return false when the file cannot be used; stderr says why
     */
    public static boolean begin() {
        String file = System.getProperty(FILE);
        if (file != null && Files.exists(Path.of(file)) && !Files.isReadable(Path.of(file))) {
            System.err.println(file + " cannot be read by the user who runs cxt. Run: chmod u+r, or chown");
            return false;
        }
        if (file == null || !there(file)) {
            System.setProperty(FILE, BUILT_IN);
        }
        if (!(quietly() instanceof LoggerContext loggers)) {
            return true;
        }
        LogSetup ours = new LogSetup(loggers);
        ours.keep();
        loggers.addListener(ours);
        List<Status> remarks = loggers.getStatusManager().getCopyOfStatusList().stream()
                .filter(status -> status.getEffectiveLevel() >= Status.WARN)
                .toList();
        remarks.stream()
                .limit(MOST_REMARKS)
                .forEach(status -> System.err.println("%s: %s".formatted(file, status.getMessage())));
        boolean usable = remarks.stream().noneMatch(status -> status.getEffectiveLevel() == Status.ERROR);
        if (!usable) {
            System.err.println("The log cannot be set up. Correct " + file + ", or remove it to use the shipped one");
        }
        return usable;
    }

    /** Logback would print a page of remarks to stdout, and a stack trace. */
    private static Object quietly() {
        if (System.getProperty(LISTENER) == null) {
            System.setProperty(LISTENER, NopStatusListener.class.getName());
        }
        PrintStream err = System.err;
        System.setErr(new PrintStream(OutputStream.nullOutputStream()));
        try {
            return LoggerFactory.getILoggerFactory();
        } finally {
            System.setErr(err);
        }
    }

    /** True for what Logback finds: a file, a resource or an address. */
    private static boolean there(String file) {
        return file.matches("\\w\\w+:.*")
                || Files.isReadable(Path.of(file))
                || LogSetup.class.getClassLoader().getResource(file) != null;
    }

    private void keep() {
        for (Logger logger : List.copyOf(loggers.getLoggerList())) {
            if (logger.getLevel() != null) {
                keep(logger);
            }
        }
        AT_MOST_INFO.forEach(name -> keep(loggers.getLogger(name)));
        SILENT.forEach(name -> keep(loggers.getLogger(name)));
    }

    private static void keep(Logger logger) {
        Level least = least(logger.getName());
        if (least.isGreaterOrEqual(logger.getEffectiveLevel()) && logger.getEffectiveLevel() != least) {
            logger.setLevel(least);
        }
    }

    private static Level least(String name) {
        return isOf(SILENT, name) ? Level.OFF : isOf(AT_MOST_INFO, name) ? Level.INFO : Level.TRACE;
    }

    private static boolean isOf(List<String> names, String name) {
        return names.stream().anyMatch(above -> name.equals(above) || name.startsWith(above + "."));
    }

    /** The file may be read again while the program runs, or someone sets a level. */
    @Override
    public void onLevelChange(Logger logger, Level level) {
        keep();
    }

    @Override
    public boolean isResetResistant() {
        return true;
    }

    @Override
    public void onStart(LoggerContext context) {
        // not needed
    }

    @Override
    public void onReset(LoggerContext context) {
        // onLevelChange sees each level that is set afterwards
    }

    @Override
    public void onStop(LoggerContext context) {
        // not needed
    }
}
