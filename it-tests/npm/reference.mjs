// SPDX-License-Identifier: Apache-2.0
// Runs the reference server of the conformance test, unchanged. Node takes its types away by itself, from 22.18 on.

import { tameListening } from './ready.mjs';

tameListening();
await import('./reference/everything-server.ts');
