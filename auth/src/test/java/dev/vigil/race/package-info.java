// SPDX-License-Identifier: Apache-2.0

/**
 * Races: looked for in every order of steps by a model checker (Lincheck), and under load on real threads and real files.
 * Each search is also run on a planted race of its kind, because a search that finds nothing may be blind.
 */
@NullMarked
package dev.vigil.race;

import org.jspecify.annotations.NullMarked;
