// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Opens a URL in the person's browser: {@code $BROWSER} where it is set, else the system's opener. The URL is one argument
 * of a command and never passes through a shell, and only http and https URLs are opened: an authorization server chooses
 * most of it, and {@code file:} or an opener's own schemes could run things.
 */
record Browser(Map<String, String> environment, String system) {
    /** An opener that fails does so at once; one that still runs is the browser itself. */
    private static final int FAILS_WITHIN_SECONDS = 2;

    /**
     * Tries each opener in turn. Blocks for two seconds per opener at most.
     *
     * @return false when none could be started, so that the person has to open the URL
     */
    boolean open(URI url) {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            return false;
        }
        return commands(url.toASCIIString()).stream().anyMatch(Browser::starts);
    }

    /** {@code $BROWSER} is a list of commands with colons between them; {@code %s} in one stands for the URL. */
    List<List<String>> commands(String url) {
        String wanted = environment.getOrDefault("BROWSER", "");
        if (!wanted.isBlank()) {
            return Arrays.stream(wanted.split(":"))
                    .filter(command -> !command.isBlank())
                    .map(command -> withUrl(command.strip().split("\\s+"), url))
                    .toList();
        }
        return system.startsWith("Mac") ? List.of(List.of("open", url)) : List.of(List.of("xdg-open", url));
    }

    private static List<String> withUrl(String[] words, String url) {
        List<String> command = new ArrayList<>();
        for (String word : words) {
            command.add(word.replace("%s", url));
        }
        if (command.equals(List.of(words))) {
            command.add(url);
        }
        return command;
    }

    private static boolean starts(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return !process.waitFor(FAILS_WITHIN_SECONDS, TimeUnit.SECONDS) || process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
