package io.cxt.soak;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A line to a server on this machine on which each byte takes some time, either way, and none waits for another. */
public final class DelayedLine implements AutoCloseable {
    private static final byte[] END = new byte[0];

    private final ServerSocket entrance = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
    private final int to;
    private final long nanos;

    private record Piece(byte[] bytes, long due) {}

    /**
     * @param to the port of the server on 127.0.0.1
     * @param roundTripMs both ways together
     */
    public DelayedLine(int to, int roundTripMs) throws IOException {
        this.to = to;
        nanos = TimeUnit.MILLISECONDS.toNanos(roundTripMs) / 2;
        background(this::accept);
    }

    public int port() {
        return entrance.getLocalPort();
    }

    private void accept() throws IOException {
        while (true) {
            Socket caller = entrance.accept();
            Socket server = new Socket("127.0.0.1", to);
            caller.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            join(caller, server);
            join(server, caller);
        }
    }

    private void join(Socket from, Socket into) {
        BlockingQueue<Piece> onTheWay = new LinkedBlockingQueue<>();
        background(() -> {
            InputStream in = from.getInputStream();
            byte[] some = new byte[64 * 1024];
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                onTheWay.add(new Piece(Arrays.copyOf(some, count), System.nanoTime() + nanos));
            }
            onTheWay.add(new Piece(END, System.nanoTime() + nanos));
        });
        background(() -> {
            try (into) {
                OutputStream out = into.getOutputStream();
                for (Piece piece = onTheWay.take(); piece.bytes != END; piece = onTheWay.take()) {
                    for (long left = piece.due - System.nanoTime(); left > 0; left = piece.due - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    out.write(piece.bytes);
                }
            }
        });
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void background(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception e) {
                        return; // one of the two hung up
                    }
                },
                "delayed line");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        entrance.close();
    }
}
