package io.cxt.model;

import io.cxt.ledger.ModelLedger;
import io.cxt.model.Source.Transcript;
import io.cxt.pace.ModelLane;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One CXT: reads sources and carries their transcripts, as {@code steps/Intake} and the routes do. */
final class Instance {
    private static final int MOST_CARRIED = 2;
    private static final long RENEWED_EVERY = ModelLedger.LEASE.toNanos() / 3;
    private static final long HEARD_EVERY = Duration.ofSeconds(10).toNanos();

    /** A source while it is read. */
    static final class Reading {
        final Source source;
        final String id;
        int begun;
        /** It stays in the inbox, and is read again. */
        boolean heldUp;

        Reading(Source source, String id) {
            this.source = source;
            this.id = id;
        }
    }

    final String name;
    final ModelLedger ledger;
    final World world;
    final List<Carrier> carriers = new ArrayList<>();
    private final List<Reading> readings = new ArrayList<>();
    ModelLane lane;
    boolean alive;
    /** It does nothing for a while, not even renew its leases, and then goes on as if nothing had been. */
    boolean stalled;

    boolean resendInDoubt;
    double callsPerSecond;
    private long renewedAt;

    Instance(String name, ModelLedger ledger, World world) {
        this.name = name;
        this.ledger = ledger;
        this.world = world;
    }

    void start(boolean resend, double limit) throws IOException {
        resendInDoubt = resend;
        callsPerSecond = limit;
        ledger.start(resend, world.signing);
        lane = world.lane(this, limit);
        renewedAt = world.time.nanos();
        alive = true;
        stalled = false;
    }

    /** Nothing of what it had in memory is left. */
    void crash() {
        alive = false;
        carriers.clear();
        readings.clear();
        world.inbox.stream().filter(source -> source.holder == this).forEach(source -> source.holder = null);
    }

    /** What its timers do. */
    void timePassed() {
        if (alive && !stalled) {
            if (world.severalInstances && !carriers.isEmpty() && world.time.nanos() - renewedAt >= RENEWED_EVERY) {
                ledger.renewLeases();
                renewedAt = world.time.nanos();
            }
            if (world.severalInstances && world.time.nanos() - lane.heardAt() >= HEARD_EVERY) {
                lane.hear();
            }
        }
    }

    /** What it can do next by itself. */
    void moves(List<Move> moves) {
        for (Source source : world.inbox) {
            if (!source.done && source.holder == null && readings.stream().noneMatch(each -> each.source == source)) {
                moves.add(Move.silent(4, name + " reads " + source.name, () -> read(source)));
            }
        }
        for (Reading reading : readings) {
            if (canBegin(reading)) {
                moves.add(
                        Move.silent(8, name + " begins with the next of " + reading.source.name, () -> begin(reading)));
            } else if (carriers.stream().noneMatch(each -> each.reading == reading)) {
                moves.add(Move.silent(8, name + " ends " + reading.source.name, () -> end(reading)));
            }
        }
        for (Carrier carrier : carriers) {
            if (carrier.canGoOn()) {
                moves.add(new Move(8, name + " " + carrier, carrier.tells(), carrier::goOn));
            }
        }
    }

    private void read(Source source) {
        source.holder = this;
        readings.add(new Reading(source, ledger.intakes().open("file", source.name, 100)));
    }

    private boolean canBegin(Reading reading) {
        if (reading.heldUp
                || reading.begun == reading.source.transcripts.size()
                || carriers.stream().filter(each -> each.reading == reading).count() == MOST_CARRIED) {
            return false;
        }
        Transcript next = reading.source.transcripts.get(reading.begun);
        return carriers.stream().noneMatch(each -> each.reading == reading && each.isOf(next));
    }

    private void begin(Reading reading) {
        Transcript next = reading.source.transcripts.get(reading.begun);
        reading.begun++;
        carriers.add(new Carrier(this, reading, next, reading.begun));
    }

    private void end(Reading reading) {
        readings.remove(reading);
        if (!reading.heldUp) {
            ledger.intakes().close(reading.id, reading.source.name, reading.begun, "read=" + reading.begun);
            reading.source.done = true;
        }
        if (reading.source.holder == this) {
            reading.source.holder = null;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
