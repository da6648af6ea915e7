// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write and read them: {@code 90s}, {@code 10m}, {@code 1h30m}, {@code 2d}. */
final class DurationText {
    private static final Pattern FORM =
            Pattern.compile("(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,6})s)?");

    private DurationText() {}

    /** @throws IllegalArgumentException with a message for the person */
    static Duration parse(String text) {
        Matcher form = FORM.matcher(text);
        if (text.isEmpty() || !form.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration. Write 90s, 10m or 1h30m");
        }
        return Duration.ofDays(part(form, 1))
                .plusHours(part(form, 2))
                .plusMinutes(part(form, 3))
                .plusSeconds(part(form, 4));
    }

    /** The two largest units are enough for a person: {@code 2d 3h}, {@code 58m}, {@code 12s}. */
    static String show(Duration duration) {
        Duration whole = duration.abs();
        if (whole.toDays() > 0) return pair(whole.toDays(), "d", whole.toHoursPart(), "h");
        if (whole.toHours() > 0) return pair(whole.toHours(), "h", whole.toMinutesPart(), "m");
        if (whole.toMinutes() >= 10) return whole.toMinutes() + "m";
        if (whole.toMinutes() > 0) return pair(whole.toMinutes(), "m", whole.toSecondsPart(), "s");
        return whole.toSeconds() + "s";
    }

    private static String pair(long large, String unit, int small, String smallUnit) {
        return small == 0 ? large + unit : large + unit + " " + small + smallUnit;
    }

    private static long part(Matcher form, int group) {
        String digits = form.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
