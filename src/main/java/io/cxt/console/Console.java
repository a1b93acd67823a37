package io.cxt.console;

import io.cxt.archive.ArchiveReader;
import io.cxt.archive.ArchiveSettings;
import io.cxt.console.Person.Role;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.OrderRefused;
import io.cxt.mapping.Mappings;
import io.cxt.ops.OpsSettings;
import io.cxt.ops.WebServer;
import io.cxt.settings.PropertyFile;
import io.cxt.settings.Settings;
import io.cxt.story.ChatSearch;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console's server: who may see what, and pages as HTML or JSON. It has threads and a connection to the database of its own,
 * so that nothing on the way of a transcript waits for it.
 *
 * <p>Long because all that a request meets stands here, in order.
 */
public final class Console implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);
    /** A note of the longest, each character of it as nine of the form, and what else is in it. */
    private static final long LARGEST_BODY = 16_384;

    private final ConsoleSettings settings;
    private final SignInToken tokens;
    private final @Nullable TokenSignIn sessions;
    private final Authentication signIn;
    private final SignInLog log;
    private final RequestRules rules;
    private final LedgerView view;
    private final WebServer server;
    private final List<Route> routes;
    private final Map<String, Orders.Order> orders;
    private final ChatText text;
    private final AuditVerifier verifier;
    private final OverviewPage overview;
    private final PageWriter pages;
    private final LiveUpdates updates;
    private final boolean alone;

    /**
     * @param title in the menu; empty for a page that is not there
     * @param role that a person needs
     */
    private record Route(String title, String path, Role role, Function<Asked, Page> page) {}

    /** Answers a form. */
    private interface Order {
        void give(RoutingContext request, Asked form, Person by);
    }

    /**
     * What a console shows.
     *
     * @param settings where it listens
     * @param running null when it runs alone: then it writes nothing anywhere
     */
    public record Shown(
            ConsoleSettings settings,
            LedgerSettings ledger,
            PropertyFile properties,
            Mappings mappings,
            @Nullable Supplier<Running> running) {}

    private Console(Shown shown, LedgerView view, SignInToken tokens, Clock clock) {
        settings = shown.settings();
        this.view = view;
        this.tokens = tokens;
        sessions = settings.byProxy() ? null : new TokenSignIn(tokens, settings, clock);
        signIn = sessions == null ? new ProxySignIn(settings) : sessions;
        log = new SignInLog(shown.running() == null ? null : shown.ledger(), clock);
        rules = new RequestRules(settings);
        server = new WebServer(settings.host(), settings.port(), rules::host);
        updates = new LiveUpdates(server.engine());
        Settings values = new Settings(shown.properties()::get);
        alone = shown.running() == null;
        overview =
                new OverviewPage(view, shown.running(), OpsSettings.from(values).stall(), clock);
        LettersPage letters = new LettersPage(view, shown.ledger(), values, shown.mappings(), clock);
        Orders ordered = new Orders(shown.ledger(), view, clock);
        verifier = new AuditVerifier(shown.ledger(), Set.copyOf(LedgerSettings.knownChains(values)), clock);
        text = new ChatText(
                shown.ledger(),
                new ArchiveReader(
                        ArchiveSettings.from(values, shown.ledger().folder()).folder()),
                view);
        orders = Map.of(
                "/hold",
                ordered::hold,
                "/release",
                ordered::release,
                "/pace",
                ordered::pace,
                Links.REDRIVE,
                ordered::redrive,
                "/jobs/pause",
                ordered::pause,
                "/jobs/resume",
                ordered::resume,
                "/jobs/cancel",
                ordered::cancel);
        routes = List.of(
                new Route("Overview", "/", Role.viewer, overview::get),
                new Route("Chats", "/chats", Role.viewer, new ChatsPage(view, ChatSearch.from(values))::get),
                new Route(
                        "Sources",
                        "/sources",
                        Role.viewer,
                        new SourcesPage(view, new DayPage(view, settings.zone(), clock))::get),
                new Route("Dead letters", Links.LETTERS, Role.viewer, letters::get),
                new Route("", Links.REDRIVE, Role.operator, letters::preview),
                new Route("Jobs", Links.JOBS, Role.viewer, new JobsPage(view)::get),
                new Route("Audit", "/audit", Role.operator, new AuditTrailPage(view, verifier)::get),
                new Route("Settings", "/settings", Role.operator, new SettingsPage(shown.properties())::get),
                new Route("Help", "/help", Role.viewer, new HelpPage()::get));
        pages = new PageWriter(
                routes.stream()
                        .filter(route -> !route.title().isEmpty())
                        .map(route -> new PageWriter.Entry(route.title(), route.path(), route.role()))
                        .toList(),
                sessions != null,
                alone,
                settings.zone());
    }

    /**
     * Starts it. Inside a run its key goes to {@code data.dir}, for {@code cxt console url}; alone it writes nothing.
     *
     * @throws LedgerException when no ledger can be read, saying what to do
     * @throws IOException when it cannot listen there
     */
    public static Console start(Shown shown, Clock clock) throws IOException, InterruptedException {
        LedgerView view = LedgerView.of(shown.ledger());
        Console console = null;
        try {
            boolean keyOnDisk = shown.running() != null && !shown.settings().byProxy();
            SignInToken tokens =
                    keyOnDisk ? SignInToken.writtenTo(shown.ledger().folder()) : SignInToken.fresh();
            console = new Console(shown, view, tokens, clock);
            console.server.start(List.of(console::mount));
            LOG.info("console listening address={}", shown.settings().address());
            return console;
        } catch (IOException | InterruptedException | RuntimeException e) {
            if (console == null) {
                view.close();
            } else {
                console.close();
            }
            throw e;
        }
    }

    /** An address for one sign-in, on this console. */
    public String signInAddress(String name, Clock clock) {
        return address(settings, tokens.issue(name, clock.instant()));
    }

    /**
     * An address for one sign-in on the console that runs with a {@code data.dir}; empty when none has begun there.
     *
     * @throws IOException when its key cannot be read
     */
    public static Optional<String> signInAddress(
            ConsoleSettings settings, LedgerSettings ledger, String name, Clock clock) throws IOException {
        return SignInToken.readFrom(ledger.folder()).map(key -> address(settings, key.issue(name, clock.instant())));
    }

    private static String address(ConsoleSettings settings, String token) {
        return settings.address() + Links.to("/sign-in", "token", token);
    }

    private void mount(Router router) {
        router.route().handler(this::enter);
        router.post().handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY));
        PageFile.ALL.forEach((path, file) -> router.get(path).handler(request -> file.send(request.response())));
        if (sessions != null) {
            SignInPages signInPages = new SignInPages(sessions, log, pages);
            router.get("/sign-in").blockingHandler(signInPages::ask, false);
            router.post("/sign-in").blockingHandler(signInPages::begin, false);
            router.post("/sign-out").handler(signInPages::end);
        }
        orders.forEach((path, order) -> router.post(path)
                .blockingHandler(
                        request -> obey(
                                request,
                                person -> person.may(Role.operator),
                                (at, form, person) -> PageWriter.away(at.response(), order.give(form, person))),
                        false));
        router.post("/audit/verify").blockingHandler(this::verify, false);
        router.post("/text")
                .blockingHandler(
                        request -> obey(
                                request,
                                Person::readsText,
                                (at, form, person) -> pages.answer(at, person, text.show(form, person))),
                        false);
        for (Route route : routes) {
            router.route(route.path()).blockingHandler(request -> serve(request, route), false);
        }
        router.route()
                .handler(request -> pages.answer(
                        request,
                        signIn.who(request.request()),
                        Page.problem(404, "Not found", "There is no such page.", "Choose one from the menu.")));
        router.route().failureHandler(this::failed);
    }

    private void enter(RoutingContext request) {
        RequestRules.HEADERS.forEach(request.response()::putHeader);
        RequestRules.Refused refused = rules.refusal(request.request());
        if (refused == null) {
            request.next();
        } else {
            if (refused.status() == 405) {
                request.response().putHeader("Allow", "GET, HEAD, POST");
            }
            pages.answer(request, null, Page.problem(refused.status(), "Refused", refused.words(), ""));
        }
    }

    private void serve(RoutingContext request, Route route) {
        Person person = known(request, route.role());
        if (person == null) {
            return;
        }
        if (!RequestRules.reads(request.request())) {
            request.response().putHeader("Allow", "GET, HEAD");
            pages.answer(request, person, Page.problem(405, "Refused", "This page only reads.", "Open it with GET."));
        } else {
            Page page = page(route, Asked.query(request.request()));
            if (page.changing() == null || !RequestRules.asksForUpdates(request.request())) {
                pages.answer(request, person, page);
            } else if (!updates.begin(request, () -> changing(request, route))) {
                pages.answer(
                        request,
                        person,
                        Page.problem(503, "Refused", "Too many pages are open.", "Close some of them."));
            }
        }
    }

    /** The part of a page that changes, as it is now; null when the person may not see it any more, or there is none. */
    private @Nullable String changing(RoutingContext request, Route route) {
        Person person = signIn.who(request.request());
        if (person == null || !person.may(route.role())) {
            return null;
        }
        Page page = page(route, Asked.query(request.request()));
        return page.changing() == null ? null : pages.html(page.changing(), request, person, page);
    }

    /** Does what a form asks for. */
    private void obey(RoutingContext request, Predicate<Person> may, Order order) {
        Person person = known(request, Role.viewer);
        if (person == null) {
            return;
        }
        if (!may.test(person)) {
            pages.answer(request, person, notAllowed("an operator, or for one who may read text", person));
        } else if (alone) {
            pages.answer(
                    request,
                    person,
                    Page.problem(
                            409,
                            "Refused",
                            "This console runs alone: it only reads.",
                            "Use the command that the page shows, or the console of a run."));
        } else {
            try {
                order.give(request, Asked.form(request.request()), person);
            } catch (OrderRefused e) {
                pages.answer(request, person, refused(e));
            } finally {
                overview.forget();
            }
        }
    }

    /** Writes nothing: a console that runs alone does it, too. */
    private void verify(RoutingContext request) {
        if (known(request, Role.operator) != null) {
            verifier.begin();
            PageWriter.away(request.response(), "/audit");
        }
    }

    private static Page page(Route route, Asked asked) {
        try {
            return route.page().apply(asked);
        } catch (OrderRefused e) {
            return refused(e);
        }
    }

    private static Page refused(OrderRefused why) {
        return Page.problem(400, "Refused", String.valueOf(why.getMessage()), "Go back and correct it.");
    }

    /** The person who sent a request, with this role. Null when there is none: that is answered already. */
    private @Nullable Person known(RoutingContext request, Role needed) {
        Person person = signIn.who(request.request());
        if (person == null) {
            request.response().putHeader("WWW-Authenticate", "CXT");
            pages.answer(
                    request,
                    null,
                    Page.problem(401, "Not signed in", "The console does not know you.", signIn.howTo()));
            return null;
        }
        if (sessions == null) {
            log.seen(person);
        }
        if (!person.may(needed)) {
            pages.answer(request, person, notAllowed("the role " + needed, person));
            return null;
        }
        return person;
    }

    private static Page notAllowed(String whom, Person person) {
        return Page.problem(
                403,
                "Not allowed",
                "This is for %s; you are a %s.".formatted(whom, person.role()),
                "Ask the one who sets console.operators and console.text-readers for it.");
    }

    private void failed(RoutingContext request) {
        Throwable fault = request.failure();
        if (fault instanceof LedgerException) {
            pages.answer(
                    request,
                    null,
                    Page.problem(
                            503,
                            "The ledger cannot be asked",
                            String.valueOf(fault.getMessage()),
                            "Look at the database, then open the page again. On the machine: cxt status"));
        } else if (request.response().ended() || request.response().closed()) {
            LOG.debug("The client is gone", fault);
        } else if (fault == null || ofTheSender(fault)) {
            int status = request.statusCode() >= 400 && request.statusCode() < 500 ? request.statusCode() : 400;
            pages.answer(
                    request, null, Page.problem(status, "Refused", "The request is not one of this console's.", ""));
        } else {
            LOG.error(
                    "console failed path={} by={} at={} next=\"report this line with the output of cxt --version\"",
                    request.normalizedPath(),
                    fault.getClass().getName(),
                    fault.getStackTrace().length == 0 ? "" : fault.getStackTrace()[0]);
            pages.answer(
                    request,
                    null,
                    Page.problem(500, "Unforeseen", "The page cannot be made.", "Look at the log of CXT."));
        }
    }

    /** True for what the server itself says of a request: it broke off, or is none. */
    private static boolean ofTheSender(Throwable fault) {
        StackTraceElement[] at = fault.getStackTrace();
        return at.length == 0 || at[0].getClassName().matches("io\\.(netty|vertx)\\..*");
    }

    /** Serves nothing any more. */
    @Override
    public void close() {
        server.close();
        view.close();
    }
}
