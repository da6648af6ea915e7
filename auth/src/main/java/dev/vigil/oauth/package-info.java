// SPDX-License-Identifier: Apache-2.0

/**
 * OAuth as MCP asks for it: discovery, registration, login, and the one POST of a refresh. Nimbus does the protocol;
 * {@link dev.vigil.oauth.OAuthTransport} does the talking. {@link dev.vigil.oauth.Login} is the life of a login.
 */
@NullMarked
package dev.vigil.oauth;

import org.jspecify.annotations.NullMarked;
