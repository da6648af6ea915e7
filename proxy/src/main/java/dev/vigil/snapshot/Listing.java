// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.util.Optional;

/**
 * A whole list, all pages in one.
 *
 * @param items a JSON array, each item as the server wrote it
 * @param cacheScope what the server says of who may share it (2026-07-28)
 */
public record Listing(String items, Optional<String> cacheScope) {}
