package io.cxt.model;

import io.cxt.ledger.ModelLedger;
import io.cxt.model.Source.Letter;
import io.cxt.model.Source.Transcript;
import io.cxt.model.Tenant.Post;
import io.cxt.pace.ModelLane;
import io.cxt.transcript.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** One schedule: some instances, one inbox, one CXone, and a seed that decides what happens next. */
final class World {
    private static final int TROUBLED_STEPS = 50;
    private static final int MOST_STEPS = 1500;
    private static final double[] LIMITS = {0, 5, 20, 10_000};
    private static final List<Transcript> TRANSCRIPTS = List.of(
            new Transcript("chat-1", 1, "hello"),
            new Transcript("chat-2", 2, "hello"),
            new Transcript("chat-1", 1, "other"));

    private final Site site;
    private final Random random;
    private final List<String> story = new ArrayList<>();
    private final Invariants invariants;
    final Time time;
    final Tenant tenant;
    final List<Instance> instances = new ArrayList<>();
    final List<Source> inbox = new ArrayList<>();
    final List<Letter> letters = new ArrayList<>();
    /** What had a letter at some time. */
    final Set<Transcript> setAside = new HashSet<>();

    final boolean severalInstances;
    /** Signatures take most of the time, so that one schedule of eight has to do. */
    final boolean signing;

    private boolean well;
    private int sources;
    private int steps;

    World(Site site, long seed) throws Exception {
        site.reset();
        this.site = site;
        time = site.time();
        // Of seeds near each other the first numbers would be alike.
        random = new Random(seed * 0x9E3779B97F4A7C15L);
        tenant = new Tenant(random);
        signing = random.nextInt(8) == 0;
        for (ModelLedger ledger : site.ledgers()) {
            instances.add(new Instance("abc".substring(instances.size(), instances.size() + 1), ledger, this));
        }
        severalInstances = instances.size() > 1;
        invariants = new Invariants(this, site);
    }

    /** Runs it: first all kinds of trouble, then none, until every source has ended. */
    void run() throws Exception {
        for (int drop = 0; drop < 2; drop++) {
            drop(any(TRANSCRIPTS));
        }
        for (int step = 0; step < TROUBLED_STEPS; step++) {
            step();
        }
        well = true;
        tell("--- no more trouble");
        for (int step = 0; !inbox.stream().allMatch(source -> source.done) || busy(); step++) {
            if (step == MOST_STEPS) {
                throw new Violation("a source does not end: "
                        + inbox.stream()
                                .filter(each -> !each.done)
                                .map(each -> each.name)
                                .toList());
            }
            step();
        }
        invariants.atTheEnd();
    }

    private boolean busy() {
        return instances.stream().anyMatch(each -> !each.carriers.isEmpty());
    }

    private void step() throws Exception {
        steps++;
        List<Move> moves = moves();
        int dice = random.nextInt(moves.stream().mapToInt(Move::weight).sum());
        for (Move move : moves) {
            dice -= move.weight();
            if (dice < 0) {
                tell(time.words() + "  " + move.words());
                move.work().run();
                if (move.tells()) {
                    invariants.afterEachStep();
                }
                return;
            }
        }
    }

    /** All that can happen now. */
    private List<Move> moves() {
        List<Move> moves = new ArrayList<>();
        for (Instance each : instances) {
            if (!each.alive) {
                moves.add(Move.silent(4, "start of " + each, () -> start(each)));
            } else if (each.stalled) {
                moves.add(Move.silent(2, each + " wakes up", () -> each.stalled = false));
            } else {
                each.moves(moves);
                if (!well) {
                    moves.add(Move.silent(1, "crash of " + each, each::crash));
                    moves.add(Move.silent(1, each + " stalls", () -> each.stalled = true));
                    if (signing) {
                        moves.add(Move.silent(1, each + " signs", each.ledger::sign));
                    }
                    each.carriers.stream()
                            .filter(Carrier::waitsForLane)
                            .forEach(carrier ->
                                    moves.add(Move.telling(1, "the lane of " + each + " closes", carrier::release)));
                }
            }
        }
        moves.add(Move.silent(well ? 3 : 2, "a lease's time passes", () -> pass(ModelLedger.LEASE.plusSeconds(1))));
        if (!well) {
            moves.add(Move.silent(2, "0.1 s pass", () -> pass(Duration.ofMillis(100))));
            moves.add(Move.silent(1, "5 s pass", () -> pass(Duration.ofSeconds(5))));
        }
        if (!well && sources < 5) {
            moves.add(Move.silent(1, "a file is dropped", () -> drop(any(TRANSCRIPTS))));
        }
        if (!well && severalInstances) {
            inbox.stream()
                    .filter(source -> source.holder != null)
                    .forEach(source -> moves.add(
                            Move.silent(1, "the hold of " + source.name + " is lost", () -> source.holder = null)));
        }
        if (!well && !letters.isEmpty()) {
            moves.add(Move.telling(1, "an operator replays", this::replay));
        }
        return moves;
    }

    private void start(Instance instance) throws Exception {
        double limit = random.nextBoolean() ? 50 : LIMITS[random.nextInt(LIMITS.length)];
        instance.start(random.nextBoolean(), limit);
        tell("in-doubt=%s requests-per-second=%s".formatted(instance.resendInDoubt ? "resend" : "park", limit));
        invariants.started();
    }

    private void pass(Duration some) {
        awaitTime(time.nanos() + some.toNanos());
    }

    /** Lets time pass until then; what timers would do meanwhile is done at the end of it. */
    void awaitTime(long until) {
        if (time.nanos() < until) {
            time.pass(until - time.nanos());
            instances.forEach(Instance::timePassed);
        }
    }

    private void drop(Transcript... transcripts) {
        sources++;
        Source source = new Source(
                "file-" + sources,
                random.nextInt(3) > 0 ? List.of(transcripts) : List.of(transcripts[0], any(TRANSCRIPTS)));
        inbox.add(source);
        tell(source.name + " has " + source.transcripts);
    }

    private void replay() {
        Letter letter = letters.remove(random.nextInt(letters.size()));
        site.replayed(letter);
        sources++;
        inbox.add(new Source("file-" + sources, List.of(letter.transcript())));
        tell("file-" + sources + " has " + letter);
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    ModelLane lane(Instance instance, double limit) {
        return new ModelLane(site.keeper(instance.name, limit), random, time::nanos);
    }

    /** A turn for the instance. */
    long turn(Instance instance) {
        long due = instance.lane.turn();
        tell("turn at %+.3f s".formatted((due - time.nanos()) / 1e9));
        invariants.turn(due);
        return due;
    }

    Post post(Instance instance, Part part, int attempt) {
        Post post = tenant.post(instance.ledger.instance(), part, attempt, time.nanos(), well);
        tell(time.words() + "  post of attempt " + attempt + (post.taken() ? ", taken" : ""));
        invariants.posted(post);
        return post;
    }

    void heard(Post post) {
        tenant.heard.add(post);
    }

    void setAside(Letter letter) {
        letters.add(letter);
        setAside.add(letter.transcript());
        tell("set aside");
    }

    void paused(long until) {
        tell("pause until %+.3f s".formatted((until - time.nanos()) / 1e9));
        invariants.paused(until);
    }

    void tell(String line) {
        story.add(line.startsWith(" ") || line.startsWith("-") ? line : "               " + line);
    }

    /** What was done, and what broke the promise. */
    String story(String database, long seed, Throwable why) {
        return "%s, -Dcxt.model.seed=%d: %s%n%s".formatted(database, seed, why.getMessage(), String.join("\n", story));
    }

    int steps() {
        return steps;
    }
}
