package io.cxt.runtime;

import io.cxt.cxone.CxoneTarget;
import io.cxt.intake.Variables;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.DynamicRouterDefinition;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.LoopDefinition;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.RemoveHeaderDefinition;
import org.apache.camel.model.RemoveHeadersDefinition;
import org.apache.camel.model.RemoveVariableDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RoutingSlipDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.SetHeaderDefinition;
import org.apache.camel.model.SetHeadersDefinition;
import org.apache.camel.model.SetVariableDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.TryDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;

/**
 * The one call to CXone: what is on record is what is sent, once for each claim, and nothing else in a route calls CXone.
 * Between claim and answer the route has no other steps than those that it ships with, log lines, and headers of a site.
 */
final class CallGuard {
    static final String POST = "the POST to {{cxone.call-url}}";

    private static final String CLAIM = "cxtCalls.begin";
    private static final String REQUEST = "cxtCalls.request";
    private static final String ANSWER = "cxtAnswers.read";

    private static final Pattern FIXED_CALL = Pattern.compile("[?&](httpMethod|skipControlHeaders)=(?!false)");

    /** The component of a host may have it switched on for its own calls, so that it must be false here. */
    private static final Pattern UNLOGGED = Pattern.compile("[?&]logHttpActivity=false(&|$)");

    private static final Pattern CXONE = Pattern.compile("cxone\\.(call|base)-url(:[^}]*)?}}");

    /** Headers that {@code write-request} sets. A header of another name is a site's own, such as one for a gateway. */
    private static final Set<String> OURS =
            Set.of("authorization", "idempotency-key", "host", "content-length", "transfer-encoding");

    private static final Set<String> NO_ANSWER =
            Set.of("java.io.IOException", "java.lang.Exception", "java.lang.Throwable");

    private final CxoneTarget target;
    private final Pattern address;
    private final List<String> problems = new ArrayList<>();

    private CallGuard(CxoneTarget target) {
        this.target = target;
        URI base = CxoneComponents.addressOf(target);
        String port = base.getPort() < 0 ? "(:(443|80))?" : ""; // else the authority has it
        String path = base.getRawPath().replaceFirst("/$", ""); // a gateway may have other services beside it
        this.address = Pattern.compile("(?i)(?<![\\w.-])" + Pattern.quote(base.getAuthority()) + port + "(?![\\w.:-])"
                + Pattern.quote(path) + "(?![\\w.-])");
    }

    /**
     * What is wrong with the calls of these routes.
     *
     * @param prefix what stands before each route's id
     */
    static List<String> problems(Collection<RouteDefinition> routes, String prefix, CxoneTarget target) {
        CallGuard guard = new CallGuard(target);
        for (RouteDefinition route : routes) {
            if (route.getId().equals(prefix + "call-cxone")) {
                guard.checkCall(route);
            } else {
                steps(route).filter(guard::reachesCxone).forEach(step -> guard.pastTheRecord(route, step));
            }
        }
        return guard.problems;
    }

    private void checkCall(RouteDefinition route) {
        if (route.getErrorHandler() == null
                || !(route.getErrorHandler().getErrorHandlerType() instanceof NoErrorHandlerDefinition)) {
            problems.add(
                    "routes/call-cxone.camel.yaml lacks errorHandler: noErrorHandler: another one repeats a call that is"
                            + " on record once. Put it back as it ships");
        }
        boolean claimed = false;
        int posts = 0;
        for (ProcessorDefinition<?> step : steps(route).toList()) {
            String call = Guards.call(step);
            if (POST.equals(call)) {
                posts++;
                checkPost(route, (ToDefinition) step);
            } else if (reachesCxone(step)) {
                pastTheRecord(route, step);
            } else if (CLAIM.equals(call)) {
                claimed = true;
            } else if (ANSWER.equals(call)) {
                claimed = false;
            } else if (claimed && !REQUEST.equals(call) && !belongs(step) && !Guards.disabled(step)) {
                problems.add(
                        ("routes/call-cxone.camel.yaml has the step %s between wait-and-claim and read-answer, where it"
                                        + " changes, repeats or prevents a call that is on record already. Put a step that changes"
                                        + " transcripts into routes/prepare-transcript.camel.yaml, before map-and-cut")
                                .formatted(named(step)));
            }
        }
        if (posts > 1) {
            problems.add(
                    "routes/call-cxone.camel.yaml has %s %s times: one claim is one call. Leave the step post-to-cxone only"
                            .formatted(POST, posts));
        }
    }

