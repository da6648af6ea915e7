// SPDX-License-Identifier: Apache-2.0
// With `auto` as argument it asks which era the server is of; by default it knows the older one only.

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { official } from './official.mjs';
import { serve } from './program.mjs';

await serve(official(
  Client,
  (url, headers) => new StreamableHTTPClientTransport(url, { requestInit: { headers } }),
  (client, what, options) => client.callTool(what, options),
  { versionNegotiation: { mode: process.argv[2] ?? 'legacy' } },
));
