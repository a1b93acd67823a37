package io.cxt.runtime;

import io.cxt.cxone.CxoneTarget;
import io.cxt.intake.Variables;
import io.cxt.settings.InvalidSettingsException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RemoveHeadersDefinition;
import org.apache.camel.model.RemoveVariableDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.model.errorhandler.DeadLetterChannelDefinition;
import org.apache.camel.model.language.MethodCallExpression;
import org.jspecify.annotations.Nullable;

/**
 * The steps that the promise depends on: whatever else is edited in a route, these must be there, in this order. They
 * are recognized by what they call, not by their ids. Long because each of them says what is lost without it.
 */
public final class Guards {
    private static final String FORGET = "removeVariable fault";

    private static final String REDACT = "cxtRedaction.redact";

    private static final String ARCHIVE_TAP = "onPrepare: cxtTapOpens, to archive-part";
    private static final String RECORD_TAP = "onPrepare: cxtTapOpens, to record-audit";

    /** The bean that moves an endpoint's sources; the address may have # and : as percent signs with 23 and 3A. */
    private static final Pattern MOVER = Pattern.compile(
            "(processStrategy|messageListenerContainerFactory)=(?:#|\\x2523)(?:bean:|bean\\x253A)?(\\w+)");

    private static final String SPLIT = "cxtIntake.entries, onPrepare: cxtTranscriptBegins";

    private record Guard(String call, String step, String without) {}

    private static final Map<String, List<Guard>> GUARDS = new LinkedHashMap<>();

    static {
        GUARDS.put(
                "read-transcripts",
                List.of(
                        new Guard(SPLIT, "each-transcript", "nothing is read as strict UTF-8 and JSON"),
                        new Guard("cxtIntake.begin", "begin-transcript", "a source would be released too early"),
                        new Guard(REDACT, "redact", "what redaction.policy names would be kept and sent")));
        GUARDS.put("resume-transcript", List.of());
        GUARDS.put(
                "prepare-transcript",
                List.of(
                        new Guard("cxtPreparation.prepare", "map-and-cut", "there is nothing to send"),
                        new Guard(
                                "cxtPreparation.cutAsBegun",
                                "cut-as-begun",
                                "a chat of which a part went out under other limits would not be finished")));
        GUARDS.put(
                "deliver-part",
                List.of(
                        new Guard("cxtCalls.lookUp", "look-up", "what was sent before would be sent again"),
                        new Guard("cxtCalls.next", "decide-next", "nobody would learn what became of a transcript"),
                        new Guard(ARCHIVE_TAP, "tap-archive", "a source would not wait for this copy"),
                        new Guard(RECORD_TAP, "tap-record", "a source would not wait for this copy")));
        GUARDS.put("send-part", List.of());
        GUARDS.put(
                "call-cxone",
                List.of(
                        new Guard("cxtCalls.begin", "wait-and-claim", "a call could leave that is not on record"),
                        new Guard("removeHeaders", "strip-headers", "a sender's headers could steer the call"),
                        new Guard(FORGET, "forget-fault", "an answer would be taken for the fault of the call before"),
                        new Guard("cxtCalls.request", "write-request", "there is nothing to send"),
                        new Guard(CallGuard.POST, "post-to-cxone", "nothing is sent"),
                        new Guard("cxtAnswers.read", "read-answer", "the outcome of a call would not be on record")));
        GUARDS.put(
                "archive-part",
                List.of(new Guard("cxtTaps.archive", "keep-file", "no copy of what was sent would be kept")));
        GUARDS.put(
                "record-audit",
                List.of(new Guard("cxtTaps.recorded", "note-recorded", "rows would be written again and again")));
        GUARDS.put(
                "enqueue-transcript",
                List.of(new Guard(
                        "cxtJmsSender.sent", "note-queued", "nobody would learn what became of a transcript")));
        GUARDS.put(
                "set-aside",
                List.of(
                        new Guard("cxtSetAside.keep", "keep-with-reason", "what is not sent would not be on record"),
                        new Guard(RECORD_TAP, "tap-refusal", "a source would not wait for this copy")));
        GUARDS.put(
                "pickup-files",
                pickup("cxtFilePickup", "open-reading", "close-reading", mover("cxtFileMoves", "watch-folder")));
        GUARDS.put(
                "pickup-sftp",
                pickup("cxtSftpPickup", "open-fetched", "close-fetched", mover("cxtSftpMoves", "watch-site")));
        GUARDS.put(
                "pickup-jms",
                pickup(
                        "cxtJmsPickup",
                        "open-message",
                        "close-message",
                        new Guard(
                                "messageListenerContainerFactory cxtJmsTaking",
                                "watch-queue",
                                "a message could be acknowledged before it is decided")));
        GUARDS.put("pickup-body", pickup("cxtBodyPickup", "open-body", "close-body"));
        GUARDS.put("pickup-stream", pickup("cxtStreamPickup", "open-stream", "close-stream"));
    }

