// SPDX-License-Identifier: Apache-2.0

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { official } from './official.mjs';
import { serve } from './program.mjs';

await serve(official(
  Client,
  (url, headers) => new StreamableHTTPClientTransport(url, { requestInit: { headers } }),
  (client, what, options) => client.callTool(what, undefined, options),
));
