// SPDX-License-Identifier: Apache-2.0

/**
 * The life of a token. Read {@link dev.vigil.auth.TokenKeeper} first: it owns every token in memory and decides when one
 * is renewed. {@link dev.vigil.auth.RefreshPolicy} holds the numbers, {@link dev.vigil.auth.Refresher} does one renewal,
 * {@link dev.vigil.auth.DurableRefresher} makes it survive a crash, {@link dev.vigil.auth.Authorization} is what requests
 * see. Files live in {@code dev.vigil.vault}, the OAuth protocol and logins in {@code dev.vigil.oauth}; both depend on this
 * package, which depends on neither.
 */
@NullMarked
package dev.vigil.auth;

import org.jspecify.annotations.NullMarked;
