// SPDX-License-Identifier: Apache-2.0
// A server of the official SDK that speaks 2026-07-28 and nothing older, with two tools of the everything server, and one
// that announces that the tools have changed.

import http from 'node:http';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { z } from 'zod';
import { listen, ready } from './ready.mjs';

function newServer() {
  const server = new McpServer({ name: 'modern', version: '1' }, { capabilities: { tools: { listChanged: true } } });
  server.registerTool('echo', { description: 'Says it again', inputSchema: z.object({ message: z.string() }) },
    async ({ message }) => ({ content: [{ type: 'text', text: `Echo: ${message}` }] }));
  server.registerTool('trigger-long-running-operation',
    { description: 'Takes its time', inputSchema: z.object({ duration: z.number(), steps: z.number() }) }, operate);
  server.registerTool('announce', { description: 'Announces a change', inputSchema: z.object({}) }, async () => {
    handler.notify.toolsChanged();
    return { content: [{ type: 'text', text: 'Announced.' }] };
  });
  return server;
}

async function operate({ duration, steps }, { mcpReq }) {
  const progressToken = mcpReq._meta?.progressToken;
  for (let progress = 1; progress <= steps; progress++) {
    await new Promise((later) => { setTimeout(later, (1000 * duration) / steps); });
    if (progressToken !== undefined) {
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: steps } });
    }
  }
  return { content: [{ type: 'text', text: 'Long running operation completed.' }] };
}

const handler = createMcpHandler(newServer, { legacy: 'reject' });
const server = http.createServer(toNodeHandler(handler));
ready({ url: `http://127.0.0.1:${await listen(server, 0)}/mcp` });
