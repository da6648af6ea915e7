// SPDX-License-Identifier: Apache-2.0
// mcporter as a library, as its own command line uses it: it keeps a connection for each server.

import { createRuntime } from 'mcporter';
import { answer, headers, serve } from './program.mjs';

const runtime = await createRuntime({ servers: [] });

await serve({
  async connect({ as, url, key }) {
    runtime.registerDefinition(
      { name: as, command: { kind: 'http', url: new URL(url), headers: headers(key) } }, { overwrite: true });
    const { transport } = await runtime.connect(as);
    return { era: transport.protocolVersion, instructions: await runtime.getInstructions?.(as) };
  },
  async list({ as }) {
    return { tools: (await runtime.listTools(as)).map((tool) => tool.name) };
  },
  async call({ as, tool, arguments: given }) {
    return answer(await runtime.callTool(as, tool, { args: given }));
  },
  heard: () => ({}),
  close: ({ as }) => runtime.close(as),
});
