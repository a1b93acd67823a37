package io.cxt.pickup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class WhenOverTest {

    @Test
    void what_runs_always_also_runs_where_the_fault_cannot_be_noted() throws Exception {
        AtomicBoolean ran = new AtomicBoolean();
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            Exchange exchange = new DefaultExchange(context);
            WhenOver.ofFailed(
                    exchange,
                    fault -> {
                        throw new IllegalStateException("the ledger is away");
                    },
                    () -> ran.set(true));
            Synchronization over =
                    exchange.getExchangeExtension().handoverCompletions().get(0);

            assertThatThrownBy(() -> over.onFailure(exchange)).hasMessage("the ledger is away");
        }

        assertThat(ran).isTrue();
    }
}
