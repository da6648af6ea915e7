// SPDX-License-Identifier: Apache-2.0
// Runs the published everything server, unchanged.

import { tameListening } from './ready.mjs';

tameListening();
process.argv[2] = 'streamableHttp';
await import('@modelcontextprotocol/server-everything/dist/index.js');
