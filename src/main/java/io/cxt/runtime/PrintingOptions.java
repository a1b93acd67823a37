package io.cxt.runtime;

import io.cxt.settings.InvalidSettingsException;
import java.util.List;
import java.util.function.Predicate;
import org.apache.camel.main.MainConfigurationProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Options of Camel that print what a route works on: the token, ids, chats and secrets. */
final class PrintingOptions {
    private static final Logger LOG = LoggerFactory.getLogger(PrintingOptions.class);

    private record Option(String name, String prints, Predicate<MainConfigurationProperties> set) {}

    private static final List<Option> OPTIONS = List.of(
            new Option("camel.main.tracingStandby", "token, ids and chats", each -> each.isTracingStandby()),
            new Option(
                    "camel.trace.enabled",
                    "token, ids and chats",
                    each -> each.hasTracerConfiguration()
                            && (each.tracerConfig().isEnabled()
                                    || each.tracerConfig().isStandby())),
            new Option(
                    "camel.debug.enabled",
                    "token, ids and chats",
                    each -> each.hasDebuggerConfiguration()
                            && (each.debuggerConfig().isEnabled()
                                    || each.debuggerConfig().isStandby())),
            new Option("camel.main.messageHistory", "ids and chats", each -> each.isMessageHistory()),
            new Option("camel.main.logExhaustedMessageBody", "chats", each -> each.isLogExhaustedMessageBody()),
            new Option("camel.main.logDebugMaxChars", "chats", each -> each.getLogDebugMaxChars() >= 0),
            new Option(
                    "camel.main.dumpRoutes",
                    "values of placeholders",
                    each -> each.getDumpRoutes() != null && !"false".equals(each.getDumpRoutes())),
            new Option(
                    "camel.main.autoConfigurationLogSummary",
                    "values of options",
                    each -> each.isAutoConfigurationLogSummary()));

    private PrintingOptions() {}

    /**
     * Warns of each that is set.
     *
     * @throws InvalidSettingsException when Camel would print each exchange at each step
     */
    static void check(MainConfigurationProperties options) {
        if (options.isTracing()) {
            throw new InvalidSettingsException(
                    List.of("camel.main.tracing is true: Camel would print the token, ids and chats into the log. "
                            + RouteStarts.REMOVE + ", and use cxt find to follow a transcript"));
        }
        for (Option option : OPTIONS) {
            if (option.set.test(options)) {
                LOG.warn(
                        "option of camel option={} prints=\"{}\" next=\"it may print what belongs in no log: remove it, unless"
                                + " you need it for a moment and delete the log afterwards\"",
                        option.name,
                        option.prints);
            }
        }
    }
}
