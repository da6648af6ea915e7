// SPDX-License-Identifier: Apache-2.0
// Runs the published everything server, unchanged, on the loopback interface and on a free port. By itself it listens on
// all interfaces, and with PORT=0 nobody learns which port it got.

import net from 'node:net';
import { ready } from './ready.mjs';

const listenAnywhere = net.Server.prototype.listen;
net.Server.prototype.listen = function listen(port, ...rest) {
  this.once('listening', () => ready({ url: `http://127.0.0.1:${this.address().port}/mcp` }));
  return listenAnywhere.call(this, { port: Number(port), host: '127.0.0.1' }, ...rest);
};
process.env.PORT = '0';
process.argv[2] = 'streamableHttp';
await import('@modelcontextprotocol/server-everything/dist/index.js');