    private void checkPost(RouteDefinition route, ToDefinition post) {
        Optional<TryDefinition> around = route.getOutputs().stream()
                .filter(step -> step instanceof LoopDefinition loop && "true".equals(loop.getDoWhile()))
                .flatMap(loop -> loop.getOutputs().stream())
                .filter(TryDefinition.class::isInstance)
                .map(TryDefinition.class::cast)
                .filter(tried -> tried.getOutputsWithoutCatches().contains(post))
                .findFirst();
        if (around.isEmpty()) {
            problems.add(
                    "routes/call-cxone.camel.yaml has %s not in until-answered and try-post alone: one claim is one call. Put these steps back as they ship"
                            .formatted(POST));
        } else if (around.get().getCatchClauses().stream()
                .noneMatch(caught -> caught.getExceptions().stream().anyMatch(NO_ANSWER::contains))) {
            problems.add(
                    "routes/call-cxone.camel.yaml lacks doCatch of java.io.IOException at try-post: that a call got no answer"
                            + " would not be on record. Put it back as it ships");
        }
        if (!UNLOGGED.matcher(String.valueOf(post.getUri())).find()) {
            problems.add(
                    "routes/call-cxone.camel.yaml lacks logHttpActivity: false at the step post-to-cxone: Camel may print the token and"
                            + " chats into the log. Put it back as it ships");
        }
        Matcher option = FIXED_CALL.matcher(String.valueOf(post.getUri()));
        if (target.hasOtherCalls()
                && option.find()) { // it goes before the headers that say method and address of a call
            problems.add(
                    "routes/call-cxone.camel.yaml sets %1$s at the step post-to-cxone: calls of cxone.target = %2$s have a method and an address of their own, which it would override. Remove %1$s"
                            .formatted(option.group(1), target.name()));
        }
    }

    private void pastTheRecord(RouteDefinition route, ProcessorDefinition<?> step) {
        problems.add(("The route %s calls CXone by itself, past the record, at the step %s. Hand transcripts to"
                        + " direct:inject-transcript instead")
                .formatted(route.getId(), named(step)));
    }

    /** All steps of a route, in the order of the file. */
    private static Stream<ProcessorDefinition<?>> steps(RouteDefinition route) {
        return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ProcessorDefinition.class).stream()
                .map(step -> (ProcessorDefinition<?>) step);
    }

    /** True for what may stand between a claim and its answer. */
    private static boolean belongs(ProcessorDefinition<?> step) {
        if (step instanceof SetHeadersDefinition headers) {
            return headers.getHeaders().stream().allMatch(each -> isOfSite(each.getName()));
        }
        if (step instanceof SetHeaderDefinition header) {
            return isOfSite(header.getName());
        }
        return step instanceof LogDefinition
                || step instanceof TryDefinition
                || step instanceof CatchDefinition // what it catches is looked at with the POST
                || step instanceof RemoveVariableDefinition
                || step instanceof SetVariableDefinition variable && Variables.FAULT.equals(variable.getName())
                || step instanceof RemoveHeaderDefinition header && "Authorization".equals(header.getName())
                || step instanceof RemoveHeadersDefinition headers
                        && "CamelRedelivered|CamelRedeliveryCounter|CamelRedeliveryMaxCounter"
                                .equals(headers.getExcludePattern());
    }

    private static boolean isOfSite(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return !OURS.contains(name) && !name.startsWith("camel");
    }

    private boolean reachesCxone(ProcessorDefinition<?> step) {
        List<String> texts = new ArrayList<>();
        if (step instanceof SendDefinition<?> send) {
            texts.add(send.getUri());
        } else if (step instanceof ToDynamicDefinition dynamic) {
            texts.add(dynamic.getUri());
        } else if (step instanceof EnrichDefinition
                || step instanceof PollEnrichDefinition
                || step instanceof RecipientListDefinition<?>
                || step instanceof RoutingSlipDefinition<?>
                || step instanceof DynamicRouterDefinition<?>) {
            texts.add(((ExpressionNode) step).getExpression().getExpression());
        }
        return texts.stream()
                .anyMatch(text -> text != null
                        && (CXONE.matcher(text).find() || address.matcher(text).find()));
    }

    private static String named(ProcessorDefinition<?> step) {
        return step.getId() == null ? step.getShortName() : step.getId();
    }
}
