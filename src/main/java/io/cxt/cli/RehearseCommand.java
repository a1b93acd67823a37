package io.cxt.cli;

import io.cxt.db.SqliteLibrary;
import io.cxt.files.DurableFiles;
import io.cxt.runtime.Engine;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Does once what every start does, so that Java can cache what it loads. {@code bin/cxt} calls it with an empty environment.
 * It touches nothing of the installation: the routes are those in the jar, and everything else is in a folder that is
 * deleted afterwards.
 */
@Command(
        name = "rehearse",
        hidden = true,
        description = {
            "Makes the file that shortens later starts. Otherwise the first start makes it in the background.",
            "Starts the shipped routes against a stand-in for CXone, in a folder that is deleted afterwards."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class RehearseCommand implements Callable<Integer> {
    private static final String ROUTES = "io/cxt/routes";

    @Parameters(hidden = true, description = "An empty folder from bin/cxt, for a home and data.")
    private Path folder;

    @Override
    public Integer call() throws Exception {
        keepLibrary(folder.toAbsolutePath().resolveSibling("library"));
        Path data = folder.toAbsolutePath().resolve("data");
        DurableFiles.createFolder(data.resolve("inbox"));
        unpackRoutes(folder.toAbsolutePath().resolve("routes"));
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            cxone.next(Fault.none(), Fault.status(500));
            settings(data, cxone).forEach(System::setProperty);
            DemoSamples.drop(data.resolve("inbox"), false);
            Cxt.execute("run", "--once");
            serve();
            for (String verb :
                    new String[] {"status", "find demo-good", "audit verify", "dead-letters list", "check"}) {
                Cxt.execute(verb.split(" "));
            }
            Cxt.execute("validate", data.resolve("inbox/.done").toString());
        }
        return Exit.GOOD;
    }

    /** Keeps SQLite's library beside the folder, or each start unpacks its own. Keeps none that cannot be loaded. */
    private static void keepLibrary(Path to) throws IOException {
        if (!SqliteLibrary.unpack(to)) {
            return;
        }
        try {
            System.load(to.toString());
            SqliteLibrary.use(to);
        } catch (UnsatisfiedLinkError e) {
            Files.delete(to);
        }
    }

    /** System properties, which override every other setting. */
    private Map<String, String> settings(Path data, StandIn cxone) throws IOException {
        return Map.ofEntries(
                Map.entry("cxt.home", folder.toAbsolutePath().toString()),
                Map.entry("data.dir", data.toString()),
                Map.entry("ledger.url", "jdbc:sqlite:" + data.resolve("ledger.db")),
                Map.entry("audit.feed-url", ""),
                Map.entry("audit.checkpoint-copies", ""),
                Map.entry("archive.folder", data.resolve("archive").toString()),
                Map.entry("pickup.file.folder", data.resolve("inbox").toString()),
                Map.entry("pickup.file.settle-ms", "0"),
                Map.entry("pickup.sftp.enabled", "false"),
                Map.entry("pickup.jms.enabled", "false"),
                Map.entry("cxone.base-url", cxone.baseUri().toString()),
                Map.entry("cxone.client-id", "rehearsal"),
                Map.entry("cxone.client-secret", "rehearsal"),
                Map.entry("cxone.retry.first-delay-ms", "10"),
                Map.entry("ops.port", Integer.toString(freePort())));
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    /** As {@code cxt run} does, with health and metrics, which {@code --once} leaves out. */
    private static void serve() throws Exception {
        try (Engine engine = Installation.find().engine(false)) {
            engine.start();
        }
    }

    /** The routes in the jar that holds the engine, not those of the installation, which may be edited. */
    private static void unpackRoutes(Path to) throws IOException, URISyntaxException {
        DurableFiles.createFolder(to);
        Path jar = Path.of(
                Engine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(jar)) {
            copy(jar.resolve(ROUTES), to);
            return;
        }
        try (FileSystem inside = FileSystems.newFileSystem(jar)) {
            copy(inside.getPath(ROUTES), to);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (DirectoryStream<Path> routes = Files.newDirectoryStream(from, "*.camel.yaml")) {
            for (Path route : routes) {
                try (InputStream in = Files.newInputStream(route)) {
                    Files.copy(in, to.resolve(route.getFileName().toString()));
                }
            }
        }
    }
}
