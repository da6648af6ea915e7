// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.vigil.proxy;

import org.jspecify.annotations.NullMarked;
