// SPDX-License-Identifier: Apache-2.0

/** Tests of login and refresh, and the authorization server that they talk to. */
@NullMarked
package dev.vigil.oauth;

import org.jspecify.annotations.NullMarked;
