// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;

/** Is there a person at the other end? */
final class Terminal {
    private Terminal() {}

    /**
     * The terminal that standard input and output both are connected to. Until Java 21 a console means a terminal; from
     * Java 22 on there may be a console without one, and it has a method to ask, which 17 does not know.
     */
    static Optional<Console> console() {
        Console console = System.console();
        return Optional.ofNullable(console).filter(Terminal::isTerminal);
    }

    private static boolean isTerminal(Console console) {
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException beforeJava22) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }
}
