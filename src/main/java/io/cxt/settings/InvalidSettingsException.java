package io.cxt.settings;

import java.util.List;

/** Settings with which CXT does not start: all problems at once, each with the property's name and the next step. */
public class InvalidSettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidSettingsException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
    }
}
