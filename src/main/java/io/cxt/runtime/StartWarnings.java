package io.cxt.runtime;

import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.ForwardProxy;
import io.cxt.ledger.LedgerView;
import io.cxt.redaction.Redaction;
import io.cxt.text.SafeName;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a start logs of settings and steps that are allowed and perhaps not meant. */
public final class StartWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(StartWarnings.class);

    /** What holds a chat, a name or a secret when it is written into a log line as it is. */
    private static final Pattern CONTENT =
            Pattern.compile("\\$\\{(in\\.)?(\\w*[bB]ody\\w*|message\\w*|headers?|exchange|logExchange|variables|"
                    + "variable\\.(transcript\\.(entry|parsed)|call\\.part\\.payload)|exception\\.(message|stacktrace)|"
                    + "properties|env|sysenv|jsonpath|jq)\\b|(secret|password|\\.key)\\w*(:[^}]*)?}}");

    private StartWarnings() {}

    /** Log steps of a site that may print what belongs in no log. @param prefix of the routes' ids */
    public static void logSteps(ModelCamelContext context, String prefix) {
        for (RouteDefinition route : context.getRouteDefinitions()) {
            if (route.getId() != null && route.getId().startsWith(prefix)) {
                logSteps(route.getId(), route.getOutputs());
            }
        }
        for (RouteConfigurationDefinition shared : context.getRouteConfigurationDefinitions()) {
            if (shared.getId() != null && shared.getId().startsWith(prefix)) {
                shared.getOnExceptions().forEach(each -> logSteps(shared.getId(), each.getOutputs()));
            }
        }
    }

    private static void logSteps(String route, List<ProcessorDefinition<?>> steps) {
        for (LogDefinition step : ProcessorDefinitionHelper.filterTypeInOutputs(steps, LogDefinition.class)) {
            Matcher content = CONTENT.matcher(String.valueOf(step.getMessage()));
            if (content.find()) {
                LOG.warn(
                        "log step route={} step={} prints=\"{}\" next=\"it may hold chat text, names or secrets, which belong in no"
                                + " log: print ids and reasons instead, such as ${variable.transcript.origin.position}\"",
                        SafeName.value(route),
                        SafeName.value(step.getId() == null ? step.getShortName() : step.getId()),
                        SafeName.log(content.group()).replace("\"", "'"));
            }
        }
    }

    /** Where {@code cxone.proxy} is not set: which other proxy settings this process has. */
    static void proxyOfOthers(CxoneSettings settings) {
        if (settings.proxy() == null) {
            ForwardProxy.ofOthers().ifPresent(words -> LOG.warn("proxy settings reason=\"{}\"", words));
        }
    }

    static void otherTargets(LedgerView ledger, String target) {
        for (String other : ledger.othersSentTo(target)) {
            LOG.warn(
                    "other target target={} before={} next=\"a chat that was sent to the one before and is dropped again is sent"
                            + " again; if that is not meant, stop cxt and set cxone.target back\"",
                    target,
                    SafeName.value(other));
        }
    }

    static void originals(Redaction redaction) {
        if (redaction.on() && redaction.originals() == Redaction.Originals.KEEP) {
            LOG.warn(
                    "originals kept unredacted redaction={} next=\"set redaction.originals to replace or delete, or delete what is in .done"
                            + " yourself; cxt scan finds what is left\"",
                    redaction.label());
        }
    }
}
