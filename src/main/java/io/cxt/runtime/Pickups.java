package io.cxt.runtime;

import io.cxt.archive.DeadLetters;
import io.cxt.intake.Backlog;
import io.cxt.intake.ByteBudget;
import io.cxt.intake.Intake;
import io.cxt.intake.WaitingCounts;
import io.cxt.mapping.Mappings;
import io.cxt.ops.HealthCondition;
import io.cxt.pickup.FolderClaims;
import io.cxt.pickup.Pickup;
import io.cxt.pickup.file.WatchedFolder;
import io.cxt.pickup.jms.JmsLetters;
import io.cxt.pickup.jms.JmsPickup;
import io.cxt.pickup.jms.JmsSender;
import io.cxt.pickup.jms.JmsSettings;
import io.cxt.pickup.sftp.SftpPickup;
import io.cxt.pickup.sftp.SftpSettings;
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
public final class Pickups {
    private static final Set<String> ROUTES = Set.of("pickup-sftp", "pickup-jms", "enqueue-transcript");

    private final List<Pickup> open = new ArrayList<>();

    /** @param inbox empty when it is not watched */
    Pickups(
            PickupSettings wanted,
            Optional<WatchedFolder> inbox,
            FolderClaims claims,
            Intake intake,
            Backlog backlog,
            Mappings mappings,
            Path data,
            Clock clock) {
        inbox.ifPresent(open::add);
        SftpSettings sftp = wanted.sftp();
        if (sftp != null) {
            open.add(new SftpPickup(intake, claims, mappings, sftp, data.resolve("fetched"), clock));
        }
        JmsSettings jms = wanted.jms();
        if (jms != null && jms.sending()) {
            open.add(new JmsSender(claims.intakes(), jms, backlog));
        } else if (jms != null) {
            open.add(new JmsPickup(
                    intake,
                    jms,
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
        return open.stream().allMatch(Pickup::drained);
    }

    boolean atRest() {
        return open.stream().allMatch(Pickup::atRest);
    }

    WaitingCounts waiting() {
        return open.stream().map(Pickup::waiting).reduce(WaitingCounts.NOTHING, WaitingCounts::and);
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
        return open.stream().mapToLong(Pickup::rejected).sum();
    }

    long passedOver() {
        return open.stream().mapToLong(Pickup::passedOver).sum();
    }

    /** The routes that are left out, because their doors are shut. */
    public Set<String> shutRoutes() {
        Set<String> shut = new TreeSet<>(ROUTES);
        open.forEach(door -> shut.remove(door.route()));
        return shut;
    }

    List<HealthCondition> conditions() {
        return open.stream()
                .map(door -> new HealthCondition("cxt-" + door.name(), door::trouble))
                .toList();
    }

    void stop() {
        open.forEach(Pickup::stop);
    }

    void end() {
        open.forEach(Pickup::end);
    }
}
