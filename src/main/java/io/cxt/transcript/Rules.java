package io.cxt.transcript;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/**
 * When a transcript that could be read is acceptable. The rules themselves stand as constraints on the records; here
 * they are run, and what they find is put into our words.
 */
public final class Rules {

    /** Built once, for it is dear and safe for all threads. Without expression language, so no text is ever evaluated. */
    private static final Validator VALIDATOR = Validation.byDefaultProvider()
            .configure()
            .ignoreXmlConfiguration()
            .messageInterpolator(new ParameterMessageInterpolator())
            .buildValidatorFactory()
            .getValidator();

    private static final Comparator<Placed> BY_PLACE = Comparator.comparingInt(Placed::message)
            .thenComparing(placed -> placed.finding().pointer())
            .thenComparing(placed -> placed.finding().rule());

    /**
     * Everything wrong with a transcript, from its head to its last message.
     *
     * @param line the line of the source on which the transcript begins, from 1; given to every finding
     * @return empty when it is acceptable
     */
    public List<Finding> check(Transcript transcript, long line) {
        return findings(VALIDATOR.validate(transcript), line);
    }

    /** The same for violations that somebody else's validator found, for example the one of a route. */
    public static List<Finding> findings(Collection<? extends ConstraintViolation<?>> violations, long line) {
        if (violations.isEmpty()) {
            return List.of();
        }
        List<Placed> placed = new ArrayList<>(violations.size());
        for (ConstraintViolation<?> violation : violations) {
            placed.add(Placed.of(violation, line));
        }
        placed.sort(BY_PLACE);
        return placed.stream().map(Placed::finding).toList();
    }

    /**
     * The transcript with its messages oldest first; messages of the same time stay as they stand.
     *
     * @return the same object when it is in order already, or when a time is missing or cannot be read: where such a
     *     message belongs cannot be told
     */
    public static Transcript sorted(Transcript transcript) {
        List<ChatMessage> messages = transcript.messages();
        if (ChronologicalValidator.firstStepBack(messages) < 0
                || messages.stream().anyMatch(message -> ChronologicalValidator.instantOf(message) == null)) {
            return transcript;
        }
        List<ChatMessage> inOrder = new ArrayList<>(messages);
        inOrder.sort(Comparator.comparing(ChronologicalValidator::instantOf));
        return new Transcript(transcript.interactionId(), transcript.agentId(), transcript.customerId(), inOrder);
    }

    /** A finding, and the index of the message it is about; -1 for the transcript as a whole. */
    private record Placed(int message, Finding finding) {

        static Placed of(ConstraintViolation<?> violation, long line) {
            StringBuilder pointer = new StringBuilder();
            int message = -1;
            String parent = "";
            for (Path.Node node : violation.getPropertyPath()) {
                if (node.getIndex() != null) { // messages[3].text: the index hangs on the node after the list
                    message = node.getIndex();
                    pointer.append('/').append(message);
                }
                boolean ours = parent.equals("timestamp") && node.getName().equals("instant"); // not in the JSON
                if (node.getKind() == ElementKind.PROPERTY && !ours) {
                    pointer.append('/').append(node.getName());
                }
                parent = node.getName() == null ? "" : node.getName();
            }
            String text = violation.getMessage();
            return new Placed(
                    message,
                    new Finding(
                            Reason.ofMessage(text),
                            line,
                            pointer.toString(),
                            text.substring(text.indexOf(':') + 1).strip()));
        }
    }
}
