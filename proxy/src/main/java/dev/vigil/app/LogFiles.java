// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where the lines of the {@link EventLog} go: {@code log/vigil.jsonl} (10 MB, and the four before it) and standard output,
 * as sentences on a terminal and as JSON elsewhere. Set up by hand in a Logback context of its own, so that no file on the
 * class path can change where the log goes.
 *
 * <p>Each way has a queue and a thread: a disk that stalls or a terminal that is held (Ctrl-S) must not stop an event loop.
 * When a queue is full, lines are dropped rather than waited for.
 */
final class LogFiles implements EventLog.Sink, AutoCloseable {
    private static final int QUEUE = 8192;
    private static final int FILES = 5;
    private static final String SIZE = "10MB";
    private static final int FLUSH_MILLIS = 2000;

    private final LoggerContext context = new LoggerContext();
    private final Logger file;
    private final Logger terminal;
    private final boolean sentences;

    /**
     * @param folder exists, and is the user's alone
     * @param sentences is {@code out} read by a person?
     */
    LogFiles(Path folder, OutputStream out, boolean sentences) {
        this(folder, "vigil.jsonl", out, sentences);
    }

    /** @param name of the file: two processes cannot roll the same one */
    LogFiles(Path folder, String name, OutputStream out, boolean sentences) {
        this.sentences = sentences;
        context.setMDCAdapter(new LogbackMDCAdapter()); // a context that is not SLF4J's own comes without
        this.file = logger("file", rolling(folder.resolve(name)));
        this.terminal = logger("terminal", stream(out));
        context.start();
    }

    @Override
    public void write(String json, String sentence) {
        file.info(json);
        terminal.info(sentences ? sentence : json);
    }

    @Override
    public void quietly(String json) {
        file.info(json);
    }

    /** The file, and nothing on standard output. */
    EventLog.Sink fileOnly() {
        return (json, sentence) -> file.info(json);
    }

    /** Writes what is queued, for at most two seconds. */
    @Override
    public void close() {
        context.stop();
    }

    private Logger logger(String name, Appender<ILoggingEvent> appender) {
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setName(name);
        queue.setQueueSize(QUEUE);
        queue.setDiscardingThreshold(0);
        queue.setNeverBlock(true);
        queue.setMaxFlushTime(FLUSH_MILLIS);
        queue.addAppender(appender);
        queue.start();
        Logger logger = context.getLogger(name);
        logger.setAdditive(false);
        logger.addAppender(queue);
        return logger;
    }

    private Appender<ILoggingEvent> stream(OutputStream out) {
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setOutputStream(new Borrowed(out));
        return begun(appender);
    }

    private Appender<ILoggingEvent> rolling(Path path) {
        RollingFileAppender<ILoggingEvent> appender = new PrivateFile();
        appender.setFile(path.toString());
        FixedWindowRollingPolicy names = new FixedWindowRollingPolicy();
        names.setContext(context);
        names.setParent(appender);
        names.setFileNamePattern(path + ".%i");
        names.setMinIndex(1);
        names.setMaxIndex(FILES - 1);
        names.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(context);
        size.setMaxFileSize(FileSize.valueOf(SIZE));
        size.setCheckIncrement(Duration.buildBySeconds(1));
        size.start();
        appender.setRollingPolicy(names);
        appender.setTriggeringPolicy(size);
        return begun(appender);
    }

    private Appender<ILoggingEvent> begun(OutputStreamAppender<ILoggingEvent> appender) {
        LayoutBase<ILoggingEvent> layout = new LayoutBase<>() {
            @Override
            public String doLayout(ILoggingEvent event) {
                return event.getMessage() + "\n";
            }
        };
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }

    /** Standard output is not ours to close. */
    private static final class Borrowed extends FilterOutputStream {
        Borrowed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }

    /** A log file that only its owner may read, also after each roll. */
    private static final class PrivateFile extends RollingFileAppender<ILoggingEvent> {
        @Override
        public void openFile(String name) throws IOException {
            super.openFile(name);
            Files.setPosixFilePermissions(Path.of(name), PosixFilePermissions.fromString("rw-------"));
        }
    }
}
