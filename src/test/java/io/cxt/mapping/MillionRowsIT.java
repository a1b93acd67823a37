package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Mapped;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What reading a table holds does not grow with its rows: shown on a table that is made while it is read. */
@Tag("slow")
@Tag("bulk")
class MillionRowsIT {

    private static final int ROWS = 1_000_000;
    private static final int ROWS_OF_A_CHAT = 10;
    private static final int ROWS_OF_A_BLOCK = 1_000;
    private static final long MOST_GROWTH = 24 * 1024 * 1024;

    @Test
    void a_million_rows_are_read_in_flat_memory() throws IOException {
        long most = 0;
        long chats = 0;
        long before = held();
        long begin = System.nanoTime();

        try (EntryReader reader = Mapped.rows().open(MillionRowsIT::rows, "chats.csv", ReadingOptions.DEFAULT)) {
            while (reader.hasNext()) {
                Entry entry = reader.next();
                assertThat(entry.readable()).isTrue();
                if (++chats % 20_000 == 0) {
                    most = Math.max(most, held() - before);
                }
            }
        }

        System.out.printf(
                "rows a second: %,.0f (checked, and read once more)%n", ROWS / ((System.nanoTime() - begin) / 1e9));
        assertThat(chats).isEqualTo(ROWS / ROWS_OF_A_CHAT);
        assertThat(most).isLessThan(MOST_GROWTH);
    }

    /** Bytes that are still reachable. */
    private static long held() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static InputStream rows() {
        return new SequenceInputStream(new Enumeration<>() {
            private int next = -1;

            @Override
            public boolean hasMoreElements() {
                return next < ROWS / ROWS_OF_A_BLOCK;
            }

            @Override
            public InputStream nextElement() {
                byte[] bytes = (next < 0 ? header() : block(next)).getBytes(StandardCharsets.UTF_8);
                next++;
                return new ByteArrayInputStream(bytes);
            }
        });
    }

    private static String header() {
        return "conversation_id,agent_id,customer_id,message_id,sender,text,sent_at\n";
    }

    private static String block(int number) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < ROWS_OF_A_BLOCK; i++) {
            int row = number * ROWS_OF_A_BLOCK + i;
            rows.append("chat-")
                    .append(row / ROWS_OF_A_CHAT)
                    .append(",agt-7,cust-")
                    .append(row / ROWS_OF_A_CHAT)
                    .append(",m-")
                    .append(row)
                    .append(row % 2 == 0 ? ",customer" : ",agent")
                    .append(",\"Well, let us see what can be done about it.\",2024-06-15T09:00:0")
                    .append(row % ROWS_OF_A_CHAT)
                    .append("Z\n");
        }
        return rows.toString();
    }
}
