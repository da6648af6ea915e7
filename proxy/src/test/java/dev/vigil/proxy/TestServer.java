// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/** A server on a loopback address whose every connection is one blocking script on a thread of its own. */
final class TestServer implements AutoCloseable {

    @FunctionalInterface
    interface Script {
        void talk(Socket client) throws Exception;
    }

    private final ServerSocket listener;
    private final Script script;
    private final List<Socket> clients = new CopyOnWriteArrayList<>();
    private final List<Exception> troubles = new CopyOnWriteArrayList<>();

    private TestServer(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
        daemon(this::accept);
    }

    static TestServer plain(Script script) throws IOException {
        return new TestServer(new ServerSocket(0, 50, loopback(1)), script);
    }

    static TestServer tls(SSLContext context, Script script) throws IOException {
        return new TestServer(context.getServerSocketFactory().createServerSocket(0, 50, loopback(1)), script);
    }

    /** Sends back whatever comes. */
    static void echo(Socket client) throws IOException {
        client.getInputStream().transferTo(client.getOutputStream());
    }

    /** Says nothing and waits until the other side has gone. */
    static void silence(Socket client) throws IOException {
        client.getInputStream().transferTo(new ByteArrayOutputStream());
    }

    /** Reads up to and with the blank line. */
    static String head(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = client.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    static void say(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        client.getOutputStream().flush();
    }

    /** Joins the client with a port of this machine, both ways, until the client has gone. */
    static void tunnel(Socket client, int port) throws IOException {
        try (Socket target = new Socket(loopback(1), port)) {
            daemon(() -> target.getInputStream().transferTo(client.getOutputStream()));
            client.getInputStream().transferTo(target.getOutputStream());
        }
    }

    /** 127.0.0.N: a machine has many addresses of its own. */
    static InetAddress loopback(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
        } catch (UnknownHostException never) {
            throw new AssertionError(never);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How many have connected so far. */
    int visitors() {
        return clients.size();
    }

    /** What went wrong in scripts; a broken connection is often what a test wants. */
    List<Exception> troubles() {
        return troubles;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket client : clients) {
            client.close();
        }
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            clients.add(client);
            daemon(() -> serve(client));
        }
    }

    private void serve(Socket client) {
        try (client) {
            script.talk(client);
        } catch (Exception trouble) {
            troubles.add(trouble);
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException over) {
                // The test is over, or the other side has gone.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** A port whose queue of waiting connections is full: the next one gets no answer at all. */
    static final class BlackHole implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket();
        private final List<Socket> fillers = new CopyOnWriteArrayList<>();

        BlackHole(InetSocketAddress address) throws IOException {
            listener.bind(address, 1);
            boolean full = false;
            while (!full) {
                Socket filler = new Socket();
                fillers.add(filler);
                try {
                    filler.connect(listener.getLocalSocketAddress(), 300);
                } catch (java.net.SocketTimeoutException reached) {
                    full = true;
                }
            }
        }

        int port() {
            return listener.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (Socket filler : fillers) {
                filler.close();
            }
            listener.close();
        }
    }
}
