package io.cxt.model;

import io.cxt.fixture.Parts;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import java.util.List;

/** A file in the inbox. */
final class Source {
    /** @param parts into which it is cut */
    record Transcript(String id, int parts, String content) {

        Part part(int number, Origin origin) {
            return Parts.part(id, number, parts, content + " " + number, origin);
        }

        @Override
        public String toString() {
            return id + " (" + content + ")";
        }
    }

    /** A transcript that was set aside. */
    record Letter(Transcript transcript, boolean inDoubt) {}

    final String name;
    final List<Transcript> transcripts;
    /** Who reads it, and keeps others from doing so; null when nobody does. */
    Instance holder;

    boolean done;

    Source(String name, List<Transcript> transcripts) {
        this.name = name;
        this.transcripts = transcripts;
    }
}
