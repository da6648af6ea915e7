// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.sync.ObjectStore.Entry;
import dev.vigil.sync.ObjectStore.Fetched;
import dev.vigil.sync.ObjectStore.Stored;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What machines ask of the bucket: how often, and how many bytes of content and listings go up and down. */
final class BucketMeter {
    /** What a listing in XML takes for each object beside its name. */
    private static final int LINE = 250;

    /** "put lease" and the like. */
    private final Map<String, Integer> requests = new TreeMap<>();

    private long up;
    private long down;
    /** Of both, what machines tell of themselves. */
    private long ofPages;

    Optional<Stored> got(String key, Optional<Stored> found) {
        count("GET", key);
        found.ifPresent(one -> addDown(key, one));
        return found;
    }

    Fetched got(String key, Fetched found) {
        count("GET", key);
        if (found instanceof Stored one) {
            addDown(key, one);
        }
        return found;
    }

    private void addDown(String key, Stored found) {
        down += found.content().length;
        ofPages += key.startsWith("machines/") ? found.content().length : 0;
    }

    List<Entry> listed(List<Entry> entries) {
        requests.merge("LIST", 1, Integer::sum);
        entries.forEach(entry -> down += entry.key().length() + LINE);
        return entries;
    }

    void put(String key, byte[] content) {
        count("PUT", key);
        up += content.length;
        ofPages += key.startsWith("machines/") ? content.length : 0;
    }

    private void count(String verb, String key) {
        requests.merge(verb + " " + key.substring(0, key.indexOf('/')), 1, Integer::sum);
    }

    Map<String, Integer> requests() {
        return Map.copyOf(requests);
    }

    /** @param verb LIST, GET or PUT */
    int of(String verb) {
        return requests.entrySet().stream()
                .filter(one -> one.getKey().startsWith(verb))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    int all() {
        return requests.values().stream().mapToInt(Integer::intValue).sum();
    }

    long ofPages() {
        return ofPages;
    }

    long up() {
        return up;
    }

    long down() {
        return down;
    }
}
