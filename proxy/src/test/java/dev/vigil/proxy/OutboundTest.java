// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Origin;
import dev.vigil.proxy.OutboundException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class OutboundTest {
    private static final String HOST = "mcp.example.test";
    private static final Duration SHORT = Duration.ofMillis(800);

    @TempDir
    static Path folder;

    private static TestPki pki;
    private static Path ca;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private List<InetAddress> addresses = List.of(TestServer.loopback(1));

    @BeforeAll
    static void makeAnAuthority() throws Exception {
        pki = new TestPki("Vigil test authority");
        ca = pki.writeTo(folder.resolve("ca.pem"));
    }

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void plainConnectionCarriesBytesBothWays() throws Exception {
        try (TestServer server = TestServer.plain(TestServer::echo)) {
            assertThat(echoThrough(dial(outbound(Map.of()), "http", HOST, server.port())))
                    .isEqualTo("hello");
        }
    }

    @Test
    void tlsStandsWithTheExtraAuthorityAndNamesTheHost() throws Exception {
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        TestServer.Script noteTheName = client -> {
            SSLSocket socket = (SSLSocket) client;
            socket.startHandshake();
            asked.add(((ExtendedSSLSession) socket.getSession())
                    .getRequestedServerNames()
                    .toString());
            TestServer.echo(client);
        };
        try (TestServer server = TestServer.tls(pki.serverFor(HOST), noteTheName)) {
            assertThat(echoThrough(dial(outbound(Map.of()), "https", HOST, server.port())))
                    .isEqualTo("hello");
            assertThat(asked.take()).contains(HOST);
        }
    }

    @Test
    void severalAuthoritiesInOneFileAreAllTrusted() throws Exception {
        TestPki other = new TestPki("Another authority");
        Path both = Files.writeString(
                folder.resolve("both.pem"), "# mine\n" + pki.pem() + "\n# and the other one\n" + other.pem());
        Outbound outbound = outbound(Optional.of(both), Map.of(), Duration.ofSeconds(10));
        try (TestServer one = TestServer.tls(pki.serverFor(HOST), TestServer::echo);
                TestServer two = TestServer.tls(other.serverFor(HOST), TestServer::echo)) {
            assertThat(echoThrough(dial(outbound, "https", HOST, one.port()))).isEqualTo("hello");
            assertThat(echoThrough(dial(outbound, "https", HOST, two.port()))).isEqualTo("hello");
        }
    }

    @Test
    void certificateForAnotherHostIsRefused() throws Exception {
        try (TestServer server = TestServer.tls(pki.serverFor("other.example.test"), TestServer::echo)) {
            assertFails(
                    dial(outbound(Map.of()), "https", HOST, server.port()),
                    Kind.TLS,
                    HOST + ":" + server.port(),
                    "is not for " + HOST);
        }
    }

    @Test
    void expiredCertificateIsRefusedAndCalledThat() throws Exception {
        try (TestServer server = TestServer.tls(pki.expiredServerFor(HOST), TestServer::echo)) {
            assertFails(
                    dial(outbound(Map.of()), "https", HOST, server.port()),
                    Kind.TLS,
                    HOST + ":" + server.port(),
                    "has expired",
                    "NotAfter");
        }
    }

    @Test
    void unknownIssuerIsRefusedAndTheSettingNamed() throws Exception {
        Outbound outbound = outbound(Optional.empty(), Map.of(), Duration.ofSeconds(10));
        try (TestServer server = TestServer.tls(pki.serverFor(HOST), TestServer::echo)) {
            assertFails(dial(outbound, "https", HOST, server.port()), Kind.TLS, "unknown issuer", "tls.ca");
        }
    }

    @Test
    void httpsToAPlainPortSaysSo() throws Exception {
        TestServer.Script rude = client -> TestServer.say(client, "HTTP/1.1 400 Bad Request\r\n\r\n");
        try (TestServer server = TestServer.plain(rude)) {
            assertFails(
                    dial(outbound(Map.of()), "https", HOST, server.port()), Kind.TLS, "does not speak TLS", "http://");
        }
    }

    @Test
    void serverThatHangsUpInTheHandshakeIsATlsFault() throws Exception {
        try (TestServer server =
                TestServer.plain(client -> client.getInputStream().read())) {
            assertFails(dial(outbound(Map.of()), "https", HOST, server.port()), Kind.TLS, HOST);
        }
    }

    @Test
    void closedPortIsRefusedByName() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        assertFails(dial(outbound(Map.of()), "http", HOST, port), Kind.REFUSED, HOST + ":" + port, "refused");
    }

    @Test
    void hostWithoutAddressIsNamed() {
        addresses = List.of();
        assertFails(dial(outbound(Map.of()), "https", HOST, 443), Kind.RESOLVE, HOST, "has no address");
    }

    @Test
    void silentNetworkEndsAtTheLimit() throws Exception {
        try (TestServer.BlackHole hole = new TestServer.BlackHole(new InetSocketAddress(TestServer.loopback(1), 0))) {
            assertFails(
                    dial(shortTempered(), "http", HOST, hole.port()), Kind.TIMEOUT, HOST + ":" + hole.port(), "TCP");
        }
    }

    @Test
    void silentTlsServerEndsAtTheLimitAndIsHungUpOn() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        TestServer.Script silent = client -> {
            TestServer.silence(client);
            gone.countDown();
        };
        try (TestServer server = TestServer.plain(silent)) {
            assertFails(dial(shortTempered(), "https", HOST, server.port()), Kind.TIMEOUT, "TLS");
            assertThat(gone.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void slowLookUpEndsAtTheLimit() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Outbound.Names stuck = host -> {
            try {
                never.await();
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
            return List.of();
        };
        Outbound outbound = new Outbound(new OutboundSettings(Optional.empty(), Map.of()), stuck, SHORT);
        assertFails(dial(outbound, "http", HOST, 80), Kind.TIMEOUT, "looked up");
        never.countDown();
    }

    @Test
    void deadAddressCostsAMomentAndTheNextOneServes() throws Exception {
        addresses = List.of(TestServer.loopback(2), TestServer.loopback(1));
        try (TestServer server = TestServer.plain(TestServer::echo);
                TestServer.BlackHole hole =
                        new TestServer.BlackHole(new InetSocketAddress(TestServer.loopback(2), server.port()))) {
            assertThat(hole.port()).isEqualTo(server.port());
            assertThat(echoThrough(dial(outbound(Map.of()), "http", HOST, server.port())))
                    .isEqualTo("hello");
        }
    }

    @Test
    void refusedAddressIsFollowedByTheNext() throws Exception {
        addresses = List.of(InetAddress.getAllByName("::1")[0], TestServer.loopback(2), TestServer.loopback(1));
        try (TestServer server = TestServer.plain(TestServer::echo)) {
            assertThat(echoThrough(dial(outbound(Map.of()), "http", HOST, server.port())))
                    .isEqualTo("hello");
        }
    }

    @Test
    void localAddressIsForbiddenWhereAStrangerNamedIt() throws Exception {
        try (TestServer server = TestServer.plain(TestServer::echo)) {
            Future<Channel> dial = dial(outbound(Map.of()), origin("http", HOST, server.port()), false);
            assertFails(dial, Kind.FORBIDDEN_ADDRESS, HOST + ":" + server.port());
            assertThat(server.visitors()).isZero();
        }
    }

    @Test
    void onlyTheCheckedAddressesAreConnectedTo() throws Exception {
        // RFC 5737: nobody is there, and it is not a private network either.
        addresses = List.of(TestServer.loopback(1), InetAddress.getByName("192.0.2.1"));
        try (TestServer server = TestServer.plain(TestServer::echo)) {
            Future<Channel> dial = dial(shortTempered(), origin("http", HOST, server.port()), false);
            assertThat(dial.await().cause()).isInstanceOf(OutboundException.class);
            assertThat(server.visitors()).isZero();
        }
    }

    @Test
    void cancelledDialLeavesNoConnectionBehind() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        CountDownLatch came = new CountDownLatch(1);
        TestServer.Script silent = client -> {
            came.countDown();
            TestServer.silence(client);
            gone.countDown();
        };
        try (TestServer server = TestServer.plain(silent)) {
            Future<Channel> dial = dial(outbound(Map.of()), "https", HOST, server.port());
            assertThat(came.await(5, TimeUnit.SECONDS)).isTrue();
            dial.cancel(false);
            assertThat(gone.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void codecThatThrowsFailsTheDialAndClosesTheChannel() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        TestServer.Script silent = client -> {
            TestServer.silence(client);
            gone.countDown();
        };
        try (TestServer server = TestServer.plain(silent)) {
            Future<Channel> dial = outbound(Map.of())
                    .dial(loops.next(), origin("http", HOST, server.port()), true, pipeline -> {
                        throw new IllegalStateException("no codec today");
                    });
            assertFails(dial, Kind.OTHER, "no codec today");
            assertThat(gone.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void httpsGoesThroughTheProxyWithItsCredentials() throws Exception {
        BlockingQueue<String> heads = new LinkedBlockingQueue<>();
        try (TestServer server = TestServer.tls(pki.serverFor(HOST), TestServer::echo);
                TestServer proxy = TestServer.plain(client -> {
                    heads.add(TestServer.head(client));
                    TestServer.say(client, "HTTP/1.1 200 Connection established\r\n\r\n");
                    TestServer.tunnel(client, server.port());
                })) {
            Outbound outbound =
                    outbound(Map.of("HTTPS_PROXY", "http://me:se%63ret@proxy.example.test:" + proxy.port() + "/"));
            assertThat(echoThrough(dial(outbound, "https", HOST, 443))).isEqualTo("hello");
            assertThat(heads.take().toLowerCase(Locale.ROOT))
                    .startsWith("connect " + HOST + ":443 http/1.1\r\n")
                    .contains("proxy-authorization: basic bwu6c2vjcmv0");
            assertThat(echoThrough(dial(
                            outbound(Map.of(
                                    "https_proxy", "proxy.example.test:" + proxy.port(), "no_proxy", ".example.test")),
                            "https",
                            HOST,
                            server.port())))
                    .isEqualTo("hello");
            assertThat(proxy.visitors()).isEqualTo(1);
        }
    }

    @Test
    void proxyThatSaysNoIsNamedWithoutItsPassword() throws Exception {
        try (TestServer proxy = TestServer.plain(client -> {
            TestServer.head(client);
            TestServer.say(client, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        })) {
            Future<Channel> dial = dial(
                    outbound(Map.of("https_proxy", "http://me:hunter2@proxy.example.test:" + proxy.port())),
                    "https",
                    HOST,
                    443);
            assertFails(dial, Kind.PROXY, HOST + ":443", "proxy.example.test:" + proxy.port(), "407 Proxy Auth");
            assertThat(dial.cause()).hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void proxyThatIsNotThereIsAProxyFault() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        assertFails(
                dial(outbound(Map.of("https_proxy", "http://proxy.example.test:" + port)), "https", HOST, 443),
                Kind.PROXY,
                "proxy.example.test:" + port,
                "refused");
    }

    @Test
    void localAddressInTheUrlIsForbiddenBehindAProxyToo() {
        Outbound outbound = outbound(Map.of("https_proxy", "http://proxy.example.test:3128"));
        assertFails(dial(outbound, origin("https", "10.1.2.3", 443), false), Kind.FORBIDDEN_ADDRESS, "10.1.2.3:443");
    }

    @Test
    void unusableCaFileIsAnErrorThatNamesFileAndReason() throws Exception {
        Path missing = folder.resolve("missing.pem");
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        Path broken = Files.writeString(
                folder.resolve("broken.pem"), "-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n");
        assertThatThrownBy(() -> outbound(Optional.of(missing), Map.of(), SHORT))
                .hasMessageContainingAll("tls.ca", missing.toString(), "no such file");
        assertThatThrownBy(() -> outbound(Optional.of(empty), Map.of(), SHORT))
                .hasMessageContainingAll("tls.ca", empty.toString(), "no certificate");
        assertThatThrownBy(() -> outbound(Optional.of(broken), Map.of(), SHORT))
                .hasMessageContainingAll("tls.ca", broken.toString(), "not a PEM file");
        assertThatThrownBy(() -> outbound(Optional.of(folder), Map.of(), SHORT))
                .hasMessageContainingAll("tls.ca", folder.toString(), "cannot be read");
    }

    private Outbound outbound(Map<String, String> environment) {
        return outbound(Optional.of(ca), environment, Duration.ofSeconds(10));
    }

    private Outbound shortTempered() {
        return outbound(Optional.of(ca), Map.of(), SHORT);
    }

    private Outbound outbound(Optional<Path> extraCa, Map<String, String> environment, Duration limit) {
        Outbound.Names names = host -> {
            if (addresses.isEmpty()) {
                throw new UnknownHostException(host);
            }
            return addresses;
        };
        return new Outbound(new OutboundSettings(extraCa, environment), names, limit);
    }

    private Future<Channel> dial(Outbound outbound, String scheme, String host, int port) {
        return dial(outbound, origin(scheme, host, port), true);
    }

    private Future<Channel> dial(Outbound outbound, Origin origin, boolean localAllowed) {
        return outbound.dial(loops.next(), origin, localAllowed, this::listen);
    }

    private void listen(ChannelPipeline pipeline) {
        pipeline.addLast(new SimpleChannelInboundHandler<ByteBuf>() {
            @Override
            protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                received.add(bytes.toString(StandardCharsets.UTF_8));
            }
        });
    }

    private String echoThrough(Future<Channel> dial) throws Exception {
        Channel channel = dial.get(10, TimeUnit.SECONDS);
        channel.writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.UTF_8))
                .sync();
        String echo = received.poll(5, TimeUnit.SECONDS);
        channel.close().sync();
        return String.valueOf(echo);
    }

    private static void assertFails(Future<Channel> dial, Kind kind, String... words) {
        assertThat(dial.awaitUninterruptibly().cause())
                .isInstanceOf(OutboundException.class)
                .hasMessageContainingAll(words);
        assertThat(((OutboundException) dial.cause()).kind()).isEqualTo(kind);
    }

    private static Origin origin(String scheme, String host, int port) {
        return new Origin(scheme, host, port);
    }
}
