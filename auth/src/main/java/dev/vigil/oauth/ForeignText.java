// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

/** Makes words of a stranger fit to be shown to a person: no control characters, no escape sequences, no novels. */
final class ForeignText {
    private static final int LONGEST = 200;

    private ForeignText() {}

    static String shown(String words) {
        StringBuilder plain = new StringBuilder();
        words.codePoints()
                .limit(LONGEST + 1L)
                .map(c -> Character.isISOControl(c) || isInvisible(c) ? ' ' : c)
                .forEach(plain::appendCodePoint);
        boolean isCut = plain.codePointCount(0, plain.length()) > LONGEST;
        return isCut ? plain.substring(0, plain.offsetByCodePoints(0, LONGEST)) + "..." : plain.toString();
    }

    /** Direction marks and the like, with which one text can be made to look like another. */
    private static boolean isInvisible(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE
                || type == Character.PRIVATE_USE;
    }
}
