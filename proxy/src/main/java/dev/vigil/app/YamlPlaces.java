// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.List;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A YAML text, where its nodes begin and end in it, and the cuts that {@link YamlSplice} makes. Immutable. */
final class YamlPlaces {
    private static final Pattern REST_OF_LINE = Pattern.compile("[ \\t]*,?[ \\t]*(#.*)?");

    private final String text;

    YamlPlaces(String text) {
        this.text = text;
    }

    /** Is this a key without a value, {@code ~} or {@code null}? */
    static boolean isNothing(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    /** Does this node go on to the end of its last line, so that nothing can follow it there? */
    static boolean isBlock(Node node) {
        return node instanceof CollectionNode<?> some && some.getFlowStyle() == FlowStyle.BLOCK
                || node instanceof ScalarNode scalar && isBlockScalar(scalar);
    }

    static boolean isKey(NodeTuple entry, String key) {
        return entry.getKeyNode() instanceof ScalarNode scalar
                && scalar.getValue().equals(key);
    }

    int start(Node node) {
        return offset(node.getStartMark().orElseThrow());
    }

    /** Where the last character of this node's own text ends. The marks of a block reach over comments to what follows. */
    int end(Node node) {
        int marked = offset(node.getEndMark().orElseThrow());
        if (node instanceof MappingNode mapping && isBlock(node)) {
            return end(last(mapping.getValue()).getValueNode());
        }
        if (node instanceof SequenceNode sequence && isBlock(node)) {
            return end(last(sequence.getValue()));
        }
        return isBlock(node) ? text.substring(0, marked).stripTrailing().length() : marked;
    }

    boolean isEmptyBraces(Node node) {
        return text.substring(start(node), offset(node.getEndMark().orElseThrow()))
                .matches("\\{\\s*}");
    }

    /** The blanks before a key that begins its line. */
    String indent(Node key) {
        String before = before(key);
        if (!before.isBlank()) {
            throw new IllegalArgumentException("'" + ((ScalarNode) key).getValue() + "' does not begin its line");
        }
        return before;
    }

    /** Is this entry alone on its lines, but for a comma and a comment? */
    boolean hasOwnLine(NodeTuple entry) {
        int end = end(entry.getValueNode());
        return before(entry.getKeyNode()).isBlank()
                && REST_OF_LINE.matcher(text.substring(end, lineEnd(end))).matches();
    }

    int afterColon(NodeTuple entry) {
        int at = skipBlanks(end(entry.getKeyNode()));
        if (at >= text.length() || text.charAt(at) != ':') {
            throw new IllegalArgumentException("a key and its colon stand apart");
        }
        return at + 1;
    }

    boolean isCommaAfter(int offset) {
        int at = skipBlanks(offset);
        return at < text.length() && text.charAt(at) == ',';
    }

    /** Behind the comma after {@code offset} and the blanks behind that. */
    int afterComma(int offset) {
        return skipBlanks(skipBlanks(offset) + 1);
    }

    String replaced(int from, int to, String with) {
        return text.substring(0, from) + with + text.substring(Math.max(from, to));
    }

    String insertedAfterLine(int offset, List<String> lines) {
        int end = lineEnd(offset);
        mustBeRestOfLine(offset, end);
        return replaced(end, end, newline() + String.join(newline(), lines));
    }

    String appended(List<String> lines) {
        boolean open = !text.isEmpty() && !text.endsWith("\n") && !text.equals("\uFEFF");
        return text + (open ? newline() : "") + String.join(newline(), lines) + newline();
    }

    /** Without the lines that these offsets stand in. */
    String withoutLines(int from, int to) {
        int end = lineEnd(to);
        mustBeRestOfLine(to, end);
        int next = end + (text.startsWith("\r\n", end) ? 2 : end < text.length() ? 1 : 0);
        return replaced(lineStart(from), next, "");
    }

    @Override
    public String toString() {
        return text;
    }

    private void mustBeRestOfLine(int from, int to) {
        if (!REST_OF_LINE.matcher(text.substring(from, to)).matches()) {
            throw new IllegalArgumentException("something else stands in the same line");
        }
    }

    private String newline() {
        int first = text.indexOf('\n');
        return first > 0 && text.charAt(first - 1) == '\r' ? "\r\n" : "\n";
    }

    private String before(Node key) {
        return text.substring(lineStart(start(key)), start(key));
    }

    private int lineStart(int offset) {
        int start = text.lastIndexOf('\n', offset - 1) + 1;
        return text.startsWith("\uFEFF", start) && start == 0 ? 1 : start; // a byte order mark is no part of the line
    }

    /** Where the line break of this line begins, or the end of the text. */
    private int lineEnd(int offset) {
        int end = text.indexOf('\n', offset);
        if (end < 0) {
            return text.length();
        }
        return end > offset && text.charAt(end - 1) == '\r' ? end - 1 : end;
    }

    private int skipBlanks(int offset) {
        int at = offset;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    /** Marks count code points. */
    private int offset(Mark mark) {
        return text.offsetByCodePoints(0, mark.getIndex());
    }

    private static boolean isBlockScalar(ScalarNode scalar) {
        return scalar.getScalarStyle() == ScalarStyle.LITERAL || scalar.getScalarStyle() == ScalarStyle.FOLDED;
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }
}
