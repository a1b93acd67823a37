package io.cxt.pickup.file;

import io.cxt.pickup.FolderClaim;
import io.cxt.pickup.FolderClaims;
import io.cxt.pickup.Pickup;
import io.cxt.pickup.Reachability;
import io.cxt.settings.InvalidSettingsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The watched folder as a pickup that another ledger can claim. {@link SettledFiles} tells what waits in it. */
public final class WatchedFolder implements Pickup {
    private static final Duration BEAT = Duration.ofSeconds(2);

    private final Reachability contact = new Reachability("file");
    private final FolderClaim claim;

    public WatchedFolder(Path inbox, FolderClaims claims) {
        claim = claims.on(new InboxMarker(inbox, BEAT), contact);
    }

    /**
     * Claims the folder.
     *
     * @throws InvalidSettingsException when another ledger has it
     */
    public FolderClaim open() {
        claim.begin();
        Optional<String> refusal;
        try {
            refusal = claim.awaitDecision();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refusal = Optional.of("the start was interrupted");
        }
        refusal.ifPresent(why -> {
            claim.close();
            throw new InvalidSettingsException(List.of(why));
        });
        return claim;
    }

    /** The claim; it begins when somebody reads the folder. */
    public FolderClaim claim() {
        return claim;
    }

    @Override
    public Reachability contact() {
        return contact;
    }

    @Override
    public String route() {
        return "pickup-files";
    }

    @Override
    public void end() {
        claim.close();
    }
}
