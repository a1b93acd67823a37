package io.cxt.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Opens files with a limit. A pipe that got the name after the last look at it blocks who opens it, as does a disk that
 * hangs; Java has no way to open without waiting. The thread that waits is abandoned, not the reader.
 */
final class FileOpener {
    static final Duration MOST = Duration.ofSeconds(30);

    /** With so many threads abandoned, callers open files themselves. */
    private static final int MOST_ABANDONED = 64;

    private static final ThreadPoolExecutor THREADS = new ThreadPoolExecutor(
            0,
            MOST_ABANDONED,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            FileOpener::thread,
            new ThreadPoolExecutor.CallerRunsPolicy());

    private FileOpener() {}

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "cxt-opening");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Opens a file for reading, following no link.
     *
     * @throws FileSystemException when it takes longer than the limit
     * @throws ChangedFileException when the thread is interrupted
     */
    static FileChannel channel(Path file, Duration limit) throws IOException {
        CompletableFuture<FileChannel> opened = new CompletableFuture<>();
        THREADS.execute(() -> open(file, opened));
        IOException late;
        try {
            return opened.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException fault ? fault : new IOException(e.getCause());
        } catch (TimeoutException e) {
            late = new FileSystemException(
                    file.toString(), null, "it does not open within " + limit.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            late = new ChangedFileException(OpenFile.ENDED);
        }
        if (!opened.completeExceptionally(late) && !opened.isCompletedExceptionally()) {
            opened.join().close();
        }
        throw late;
    }

    private static void open(Path file, CompletableFuture<FileChannel> opened) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            if (!opened.complete(channel)) {
                channel.close();
            }
        } catch (IOException | RuntimeException e) {
            opened.completeExceptionally(e);
        }
    }
}
