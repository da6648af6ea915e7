// SPDX-License-Identifier: Apache-2.0
// What the parts have in common: arguments, a loopback listener, one READY line, an admin channel, and an end.

import http from 'node:http';
import net from 'node:net';

/** `--name value` pairs, over the given defaults. Numbers stay numbers. */
export function args(defaults) {
  const found = { ...defaults };
  for (let i = 2; i < process.argv.length; i += 2) {
    const name = process.argv[i].replace(/^--/, '');
    if (!(name in found) || process.argv[i + 1] === undefined) {
      throw new Error(`unknown or incomplete argument ${process.argv[i]}; known: ${Object.keys(defaults).join(', ')}`);
    }
    found[name] = typeof found[name] === 'number' ? Number(process.argv[i + 1]) : process.argv[i + 1];
  }
  return found;
}

/** Listens on the loopback interface only; 0 is a free port. Gives the port. */
export function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server.address().port));
  });
}

/**
 * Makes a program that is about to be loaded listen on the loopback interface and on a free port, and tell the URL of its
 * endpoint, at this path. By itself such a program listens on all interfaces, and with PORT=0 nobody learns which port it got.
 */
export function tameListening(path = '/mcp') {
  const listenAnywhere = net.Server.prototype.listen;
  net.Server.prototype.listen = function listenHere(port, ...rest) {
    this.once('listening', () => ready({ url: `http://127.0.0.1:${this.address().port}${path}` }));
    return listenAnywhere.call(this, { port: Number(port), host: '127.0.0.1' }, ...rest);
  };
  process.env.PORT = '0';
}

/**
 * The admin channel that tests use: `METHOD /path` to a function from the JSON body to a JSON answer.
 * It is a listener of its own, so that nothing on it can be reached through the part itself.
 */
export async function admin(routes) {
  const server = http.createServer(async (request, response) => {
    const route = routes[`${request.method} ${request.url}`];
    try {
      const body = await text(request);
      const answer = route ? await route(body === '' ? {} : JSON.parse(body)) : undefined;
      response.writeHead(route ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? {}));
    } catch (error) {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: String(error) }));
    }
  });
  return listen(server, 0);
}

export async function text(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** Tells whoever started us where we are, and ends with them: their end of our standard input closes even in a crash. */
export function ready(facts) {
  process.stdin.on('end', () => process.exit(0)).resume();
  console.log(`READY ${JSON.stringify(facts)}`);
}
