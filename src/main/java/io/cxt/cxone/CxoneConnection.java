package io.cxt.cxone;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.apache.hc.client5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose answers keep their heads, and that is of no use any more when the other side has closed it, or has sent something that nobody asked for: a
 * second answer to the call before would be taken for the answer to the next.
 */
final class CxoneConnection extends DefaultBHttpClientConnection implements ManagedHttpClientConnection {
    private static final Timeout LOOK = Timeout.ofMilliseconds(1);

    private @Nullable Timeout socketTimeout;

    CxoneConnection(Http1Config config) {
        super(config, null, null, null, null, null, new DefaultHttpResponseParserFactory());
    }

    /** A status of 0 is a fault of the sender, and the client's answer to it one of a program. */
    @Override
    public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
        try {
            return super.receiveResponseHeader();
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("an answer without a status", e);
        }
    }

    /** Where nobody can tell how long the body is, there is none, and the head counts. Nothing else is read from here. */
    @Override
    public void receiveResponseEntity(ClassicHttpResponse answer) throws HttpException, IOException {
        try {
            super.receiveResponseEntity(answer);
        } catch (HttpException e) {
            answer.setEntity(new ByteArrayEntity(new byte[0], null));
            close(CloseMode.IMMEDIATE);
        }
    }

    @Override
    public boolean isStale() throws IOException {
        if (!isOpen()) {
            return true;
        }
        try {
            awaitInput(LOOK);
            return true; // it is at its end, or something came
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    @Override
    public void bind(Socket socket) throws IOException {
        super.bind(socket);
        socketTimeout = Timeout.ofMilliseconds(socket.getSoTimeout());
    }

    @Override
    public @Nullable Socket getSocket() {
        SocketHolder holder = getSocketHolder();
        return holder == null ? null : holder.getSocket();
    }

    @Override
    public void setSocketTimeout(Timeout timeout) {
        super.setSocketTimeout(timeout);
        socketTimeout = timeout;
    }

    @Override
    public void passivate() {
        super.setSocketTimeout(Timeout.ZERO_MILLISECONDS);
    }

    @Override
    public void activate() {
        super.setSocketTimeout(socketTimeout);
    }
}
