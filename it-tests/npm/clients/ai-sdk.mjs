// SPDX-License-Identifier: Apache-2.0
// The client of the AI SDK: an implementation of its own. It opens no stream for what the server says by itself.

import { createMCPClient } from '@ai-sdk/mcp';
import { answer, headers, serve } from './program.mjs';

const connections = new Map();

await serve({
  async connect({ as, url, key }) {
    const client = await createMCPClient({ transport: { type: 'http', url, headers: headers(key) } });
    connections.set(as, client);
    return { era: client.initializeResult.protocolVersion, instructions: client.instructions };
  },
  async list({ as }) {
    return { tools: (await connections.get(as).listTools()).tools.map((tool) => tool.name) };
  },
  async call({ as, tool, arguments: given }) {
    return answer(await connections.get(as).callTool({ name: tool, arguments: given }));
  },
  heard: () => ({}),
  close: ({ as }) => connections.get(as).close(),
});
