// SPDX-License-Identifier: Apache-2.0
// An agent without a model: through the night it does one piece of work after the other, by turns at each connector, and
// tells of it in the morning, which comes as a line on standard input. A call that fails is put to the hook as Claude Code
// puts it, and is otherwise no reason to stop: what comes next is tried all the same.
//
// Arguments: the URL of Vigil, the local key, the hook, then the connectors.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { INFO, headers } from './program.mjs';

const [vigil, key, hook, ...connectors] = process.argv.slice(2);
const MORE = 5; // pieces of work that are left when the morning comes
const done = Object.fromEntries(connectors.map((connector) => [connector, 0]));
const skipped = { ...done };
const failed = [];
const clients = new Map();

for (const connector of connectors) {
  const client = new Client(INFO, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${vigil}/mcp/${connector}`), { requestInit: { headers: headers(key) } }));
  clients.set(connector, client);
}
let left = Infinity;
process.stdin.on('data', () => { left = MORE; });
for (let piece = 0; left > 0; piece++, left--) {
  for (const connector of connectors) await work(connector, `piece ${piece}`);
}
console.log(`REPORT ${JSON.stringify({ done, skipped, failed })}`);
process.exit(0);

async function work(connector, message) {
  try {
    const result = await clients.get(connector).callTool({ name: 'echo', arguments: { message } });
    const said = result.content[0].text;
    if (result.isError) await skip(connector, said);
    else if (said === `Echo: ${message}`) done[connector] += 1;
    else failed.push(`${connector}: ${said}`);
  } catch (error) {
    failed.push(`${connector}: ${error}`);
  }
}

async function skip(connector, error) {
  const child = spawn('sh', [hook], { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.end(JSON.stringify({
    hook_event_name: 'PostToolUseFailure', session_id: 'night', tool_name: `mcp__${connector}__echo`, tool_input: {}, error,
  }));
  await once(child, 'close');
  skipped[connector] += 1;
  if (skipped[connector] === 1) console.log(`SKIPPED ${connector}`);
}
