// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.oauth.LoginException;
import dev.vigil.oauth.LoginReport;
import dev.vigil.oauth.LoginStatus;
import dev.vigil.oauth.LoginStatus.Done;
import dev.vigil.oauth.LoginStatus.Failed;
import dev.vigil.oauth.LoginStatus.Unknown;
import dev.vigil.oauth.LoginStatus.Waiting;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The talk with the person during a login: the URL, the wait, the pasted redirect, and what came of it. Runs on the
 * command's thread; a second one reads what the person types.
 */
final class LoginTalk {
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Shell shell;
    private final LoginDesk desk;
    private final BlockingQueue<String> typed = new LinkedBlockingQueue<>();

    LoginTalk(Shell shell, LoginDesk desk) {
        this.shell = shell;
        this.desk = desk;
    }

    /**
     * @param browser empty when the person opens the URL by hand
     * @throws Failure when the login did not work out, with the exit code that fits
     */
    LoginReport through(Connector connector, Optional<List<String>> scopes, Optional<Browser> browser) {
        Waiting waiting = begin(connector, scopes);
        if (browser.isPresent() && browser.get().open(waiting.authorizationUrl())) {
            shell.say("Your browser opens to log in to " + connector.name() + ". If it does not, open this URL:");
        } else {
            shell.say("Open this URL in a browser to log in to " + connector.name() + ":");
        }
        shell.say("");
        shell.say("  " + waiting.authorizationUrl().toASCIIString());
        shell.say("");
        shell.say("Waiting. If the browser runs on another machine and ends at a page that does not load, paste the"
                + " address of that page here.");
        return outcome(waiting);
    }

    private Waiting begin(Connector connector, Optional<List<String>> scopes) {
        try {
            return desk.begin(connector, scopes);
        } catch (LoginException e) {
            throw failure(new Failed(connector.name(), e.kind(), e.getMessage()));
        }
    }

    private LoginReport outcome(Waiting waiting) {
        listen();
        LoginStatus status = waiting;
        while (status instanceof Waiting) {
            Optional<URI> pasted = pasted();
            status = pasted.isPresent() ? handOver(pasted.get(), waiting) : desk.status(waiting.id());
        }
        if (status instanceof Done done) {
            return done.report();
        }
        throw failure(status);
    }

    /** A pasted URL that belongs to no login is a slip, not the end: the person may paste again. */
    private LoginStatus handOver(URI pasted, Waiting waiting) {
        LoginStatus outcome = desk.redirected(pasted);
        if (outcome instanceof Unknown) {
            LoginStatus current = desk.status(waiting.id());
            if (current instanceof Waiting) {
                shell.say("That address does not belong to this login. Paste the whole address of the page that the"
                        + " browser was sent to.");
            }
            return current;
        }
        return outcome;
    }

    private Optional<URI> pasted() {
        try {
            String line = typed.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            return line == null || line.isBlank() ? Optional.empty() : Optional.of(URI.create(line.strip()));
        } catch (IllegalArgumentException e) {
            shell.say("That is not an address. Paste the whole address of the page that the browser was sent to.");
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.UNEXPECTED, "interrupted");
        }
    }

    private void listen() {
        Thread reader = new Thread(
                () -> {
                    for (Optional<String> line = shell.line(); line.isPresent(); line = shell.line()) {
                        typed.add(line.get());
                    }
                },
                "login-typed");
        reader.setDaemon(true); // it may sit in a read that nothing can end
        reader.start();
    }

    /** What a login that ended otherwise than well means for the command. */
    static Failure failure(LoginStatus status) {
        if (status instanceof Failed failed) {
            return new Failure(code(failed.kind()), failed.connector() + ": " + failed.message());
        }
        return new Failure(
                Failure.Code.LOGIN_NEEDED,
                "this login is over, and another one may have taken its place." + " To see: vigil status");
    }

    private static Failure.Code code(LoginException.Kind kind) {
        return switch (kind) {
            case UNREACHABLE -> Failure.Code.UNREACHABLE;
            case STORAGE -> Failure.Code.STORAGE;
            case NO_OAUTH, NOT_SUPPORTED, MISMATCH -> Failure.Code.USAGE;
            case REFUSED, EXPIRED -> Failure.Code.LOGIN_NEEDED;
        };
    }
}
