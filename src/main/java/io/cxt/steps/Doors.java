package io.cxt.steps;

import io.cxt.archive.DeadLetters;
import io.cxt.mapping.Mappings;
import io.cxt.ops.Condition;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The doors that are switched on. What stands on camel-ftp or camel-jms is touched only
 * when its door is: a host need not have them.
 */
public final class Doors {
    private static final Set<String> ROUTES = Set.of("pickup-sftp", "pickup-jms", "enqueue-transcript");

    private final List<Door> open = new ArrayList<>();

    /** @param inbox null when it is not watched */
    Doors(
            DoorSettings wanted,
            InboxDoor inbox,
            Claims claims,
            Intake intake,
            Backlog backlog,
            Mappings mappings,
            Path data,
            Clock clock) {
        if (inbox != null) {
            open.add(inbox);
        }
        if (wanted.sftp() != null) {
            open.add(new SftpDoor(intake, claims, mappings, wanted.sftp(), data.resolve("fetched"), clock));
        }
        if (wanted.jms() != null && wanted.jms().sending()) {
            open.add(new JmsSender(claims.intakes(), wanted.jms(), backlog));
        } else if (wanted.jms() != null) {
            open.add(new JmsDoor(
                    intake,
                    wanted.jms(),
                    new JmsLetters(new DeadLetters(data.resolve("dead-letters"), data), claims.intakes(), clock),
                    ByteBudget.ofHeap()));
        }
    }

    /** What their routes call by name. */
    Map<String, Object> beans() {
        Map<String, Object> beans = new LinkedHashMap<>();
        open.forEach(door -> beans.putAll(door.beans()));
        return beans;
    }

    boolean drained() {
        return open.stream().allMatch(Door::drained);
    }

    boolean atRest() {
        return open.stream().allMatch(Door::atRest);
    }

    Waiting waiting() {
        return open.stream().map(Door::waiting).reduce(Waiting.NOTHING, Waiting::and);
    }

    /** Why one of them cannot be reached, when that has been so for this long. */
    public Optional<String> unreachable(Duration patience) {
        return open.stream()
                .filter(door -> door.troubledFor().compareTo(patience) > 0)
                .flatMap(door -> door.trouble().stream())
                .findFirst();
    }

    /** How many sources were turned away at a door, and are in no count. */
    public long turnedAway() {
        return open.stream().mapToLong(Door::turnedAway).sum();
    }

    long passedOver() {
        return open.stream().mapToLong(Door::passedOver).sum();
    }

    /** The routes that are left out, because their doors are shut. */
    public Set<String> shutRoutes() {
        Set<String> shut = new TreeSet<>(ROUTES);
        open.forEach(door -> shut.remove(door.route()));
        return shut;
    }

    List<Condition> conditions() {
        return open.stream()
                .map(door -> new Condition("cxt-" + door.name(), door::trouble))
                .toList();
    }

    void stop() {
        open.forEach(Door::stop);
    }

    void end() {
        open.forEach(Door::end);
    }
}
