package io.cxt.runtime;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.model.AggregateDefinition;
import org.apache.camel.model.DelayDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.LoopDefinition;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.RedeliveryPolicyDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.ThreadsDefinition;
import org.apache.camel.model.ThrottleDefinition;
import org.apache.camel.model.language.ConstantExpression;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.SimpleExpression;
import org.apache.camel.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/** Finds numbers of steps with which Camel would wait for ever, fail at each exchange, or not start, without a word of where. */
final class StepNumbers {
    private final RouteSteps.Step step;
    private final List<String> problems = new ArrayList<>();

    private StepNumbers(RouteSteps.Step step) {
        this.step = step;
    }

    /** Repeats a number as the file has it: what a placeholder stands for may be a secret. */
    static List<String> problems(RouteSteps.Step step) {
        StepNumbers numbers = new StepNumbers(step);
        numbers.check(step.definition());
        return numbers.problems;
    }

    private void check(ProcessorDefinition<?> each) {
        if (each instanceof ThrottleDefinition throttle) {
            whole("limit", fixed(throttle), 1);
            millis("timePeriodMillis", throttle.getTimePeriodMillis(), 1);
        } else if (each instanceof DelayDefinition delay) {
            millis("delay", fixed(delay), 0);
        } else if (each instanceof LoopDefinition loop && !"true".equals(loop.getDoWhile())) {
            whole("count", fixed(loop), 1);
        } else if (each instanceof ThreadsDefinition threads) {
            whole("poolSize", threads.getPoolSize(), 1);
            whole("maxPoolSize", threads.getMaxPoolSize(), 1);
            whole("maxQueueSize", threads.getMaxQueueSize(), -1);
            whole("keepAliveTime", threads.getKeepAliveTime(), 0);
        } else if (each instanceof SplitDefinition split) {
            millis("timeout", split.getTimeout(), 0);
        } else if (each instanceof MulticastDefinition multicast) {
            millis("timeout", multicast.getTimeout(), 0);
        } else if (each instanceof RecipientListDefinition<?> recipients) {
            millis("timeout", recipients.getTimeout(), 0);
        } else if (each instanceof AggregateDefinition aggregate) {
            whole("completionSize", aggregate.getCompletionSize(), 1);
            millis("completionTimeout", aggregate.getCompletionTimeout(), 1);
            millis("completionInterval", aggregate.getCompletionInterval(), 1);
        } else if (each instanceof OnExceptionDefinition policy && policy.getRedeliveryPolicyType() != null) {
            RedeliveryPolicyDefinition retries = policy.getRedeliveryPolicyType();
            whole("maximumRedeliveries", retries.getMaximumRedeliveries(), -1);
            millis("redeliveryDelay", retries.getRedeliveryDelay(), 0);
            millis("maximumRedeliveryDelay", retries.getMaximumRedeliveryDelay(), 0);
        }
    }

    /** The text of an expression that is the same for each exchange; null for any other. */
    private static @Nullable String fixed(ExpressionNode node) {
        ExpressionDefinition expression = node.getExpression();
        boolean fixed = expression instanceof ConstantExpression
                || expression instanceof SimpleExpression
                        && !expression.getExpression().contains("${");
        return fixed ? expression.getExpression() : null;
    }

    private void whole(String name, @Nullable String text, long least) {
        String value = step.values().of(text);
        if (value == null || text == null) {
            return;
        }
        try {
            int number = Integer.parseInt(value.strip());
            if (number >= least) {
                return;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        problem(name, text, "whole numbers from %s to %s".formatted(least, Integer.MAX_VALUE));
    }

    private void millis(String name, @Nullable String text, long least) {
        String value = step.values().of(text);
        if (value == null || text == null) {
            return;
        }
        try {
            if (TimeUtils.toMilliSeconds(value.strip()) >= least) {
                return;
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) { // the latter for a word
            // said below
        }
        problem(name, text, "milliseconds from %s, or a time such as 5s".formatted(least));
    }

    private void problem(String name, String text, String allowed) {
        problems.add("%s has %s \"%s\"; allowed: %s".formatted(step.place(), name, text, allowed));
    }
}
