// SPDX-License-Identifier: Apache-2.0
// The official TypeScript client, which has the same face in 1.x and 2.x.

import { INFO, answer, headers } from './program.mjs';

/**
 * @param transportTo makes a transport from a URL and headers
 * @param call calls a tool, given a client, what to call and options
 */
export function official(Client, transportTo, call, options = {}) {
  const connections = new Map();
  const heard = new Map();
  return {
    async connect({ as, url, key }) {
      heard.set(as, 0);
      const onChanged = () => heard.set(as, heard.get(as) + 1);
      const client = new Client(INFO, { ...options, listChanged: { tools: { onChanged } } });
      const transport = transportTo(new URL(url), headers(key));
      await client.connect(transport);
      connections.set(as, client);
      return {
        era: client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion,
        instructions: client.getInstructions(),
      };
    },
    async list({ as }) {
      return { tools: (await connections.get(as).listTools()).tools.map((tool) => tool.name) };
    },
    async call({ as, tool, arguments: given }) {
      let progress = 0;
      const onprogress = () => { progress += 1; };
      const result = await call(connections.get(as), { name: tool, arguments: given }, { onprogress });
      return answer(result, progress);
    },
    heard: ({ as }) => ({ heard: heard.get(as) }),
    close: ({ as }) => connections.get(as).close(),
  };
}
