package io.cxt.intake;

import io.cxt.intake.UndecidedSources.Kind;

/** A step of a site's own does what no step may. Not the transcript's fault: its source stays. */
public final class SiteStepException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    private SiteStepException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** @param message holds nothing of the transcript; the step may do better another time */
    public SiteStepException(String message) {
        this(Kind.STEP, message);
    }

    /** The same of a step that does so each time, until a person changes it. */
    public static SiteStepException forPerson(String message) {
        return new SiteStepException(Kind.PERSON, message);
    }

    /**
     * What a step is given is not what it works on.
     *
     * @param next what to do, without a full stop
     */
    public static SiteStepException notA(String what, String step, String next, Object body) {
        return new SiteStepException("The body before %s is %s and no %s. %s"
                .formatted(step, body == null ? "empty" : "a " + body.getClass().getName(), what, next));
    }

    /** What can help. */
    Kind kind() {
        return kind;
    }
}