    private static List<Guard> pickup(String bean, String open, String close, Guard... before) {
        List<Guard> guards = new ArrayList<>(List.of(before));
        guards.add(new Guard(bean + ".open", open, "the source would not be on record"));
        guards.add(
                new Guard(bean + ".close", close, "the source would be released before its transcripts are decided"));
        return guards;
    }

    private static Guard mover(String bean, String step) {
        return new Guard("processStrategy " + bean, step, "a file could go to .done that is not what was read");
    }

    private Guards() {}

    /**
     * Checks routes against this list.
     *
     * @param prefix what stands before each route's id
     * @param disabled routes that are absent because their pickup is disabled
     * @param target what is called
     * @param redacting false where nothing is redacted, so that the step for it may be absent
     * @throws InvalidSettingsException naming each step that is missing or out of place
     */
    public static void check(
            Collection<RouteDefinition> routes,
            String prefix,
            Set<String> disabled,
            CxoneTarget target,
            boolean redacting) {
        List<String> problems = new ArrayList<>();
        GUARDS.forEach((id, guards) -> routes.stream()
                .filter(route -> route.getId().equals(prefix + id))
                .findFirst()
                .ifPresentOrElse(
                        route -> {
                            check(id, due(guards, redacting), route, problems);
                            if (!disabled.contains(id)) {
                                RouteStarts.switchedOff(route, id).ifPresent(problems::add);
                            }
                        },
                        () -> {
                            if (!disabled.contains(id)) {
                                problems.add("There is no route %s. Put routes/%s.camel.yaml back as it ships"
                                        .formatted(id, id));
                            }
                        }));
        problems.addAll(CallGuard.problems(routes, prefix, target));
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }

    private static List<Guard> due(List<Guard> guards, boolean redacting) {
        return guards.stream()
                .filter(guard -> redacting || !guard.call.equals(REDACT))
                .toList();
    }

    private static void check(String id, List<Guard> guards, RouteDefinition route, List<String> problems) {
        if (route.getErrorHandlerFactory() instanceof DeadLetterChannelDefinition) {
            problems.add(
                    ("routes/%s.camel.yaml has a deadLetterChannel, its own or that of all routes: it ends a fault, so that what is not"
                                    + " decided would count as done. Write errorHandler: defaultErrorHandler: {} into the route, as"
                                    + " it ships")
                            .formatted(id));
        }
        List<String> calls = calls(route, true);
        List<String> all = calls(route, false);
        int from = 0;
        for (Guard guard : guards) {
            int at = calls.subList(from, calls.size()).indexOf(guard.call);
            if (at < 0) {
                String fault = calls.contains(guard.call)
                        ? "has in the wrong place"
                        : all.contains(guard.call) ? "has disabled" : "lacks";
                problems.add("routes/%s.camel.yaml %s the step %s (%s): without it %s. Put it back as it ships"
                        .formatted(id, fault, guard.step, guard.call, guard.without));
            } else {
                from += at + 1;
            }
        }
    }

    /** What a route's steps call, in the order of the file; those that are disabled may be left out. */
    private static List<String> calls(RouteDefinition route, boolean enabled) {
        List<String> calls = new ArrayList<>();
        Matcher mover = MOVER.matcher(String.valueOf(route.getInput().getUri()));
        if (mover.find()) {
            calls.add(mover.group(1) + " " + mover.group(2));
        }
        for (ProcessorDefinition<?> step :
                ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ProcessorDefinition.class)) {
            String call = enabled && disabled(step) ? null : call(step);
            if (call != null) {
                calls.add(call);
            }
        }
        return calls;
    }

    /** True when a step, or one that it is in, is disabled, or a property may say so. */
    static boolean disabled(ProcessorDefinition<?> step) {
        for (ProcessorDefinition<?> each = step; each != null; each = each.getParent()) {
            if (each.getDisabled() != null && !"false".equalsIgnoreCase(each.getDisabled())) {
                return true;
            }
        }
        return false;
    }

    /** What a step of ours does; null for any other. */
    static @Nullable String call(ProcessorDefinition<?> step) {
        if (step instanceof BeanDefinition bean) {
            return bean.getRef() + "." + bean.getMethod();
        }
        if (step instanceof SplitDefinition split && "cxtTranscriptBegins".equals(split.getOnPrepare())) {
            return SPLIT;
        }
        if (step instanceof ExpressionNode node && node.getExpression() instanceof MethodCallExpression method) {
            return method.getRef() + "." + method.getMethod();
        }
        if (step instanceof WireTapDefinition<?> tap) {
            return !"cxtTapOpens".equals(tap.getOnPrepare())
                    ? null
                    : tap.getUri().endsWith("archive-part") ? ARCHIVE_TAP : RECORD_TAP;
        }
        if (step instanceof RemoveHeadersDefinition remove) {
            return "*".equals(remove.getPattern()) ? "removeHeaders" : null;
        }
        if (step instanceof RemoveVariableDefinition remove) {
            return Variables.FAULT.equals(remove.getName()) ? FORGET : null;
        }
        if (step instanceof ToDefinition to && String.valueOf(to.getUri()).contains("cxone.call-url}}")) {
            return CallGuard.POST;
        }
        return null;
    }
}
