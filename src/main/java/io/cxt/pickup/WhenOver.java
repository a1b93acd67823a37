package io.cxt.pickup;

import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/** Runs something when an exchange is over, however it ended. */
public final class WhenOver extends SynchronizationAdapter {
    private final int order;
    private final Consumer<Throwable> failed;
    private final Runnable always;

    private WhenOver(int order, Consumer<Throwable> failed, Runnable always) {
        this.order = order;
        this.failed = failed;
        this.always = always;
    }

    /** Before the file, or message, of the exchange goes where it belongs. */
    public static void of(Exchange exchange, Runnable always) {
        ofFailed(exchange, fault -> {}, always);
    }

    /** The same; of an exchange that failed its fault is seen first. */
    public static void ofFailed(Exchange exchange, Consumer<Throwable> failed, Runnable always) {
        exchange.getExchangeExtension().addOnCompletion(new WhenOver(0, failed, always));
    }

    /** After everything else, the move of the file included. */
    public static void atLast(Exchange exchange, Runnable always) {
        exchange.getExchangeExtension().addOnCompletion(new WhenOver(LOWEST, fault -> {}, always));
    }

    @Override
    public int getOrder() {
        return order;
    }

    @Override
    public void onFailure(Exchange exchange) {
        try {
            failed.accept(exchange.getException());
        } finally {
            always.run();
        }
    }

    @Override
    public void onDone(Exchange exchange) {
        always.run();
    }
}
