package io.cxt.runtime;

import io.cxt.ops.WebServer;
import io.cxt.settings.InvalidSettingsException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.util.List;
import java.util.Locale;
import org.apache.camel.CamelContext;
import org.apache.camel.Service;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.main.HttpManagementServerConfigurationProperties;
import org.apache.camel.main.HttpServerConfigurationProperties;
import org.apache.camel.main.MainHttpServerFactory;
import org.jspecify.annotations.Nullable;

/** The server that {@code camel.server.*} asks for, for {@code platform-http} in routes of a site's own. */
final class SiteServer extends VertxPlatformHttpServer {
    private final VertxPlatformHttpServerConfiguration settings;
    private final WebServer server;
    private @Nullable HttpServer listening;

    private SiteServer(VertxPlatformHttpServerConfiguration settings, String ownName) {
        super(settings);
        this.settings = settings;
        this.server = new WebServer(settings.getBindHost(), settings.getBindPort(), ownName);
    }

    /**
     * Makes it for camel-main.
     *
     * @param ownName the host name it answers to, beside addresses and names that nobody can register
     */
    static MainHttpServerFactory factory(String ownName) {
        return new MainHttpServerFactory() {
            @Override
            public Service newHttpServer(CamelContext camel, HttpServerConfigurationProperties asked) {
                return of(asked, ownName);
            }

            @Override
            public Service newHttpManagementServer(
                    CamelContext camel, HttpManagementServerConfigurationProperties asked) {
                throw new InvalidSettingsException(List.of(
                        "camel.management: health and metrics are served on ops.port. Take camel.management out"));
            }
        };
    }

    private static SiteServer of(HttpServerConfigurationProperties asked, String ownName) {
        if (asked.isAuthenticationEnabled() || asked.isUseGlobalSslContextParameters() || asked.isStaticEnabled()) {
            throw new InvalidSettingsException(
                    List.of("camel.server: this server has no passwords, no TLS and no files of its own. Take"
                            + " authenticationEnabled, useGlobalSslContextParameters and staticEnabled out, and put a proxy"
                            + " before it"));
        }
        VertxPlatformHttpServerConfiguration settings = new VertxPlatformHttpServerConfiguration();
        settings.setBindHost(asked.getHost());
        settings.setBindPort(asked.getPort());
        settings.setPath(asked.getPath());
        settings.setMaxBodySize(asked.getMaxBodySize());
        settings.getBodyHandler().setHandleFileUploads(asked.isFileUploadEnabled());
        if (asked.getFileUploadDirectory() != null) {
            settings.getBodyHandler().setUploadsDirectory(asked.getFileUploadDirectory());
        }
        return new SiteServer(settings, ownName);
    }

    @Override
    protected Vertx lookupVertx() {
        return server.engine();
    }

    @Override
    protected void startServer() throws Exception {
        String router = VertxPlatformHttpRouter.getRouterNameFromPort(settings.getBindPort());
        VertxPlatformHttpRouter routes = VertxPlatformHttpRouter.lookup(getCamelContext(), router);
        listening = server.start(request -> {
            String type = request.getHeader("Content-Type");
            if (type != null) { // routes compare letter by letter, and case has no meaning in it
                String media = type.replaceFirst(";.*", "");
                request.headers().set("Content-Type", media.toLowerCase(Locale.ROOT) + type.substring(media.length()));
            }
            routes.handle(request);
        });
    }

    @Override
    public @Nullable HttpServer getServer() {
        return listening;
    }

    @Override
    protected void stopServer() {
        // it ends with its engine
    }

    @Override
    protected void stopVertx() {
        server.close();
    }
}
