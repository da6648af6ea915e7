// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Secret;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An S3 server for tests: a small part of the protocol, to the letter. Signatures are verified, conditions are real, one
 * writer wins. {@link #next} scripts what happens to single requests, {@link #modes} what kind of store it is; everything
 * that came is counted. Plain sockets on the loopback, a thread for each connection; any thread may call.
 */
public final class StrictS3 implements AutoCloseable {
    public static final String REGION = "eu-test-1";
    public static final String BUCKET = "team-vigil";
    public static final S3Settings.Keys KEYS =
            new S3Settings.Keys(new Secret("AKSTRICT"), new Secret("strict-secret-key"), Optional.empty());
    private static final int BACKLOG = 256;
    private static final long DRIP_NANOS = 50_000_000;

    /** What a request is about. */
    public enum Op {
        GET,
        HEAD,
        PUT,
        DELETE,
        LIST,
        VERSIONING,
        OTHER
    }

    /**
     * All that came of one kind.
     *
     * @param in bytes, heads included
     * @param out bytes, heads included
     */
    public record Traffic(long requests, long in, long out) {
        private Traffic plus(long more, long moreOut) {
            return new Traffic(requests + 1, in + more, out + moreOut);
        }
    }

    /** @param length of the answer, where it is cut */
    private record Scripted(StrictFault fault, int length) {}

    private final StrictBucket bucket = new StrictBucket();
    private final StrictAnswers answers = new StrictAnswers(bucket);
    private final Map<Op, Deque<Scripted>> script = new EnumMap<>(Op.class);
    private final Map<Op, Traffic> traffic = new ConcurrentHashMap<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final int port;
    /** Guarded by this. */
    private @Nullable ServerSocket listener;

    private StrictS3() {
        port = listen(0);
    }

    public static StrictS3 start() {
        return new StrictS3();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** How to speak to it, with credentials. */
    public S3Settings settings() {
        return S3Settings.at(URI.create("s3://" + BUCKET + "/prod"))
                .withEndpoint(url())
                .withRegion(REGION)
                .withKeys(KEYS);
    }

    /** The next requests of that kind meet these, one each. */
    public void next(Op op, StrictFault... faults) {
        for (StrictFault fault : faults) {
            next(op, new Scripted(fault, 12));
        }
    }

    /** Like {@link #next}, after so many requests of that kind have had their way. */
    public void nextAfter(Op op, int undisturbed, List<StrictFault> faults) {
        for (int i = 0; i < undisturbed; i++) {
            next(op, StrictFault.NONE);
        }
        faults.forEach(fault -> next(op, fault));
    }

    /** The next request of that kind is done, and its answer ends after so many bytes. */
    public void nextEndsAfter(Op op, int bytes) {
        next(op, new Scripted(StrictFault.CUT_HEAD, bytes));
    }

    private void next(Op op, Scripted what) {
        synchronized (script) {
            script.computeIfAbsent(op, any -> new ArrayDeque<>()).add(what);
        }
    }

    /** What was scripted and has not happened yet does not happen any more. */
    public void calm() {
        synchronized (script) {
            script.clear();
        }
    }

    /** Switched on and off by whoever likes; {@link #unplug} for {@link StrictMode#DOWN}. */
    public Set<StrictMode> modes() {
        return bucket.modes();
    }

    /** Nobody listens any more, and open connections break. */
    public synchronized void unplug() {
        modes().add(StrictMode.DOWN);
        close();
    }

    /** Listens again, at the same port. */
    public synchronized void plugIn() {
        modes().remove(StrictMode.DOWN);
        listen(port);
    }

    /** All objects as they are, by their whole name. */
    public SortedMap<String, byte[]> objects() {
        SortedMap<String, byte[]> contents = new TreeMap<>();
        bucket.list().forEach((key, item) -> contents.put(key, item.content()));
        return contents;
    }

    /** Writes past every rule, as whoever owns the bucket can. */
    public void plant(String key, byte[] content) {
        bucket.stored(key, content);
    }

    /** Makes {@link #objects} be what they were once. */
    public void rollBack(SortedMap<String, byte[]> then) {
        bucket.rollBack(new TreeMap<>());
        then.forEach(bucket::stored);
    }

    public Traffic traffic(Op op) {
        return traffic.getOrDefault(op, new Traffic(0, 0, 0));
    }

    /** Each request: what, which key, status. */
    public List<String> log() {
        return List.copyOf(log);
    }

    public void forgetTraffic() {
        traffic.clear();
        log.clear();
    }

    @Override
    public synchronized void close() {
        try {
            if (listener != null) {
                listener.close();
            }
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized int listen(int at) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), BACKLOG);
            listener = socket;
            daemon(() -> accept(socket));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket accepted = socket.accept();
                accepted.setTcpNoDelay(true);
                open.add(accepted);
                if (socket.isClosed()) { // since then: an accept that is under way may still succeed
                    accepted.close();
                }
                daemon(() -> serve(accepted));
            } catch (IOException e) {
                return; // unplugged or closed
            }
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "strict-s3");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
            boolean goesOn = true;
            while (goesOn) {
                Optional<StrictRequest> request = StrictRequest.read(in);
                // What comes while the connection is being closed may still be read: it is not done.
                goesOn = request.isPresent() && !socket.isClosed() && answer(socket, request.get());
            }
        } catch (IOException e) {
            // The client is gone, or spoke nonsense: it sees a closed connection.
        } finally {
            open.remove(socket);
        }
    }

    /** Is the connection still good for another request? */
    private boolean answer(Socket socket, StrictRequest request) throws IOException {
        Op op = StrictAnswers.op(request);
        Optional<Scripted> scripted = taken(op);
        Optional<StrictFault> fault = scripted.map(Scripted::fault);
        StrictAnswer answer = fault.flatMap(StrictAnswers::instead).orElseGet(() -> answers.to(request, op));
        if (fault.isPresent()) {
            answer = StrictAnswers.afterwards(answer, fault.get());
        }
        byte[] whole = answer.onTheWire(op != Op.HEAD);
        traffic.merge(op, new Traffic(1, request.size(), whole.length), (sum, more) -> sum.plus(more.in(), more.out()));
        log.add(op + " " + request.bucketAndKey().get(1) + " "
                + fault.map(Enum::name).orElse("" + answer.status()));
        return write(socket, whole, answer.body().length, scripted);
    }

    private Optional<Scripted> taken(Op op) {
        synchronized (script) {
            return Optional.ofNullable(script.get(op)).map(Deque::poll);
        }
    }

    private static boolean write(Socket socket, byte[] whole, int body, Optional<Scripted> scripted)
            throws IOException {
        OutputStream out = socket.getOutputStream();
        if (scripted.isEmpty()) {
            out.write(whole);
            return true;
        }
        switch (scripted.get().fault()) {
            case CLOSE_BEFORE, CLOSE_AFTER -> {
                return false;
            }
            case CUT_HEAD -> {
                out.write(Arrays.copyOf(
                        whole, Math.min(whole.length, scripted.get().length())));
                return false;
            }
            case CUT_BODY -> {
                out.write(Arrays.copyOf(whole, whole.length - Math.max(1, body / 2)));
                return false;
            }
            case SILENT -> {
                return socket.getInputStream().read() >= 0; // until the client gives up
            }
            case DRIP -> {
                for (byte one : whole) {
                    out.write(one);
                    LockSupport.parkNanos(DRIP_NANOS);
                }
                return true;
            }
            default -> {
                out.write(whole);
                return true;
            }
        }
    }
}
