// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The peer: one process per client, all of which share one folder of tokens. */
final class PeerContender implements Contender {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path node = NodeParts.nodeFor(McpRemote.PACKAGE);
    private final String url;
    private final Path home;
    private final FakeBrowser browser;
    private final List<McpRemote> instances = new ArrayList<>();

    PeerContender(String url, Path home) {
        this.url = url;
        this.home = home;
        browser = new FakeBrowser(home.resolve("browser"));
    }

    @Override
    public String who() {
        return McpRemote.PACKAGE;
    }

    /** Where it runs, the person turns to the tab that it has opened; else it is started for this. */
    @Override
    public void login() {
        if (instances.isEmpty()) {
            firstLogin();
        } else {
            browser.agreeInNewestTab();
            instances.get(0).lateAnswer(LIMIT); // to call before that would open the next tab
        }
    }

    private void firstLogin() {
        try (McpRemote instance = instance()) {
            int beginning = instance.initialize();
            Await.until(LIMIT, () -> !browser.tabs().isEmpty(), instance::story);
            browser.agreeInNewestTab();
            if (!firstCall(instance, beginning, System.nanoTime()).isGood()) {
                throw new AssertionError(instance.story());
            }
        }
    }

    @Override
    public List<Answer> start(int clients) {
        long begun = System.nanoTime();
        Stream.generate(this::instance).limit(clients).forEach(instances::add);
        return Together.forAll(instances, instance -> firstCall(instance, instance.initialize(), begun));
    }

    private static Answer firstCall(McpRemote instance, int beginning, long begun) {
        if (instance.answer(beginning, LIMIT).isEmpty()) {
            return Answer.none(begun);
        }
        instance.initialized();
        return call(instance, begun);
    }

    private McpRemote instance() {
        return McpRemote.start(node, url, home, browser);
    }

    @Override
    public Answer call() {
        return call(instances.get(0), System.nanoTime());
    }

    private static Answer call(McpRemote instance, long begun) {
        int id = instance.call("echo", Map.of("text", Answer.CALL));
        return instance.answer(id, Answer.HANG)
                .map(message -> Answer.to(begun, message))
                .orElseGet(() -> Answer.none(begun));
    }

    @Override
    public int tabs() {
        return browser.tabs().size();
    }

    @Override
    public void close() {
        instances.forEach(McpRemote::close);
    }
}
