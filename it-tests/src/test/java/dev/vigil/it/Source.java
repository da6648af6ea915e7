// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * One Java source as the guards see it: parsed by the compiler, so that comments and strings count for nothing.
 *
 * @param uses every name with a dot in it and every import, as written: {@code System.nanoTime}, {@code java.util.List}
 */
record Source(
        Path file,
        String packageName,
        int lines,
        Set<String> uses,
        List<TopLevelType> types,
        List<Method> methods,
        List<String> volatileFields) {

    record TopLevelType(String name, boolean isPublic) {}

    record Method(String place, int lines) {}

    String type() {
        return Checkout.typeOf(file);
    }

    /** Is anything used whose name, with what stands before it, ends like this? {@code .reveal} finds every call. */
    boolean usesEndingWith(String end) {
        return uses.stream().anyMatch(name -> name.endsWith(end));
    }

    static List<Source> parse(List<Path> files) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            List<Source> found = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                found.add(new Reader(unit, positions).read());
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Reader extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final Set<String> uses = new TreeSet<>();
        private final List<TopLevelType> types = new ArrayList<>();
        private final List<Method> methods = new ArrayList<>();
        private final List<String> volatileFields = new ArrayList<>();
        private final Path file;

        Reader(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
            file = Path.of(unit.getSourceFile().toUri());
        }

        Source read() {
            for (Tree type : unit.getTypeDecls()) {
                if (type instanceof ClassTree top) {
                    boolean isPublic = top.getModifiers().getFlags().contains(Modifier.PUBLIC);
                    types.add(new TopLevelType(top.getSimpleName().toString(), isPublic));
                }
            }
            scan(unit, null);
            String text = Checkout.read(file);
            int lines = (int) text.lines().count();
            return new Source(file, String.valueOf(unit.getPackageName()), lines, uses, types, methods, volatileFields);
        }

        @Override
        public @Nullable Void visitMemberSelect(MemberSelectTree select, @Nullable Void nothing) {
            uses.add(select.toString().replaceAll("\\s", ""));
            return super.visitMemberSelect(select, null);
        }

        @Override
        public @Nullable Void visitMemberReference(MemberReferenceTree reference, @Nullable Void nothing) {
            uses.add(reference.getQualifierExpression() + "." + reference.getName());
            return super.visitMemberReference(reference, null);
        }

        @Override
        public @Nullable Void visitIdentifier(IdentifierTree identifier, @Nullable Void nothing) {
            uses.add(identifier.getName().toString());
            return super.visitIdentifier(identifier, null);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            long start = positions.getStartPosition(unit, method);
            if (start >= 0) {
                long end = positions.getEndPosition(unit, method);
                int lines = (int) (lineOf(end) - lineOf(start) + 1);
                methods.add(new Method(Checkout.typeOf(file) + '.' + method.getName(), lines));
            }
            return super.visitMethod(method, null);
        }

        private long lineOf(long position) {
            return unit.getLineMap().getLineNumber(position);
        }

        @Override
        public @Nullable Void visitVariable(VariableTree variable, @Nullable Void nothing) {
            if (variable.getModifiers().getFlags().contains(Modifier.VOLATILE)) {
                volatileFields.add(Checkout.typeOf(file) + '.' + variable.getName());
            }
            return super.visitVariable(variable, null);
        }
    }
}
