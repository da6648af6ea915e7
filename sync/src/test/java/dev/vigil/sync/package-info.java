// SPDX-License-Identifier: Apache-2.0

/** Tests of the bucket, and a strict S3 server for everybody's tests. */
@NullMarked
package dev.vigil.sync;

import org.jspecify.annotations.NullMarked;
