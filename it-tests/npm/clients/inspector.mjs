// SPDX-License-Identifier: Apache-2.0
// The Inspector's `--cli`: each command is a process and a connection of its own. The argument is its `--protocol-era`.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { text } from '../ready.mjs';
import { answer, headers, serve } from './program.mjs';

const PROGRAM = fileURLToPath(new URL('../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url));
const targets = new Map();

await serve({
  connect: ({ as, url, key }) => void targets.set(as, { url, key }),
  async list({ as }) {
    const { result: { tools } } = await run(as, '--method', 'tools/list');
    return { tools: tools.map((tool) => tool.name) };
  },
  async call({ as, tool, arguments: given }) {
    const { result, exit } = await run(as, '--method', 'tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(given));
    return { ...answer(result), exit };
  },
  heard: () => ({}),
  close: ({ as }) => void targets.delete(as),
});

async function run(as, ...method) {
  const { url, key } = targets.get(as);
  const head = Object.entries(headers(key)).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const options = ['--protocol-era', process.argv[2] ?? 'legacy', '--format', 'json', '--stored-auth-only'];
  const child = spawn(process.execPath, [PROGRAM, '--cli', url, '--transport', 'http', ...head, ...method, ...options]);
  const [out, err, exit] = await Promise.all([
    text(child.stdout), text(child.stderr), new Promise((ended) => { child.on('close', ended); })]);
  if (out.trim() === '') throw `exit code ${exit}: ${err.trim()}`;
  return { result: JSON.parse(out).result ?? JSON.parse(out), exit };
}
