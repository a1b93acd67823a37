package io.cxt.pickup.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Await;
import io.cxt.fixture.LogRecorder;
import io.cxt.intake.OpenReading;
import io.cxt.intake.SourceReading;
import io.cxt.intake.Variables;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.IgnoredFiles;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileOperationFailedException;
import org.apache.camel.component.file.remote.RemoteFile;
import org.apache.camel.component.file.remote.RemoteFileOperations;
import org.apache.camel.component.file.remote.SftpConfiguration;
import org.apache.camel.component.file.remote.SftpEndpoint;
import org.apache.camel.component.file.remote.SftpRemoteFile;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SftpMovesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path data;

    private final CamelContext camel = new DefaultCamelContext();
    private final KeptFiles kept = new KeptFiles(null, null);
    private final RemoteFiles files = new RemoteFiles(
            Duration.ZERO, new IgnoredFiles("sftp", Mappings::shipped), kept, name -> false, (name, bytes) -> true);
    private final Map<String, Long> there = new ConcurrentHashMap<>(); // the length of each
    private final List<String> finished = new CopyOnWriteArrayList<>();
    private volatile boolean mayFinish = true;
    private volatile Runnable beforeListing = () -> {};

    private record Listed(String name, long length) implements SftpRemoteFile<Object> {
        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getLongname() {
            return name;
        }

        @Override
        public boolean isDirectory() {
            return false;
        }

        @Override
        public long getFileLength() {
            return length;
        }

        @Override
        public long getLastModified() {
            return 7;
        }

        @Override
        public Object getRemoteFile() {
            return this;
        }
    }

    /** A server as Camel shows it. */
    @SuppressWarnings("unchecked")
    private RemoteFileOperations<SftpRemoteFile<?>> server() {
        return (RemoteFileOperations<SftpRemoteFile<?>>) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {RemoteFileOperations.class},
                (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "newGenericFile":
                            return new RemoteFile<>();
                        case "listFiles":
                            beforeListing.run();
                            return there.entrySet().stream()
                                    .map(each -> new Listed(each.getKey(), each.getValue()))
                                    .toArray(SftpRemoteFile<?>[]::new);
                        case "renameFile", "deleteFile":
                            if (!mayFinish) {
                                throw new GenericFileOperationFailedException("no right");
                            }
                            Path path = Path.of((String) arguments[0]);
                            if (path.startsWith("out") && path.getNameCount() == 2) { // else Camel makes room in .done
                                String name = path.getFileName().toString();
                                finished.add(name + " of " + there.remove(name));
                            }
                            return true;
                        case "existsFile":
                            return false;
                        default:
                            return method.getReturnType() == boolean.class ? true : null;
                    }
                });
    }

    private SftpMoves moves(SftpSettings.After after) {
        SftpSettings settings = new SftpSettings(
                "sftp.example.com", 22, "cxt", null, null, null, data, "out", Duration.ZERO, after, "", Map.of());
        return new SftpMoves(files, new SftpFaults(settings), after);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static GenericFileEndpoint<SftpRemoteFile<?>> endpoint() {
        SftpConfiguration folder = new SftpConfiguration();
        folder.setDirectory("out");
        SftpEndpoint endpoint = new SftpEndpoint();
        endpoint.setConfiguration(folder);
        return (GenericFileEndpoint) endpoint;
    }

    /** All of a file that was fetched with that length is decided. */
    private void decided(SftpMoves moves, String name, long length) {
        GenericFile<SftpRemoteFile<?>> file = new RemoteFile<>();
        file.setEndpointPath("out");
        file.setFileNameOnly(name);
        file.setFileName(name);
        file.setRelativeFilePath(name);
        file.setAbsoluteFilePath("out/" + name);
        file.setFileLength(length);
        file.setLastModified(7);
        Exchange exchange = new DefaultExchange(camel);
        FetchedFile source = new FetchedFile(
                Path.of(name), length, 0, RemoteFiles.look(file), Mappings.shipped(), files, null, kept, false);
        SourceReading reading = OpenReading.of(source, data);
        exchange.setVariable(Variables.READING, reading);
        exchange.setVariable(Variables.MOVE_TO, ".done/" + name);
        try {
            moves.commit(server(), endpoint(), exchange, file);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The look at the folder that passed it over is of before: the sender may have put another file there since. */
    @ParameterizedTest
    @EnumSource(
            value = SftpSettings.After.class,
            names = {"MOVE", "DELETE"})
    @Tag("fault-144")
    void another_file_that_has_the_name_by_the_time_that_a_file_can_be_moved_at_last_is_left_alone(
            SftpSettings.After after) {
        try (LogRecorder log = LogRecorder.install()) {
            there.put("x.json", 1L);
            there.put("y.json", 1L);
            mayFinish = false;
            SftpMoves moves = moves(after);
            decided(moves, "x.json", 1);
            decided(moves, "y.json", 1);
            assertThat(files.unmoved().size()).isEqualTo(2);

            mayFinish = true;
            there.put("x.json", 2L);
            Await.until(
                    () -> {
                        files.moveUnmoved();
                        return files.unmoved().size() == 0;
                    },
                    LIMIT);

            assertThat(finished).containsExactly("y.json of 1");
            assertThat(there).containsOnly(Map.entry("x.json", 2L));
            assertThat(log.lines().stream().filter(line -> line.contains("at last")))
                    .singleElement()
                    .asString()
                    .contains("name=y.json");
        }
    }

    @Test
    @Tag("fault-145")
    void after_a_listing_that_failed_nobody_relies_on_the_one_before_it() throws Exception {
        SftpMoves moves = moves(SftpSettings.After.MOVE);
        there.put("first.json", 1L);
        there.put("a.json", 1L);
        there.put("b.json", 1L);
        there.put("x.json", 1L);
        decided(moves, "first.json", 1);
        there.put("x.json", 2L); // its sender goes on

        Thread ofX = new Thread(() -> decided(moves, "x.json", 1));
        Thread ofA = Thread.currentThread();
        beforeListing = () -> {
            if (Thread.currentThread() != ofA) {
                return;
            }
            if (ofX.getState() == Thread.State.NEW) {
                ofX.start();
                Await.until(() -> waitsForTheListing(ofX), LIMIT);
                decided(moves, "b.json", 1); // lists while x.json waits; in this thread, which is in already
            }
            throw new GenericFileOperationFailedException("connection reset");
        };
        decided(moves, "a.json", 1);
        ofX.join(LIMIT.toMillis());

        assertThat(ofX.isAlive()).isFalse();
        assertThat(finished).containsExactly("first.json of 1");
        assertThat(there).containsEntry("x.json", 2L);
    }

    private static boolean waitsForTheListing(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return thread.getState() == Thread.State.BLOCKED
                && stack.length > 0
                && stack[0].getMethodName().equals("looks");
    }
}
