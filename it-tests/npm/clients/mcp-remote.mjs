// SPDX-License-Identifier: Apache-2.0
// mcp-remote, the bridge from stdio to HTTP, with the official 1.x client at its stdio.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { fileURLToPath } from 'node:url';
import { official } from './official.mjs';
import { serve } from './program.mjs';

const PROGRAM = fileURLToPath(new URL('../node_modules/mcp-remote/dist/proxy.js', import.meta.url));

await serve(official(
  Client,
  (url, headers) => new StdioClientTransport({
    command: process.execPath,
    args: [PROGRAM, url.href, ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`])],
    env: { HOME: process.env.HOME, MCP_REMOTE_CONFIG_DIR: process.env.HOME },
    stderr: 'pipe',
  }),
  (client, what, options) => client.callTool(what, undefined, options),
));
