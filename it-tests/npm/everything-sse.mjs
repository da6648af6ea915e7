// SPDX-License-Identifier: Apache-2.0
// Runs the published everything server, unchanged, in the transport of 2024-11-05.

import { tameListening } from './ready.mjs';

tameListening('/sse');
process.argv[2] = 'sse';
await import('@modelcontextprotocol/server-everything/dist/index.js');
