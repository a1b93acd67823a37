package io.cxt.runtime;

import io.cxt.files.DurableFiles;
import io.cxt.intake.Backlog;
import io.cxt.intake.ByteBudget;
import io.cxt.intake.HeldSources;
import io.cxt.intake.Intake;
import io.cxt.intake.KeptLetters;
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
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.jspecify.annotations.Nullable;

/** The enabled pickups. Only those that need camel-ftp or camel-jms load it: a host need not have them. */
public final class Pickups {
    private static final Set<String> ROUTES = Set.of("pickup-sftp", "pickup-jms", "enqueue-transcript");

    private final List<Pickup> enabled = new ArrayList<>();
    private final HeldSources held;

    /**
     * @param sftp null when that pickup is disabled
     * @param jms null when that pickup is disabled
     * @param inbox empty when it is not watched
     */
    Pickups(
            @Nullable SftpSettings sftp,
            @Nullable JmsSettings jms,
            Optional<WatchedFolder> inbox,
            FolderClaims claims,
            Intake intake,
            Backlog backlog,
            Mappings mappings,
            KeptLetters letters,
            Path data,
            Clock clock) {
        held = intake.held();
        inbox.ifPresent(enabled::add);
        if (sftp != null) {
            enabled.add(new SftpPickup(intake, claims, mappings, sftp, data.resolve("fetched"), clock));
        } else {
            removeFetched(data.resolve("fetched"));
        }
        if (jms != null && jms.sending()) {
            enabled.add(new JmsSender(claims.intakes(), jms, backlog));
        } else if (jms != null) {
            enabled.add(
                    new JmsPickup(intake, jms, new JmsLetters(letters, claims.intakes(), clock), ByteBudget.ofHeap()));
        }
    }

    /** What a killed process fetched when the pickup was enabled still. */
    private static void removeFetched(Path folder) {
        try {
            DurableFiles.empty(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot empty the folder " + folder, e);
        }
    }

    /** What their routes call by name. */
    Map<String, Object> beans() {
        Map<String, Object> beans = new LinkedHashMap<>();
        enabled.forEach(pickup -> beans.putAll(pickup.beans()));
        return beans;
    }

    boolean drained() {
        return enabled.stream().allMatch(Pickup::drained);
    }

    boolean atRest() {
        return enabled.stream().allMatch(pickup -> held.holds(pickup.name()) || pickup.atRest());
    }

    WaitingCounts waiting() {
        return enabled.stream().map(Pickup::waiting).reduce(WaitingCounts.NOTHING, WaitingCounts::and);
    }

    /** Why one of them cannot be reached, when that has lasted longer than this. */
    public Optional<String> unreachable(Duration patience) {
        return enabled.stream()
                .filter(pickup -> pickup.troubledFor().compareTo(patience) > 0)
                .flatMap(pickup -> pickup.trouble().stream())
                .findFirst();
    }

    /** How many sources were rejected before a reading and appear in no other count. */
    public long rejected() {
        return enabled.stream().mapToLong(Pickup::rejected).sum();
    }

    long passedOver() {
        return enabled.stream().mapToLong(Pickup::passedOver).sum();
    }

    /** The routes that are left out because their pickups are disabled. */
    public Set<String> disabledRoutes() {
        Set<String> disabled = new TreeSet<>(ROUTES);
        enabled.forEach(pickup -> disabled.remove(pickup.route()));
        return disabled;
    }

    List<HealthCondition> conditions() {
        return enabled.stream()
                .map(pickup -> new HealthCondition("cxt-" + pickup.name(), pickup::trouble))
                .toList();
    }

    void stop() {
        enabled.forEach(Pickup::stop);
    }

    void end() {
        enabled.forEach(Pickup::end);
    }
}
