package io.cxt.intake;

import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folders that files of a back-fill may lie in, at any depth. A path is judged by where it leads, past links and
 * {@code ..}.
 *
 * @param folders as set; empty for no back-fill
 * @param inbox whose files come in by themselves
 */
public record BackfillFolders(List<Path> folders, Path inbox) {
    /** Longest name of a source, characters. */
    private static final int LONGEST = 200;

    /** Reads and checks {@code backfill.folders}; problems stay in the settings. */
    public static BackfillFolders from(Settings settings) {
        List<Path> folders = Stream.of(
                        settings.optional("backfill.folders").orElse("").split(","))
                .map(String::strip)
                .filter(folder -> !folder.isEmpty())
                .map(Path::of)
                .toList();
        for (Path folder : folders) {
            if (!folder.isAbsolute()) {
                settings.problem("backfill.folders has %s; allowed: absolute paths, with a comma between them"
                        .formatted(SafeName.log(folder.toString())));
            } else if (folder.normalize().getNameCount() == 0) {
                settings.problem("backfill.folders has /; allowed: folders that hold exports and nothing else");
            }
        }
        return new BackfillFolders(
                folders, IntakeSettings.from(settings.separately()).inbox());
    }

    /**
     * Why a file must not be read, and what to do; empty when it may.
     *
     * @param file without links, as {@link Path#toRealPath} gives it
     */
    public Optional<String> refuses(Path file) {
        String name = SafeName.log(file.toString());
        if (folders.isEmpty()) {
            return Optional.of(
                    "backfill.folders is empty, so no file may be brought in. Set it to the folder of the exports");
        }
        Path real;
        try {
            real = file.toRealPath();
        } catch (IOException e) {
            return Optional.of(name + " is gone, or may not be looked at");
        }
        if (!real.equals(file)) {
            return Optional.of(name + " leads elsewhere by a link. Name the file itself");
        }
        if (folders.stream().noneMatch(folder -> real.startsWith(real(folder)) && !real.equals(real(folder)))) {
            return Optional.of("%s is not in backfill.folders (%s). Add its folder there, or move it"
                    .formatted(name, SafeName.log(folders.toString())));
        }
        if (real(inbox).equals(real.getParent())) {
            return Optional.of(name + " lies in the inbox, and comes in by itself");
        }
        return Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)
                ? Optional.empty()
                : Optional.of(name + " is not a regular file");
    }

    /** The name of a file as a source: its path, or where that is too long for the ledger its end and a digest of all. */
    public static String source(Path file) {
        String path = file.toString();
        return path.length() <= LONGEST && SafeName.kept(path).equals(path)
                ? path
                : SafeName.kept("%s~/%s"
                        .formatted(
                                SafeName.digest(path.getBytes(StandardCharsets.UTF_8)),
                                path.substring(Math.max(0, path.length() - LONGEST / 2))));
    }

    /** Past links; as it is when it does not exist. */
    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            return folder.toAbsolutePath().normalize();
        }
    }
}
