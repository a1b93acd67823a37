package io.cxt.cli;

import io.cxt.audit.FeedSource;
import io.cxt.audit.OperatorLog;
import io.cxt.cxone.CallLimits;
import io.cxt.cxone.CxoneCaller;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.NoContact;
import io.cxt.cxone.Remark;
import io.cxt.cxone.SignIn;
import io.cxt.cxone.SignInException;
import io.cxt.db.Database;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.pickup.jms.JmsProbe;
import io.cxt.pickup.jms.JmsSettings;
import io.cxt.pickup.sftp.SftpFaults;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The servers that a run needs: ledger, CXone's sign-in, audit feed, SFTP server, broker. */
record CheckedConnections(CheckReport report) {
    /** A shorter id occurs in other words, and reveals nothing. */
    private static final int SHORTEST_MASKED = 4;

    /**
     * Looks at ledger, sign-in and audit feed.
     *
     * @param statement what the audit feed is written with; null when the routes could not be tried
     */
    void records(AllSettings all, @Nullable String statement) {
        FeedSource feed = all.feed();
        if (ledger(all.ledger(), all.cxone().target().name())) {
            signIn(all.cxone(), all.ledger()); // not without a record
            if (feed == null) {
                feed("audit feed", FeedSource.in(all.ledger()), statement);
            }
        } else {
            report.unsafe("sign-in", "The sign-in was not tried: it goes on record in the ledger. Repair that first");
        }
        if (feed != null) {
            feed("audit.feed-url", feed, statement);
        }
    }

    /** Looks at the sources that are on other machines. */
    void pickups(AllSettings all) {
        if (all.sftp() != null) {
            report.tell("SFTP folder " + all.sftp().folder(), "", new SftpFaults(all.sftp()).fault());
        }
        if (all.jms() != null) {
            queue(all.jms());
        }
    }

    private boolean ledger(LedgerSettings settings, String target) {
        try {
            new OperatorLog(settings).close(); // makes it, as a run would
            new Database(settings).requireSessions();
            try (LedgerView view = LedgerView.of(settings)) {
                report.good("ledger", view.status().countsByState().toString());
                view.othersSentTo(target)
                        .forEach(other -> report.note(
                                "ledger",
                                "cxone.target is %s, and chats of this ledger were sent to %s. Such a chat is sent again when it is dropped again. If that is not meant, set cxone.target back"
                                        .formatted(target, SafeName.log(other))));
                return true;
            }
        } catch (LedgerException e) {
            report.bad("ledger", String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void signIn(CxoneSettings cxone, LedgerSettings ledger) {
        try (OperatorLog log = new OperatorLog(ledger);
                CallLimits limits = new CallLimits(cxone);
                SignIn signIn = new SignIn(cxone, limits, new AuditedCalls(log))) {
            signIn.authorization();
            report.good("sign-in", "at " + cxone.way());
            target(cxone, signIn, limits, log);
        } catch (SignInException e) {
            report.bad(
                    "sign-in",
                    e.getMessage()
                            + (e.answered() == null
                                    ? ""
                                    : " (its answer begins: %s)".formatted(firstWords(e.answered(), cxone))));
        }
    }

    /** What the target can look at: for example its channel. */
    private void target(CxoneSettings cxone, SignIn signIn, CallLimits limits, OperatorLog log) throws SignInException {
        try (CxoneCaller caller = new CxoneCaller(cxone, signIn, limits, 0, new AuditedCalls(log))) {
            for (Remark remark : cxone.target().check(caller)) {
                switch (remark.level()) {
                    case GOOD -> report.good(remark.what(), remark.text());
                    case UNSAFE -> report.unsafe(remark.what(), "%s: %s".formatted(remark.what(), remark.text()));
                    case BAD -> report.bad(remark.what(), "%s: %s".formatted(remark.what(), remark.text()));
                }
            }
        } catch (IOException e) {
            report.bad("CXone", NoContact.inWords(e, cxone.baseUrl()));
        }
    }

    /** The text on one line, without tags and without what CXT has sent: some servers give all of it back. */
    private static String firstWords(String answered, CxoneSettings cxone) {
        String text = answered.replaceAll("(?is)<(style|script)\\b.*?</\\1>|<[^>]*>?", " ");
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        text = text.replaceAll("&(apos|#0*39|#x0*27);", "'")
                .replace("&#34;", "\"")
                .replace("&amp;", "&");
        for (String sent : cxone.secrets()) {
            if (sent.length() >= SHORTEST_MASKED || !cxone.credentials().ids().contains(sent)) {
                text = text.replace(sent, "***").replace(URLEncoder.encode(sent, StandardCharsets.UTF_8), "***");
            }
        }
        String line = SafeName.log(text.replaceAll("\\s+", " ").strip());
        return line.isEmpty() ? "(a page without text)" : line;
    }

    private void feed(String what, FeedSource feed, @Nullable String statement) {
        try (feed) {
            String fault = statement == null ? null : feed.fault(statement);
            if (FeedSource.NO_TABLE.equals(fault)) {
                report.good(what, FeedSource.NO_TABLE);
            } else {
                report.tell(
                        what, "takes the statement of routes/record-audit", fault == null ? null : what + ": " + fault);
            }
        }
    }

    private void queue(JmsSettings jms) {
        String what = "queue %s and dead-letter queue %s".formatted(jms.queue(), jms.deadLetterQueue());
        try (JmsProbe broker = new JmsProbe(jms)) {
            report.tell(what, "", broker.fault());
            broker.remarks().forEach(remark -> report.unsafe(what, remark));
        }
    }
}
