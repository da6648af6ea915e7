// SPDX-License-Identifier: Apache-2.0
// A gate in front of an MCP server: every request needs a bearer token that the authorization server calls active and
// that was issued for this very resource, asked anew each time, so that a revoked token is refused at once. Publishes
// RFC 9728 metadata and answers RFC 6750 challenges. What passes is streamed.
//
// Admin: GET /counts             what passed and what was refused, by reason
//        POST /refuse {together} refuses every token that has passed so far, and lets no refusal go before so many
//                                requests have come
//        POST /patience {seconds}  refuses tokens older than this, whatever was promised at issue; 0 is no limit

import { createHash } from 'node:crypto';
import http from 'node:http';
import { pipeline } from 'node:stream';
import { admin, args, listen, ready, text } from './ready.mjs';

const settings = args({ port: 0, issuer: '', upstream: '', scope: 'mcp:use' });
const METADATA = '/.well-known/oauth-protected-resource';
const toServer = new http.Agent({ keepAlive: true });
const toUpstream = new http.Agent({ keepAlive: true });

const counts = { passed: 0, missing: 0, inactive: 0, foreign: 0, tooOld: 0, heldBack: 0 };
const seen = new Set();
const refused = new Set();
let patience = 0;
let together = 0;
const waiting = [];

const server = http.createServer(handle);
const port = await listen(server, settings.port);
const origin = `http://127.0.0.1:${port}`;
const resource = `${origin}${new URL(settings.upstream).pathname}`;
const discovered = await json(`${settings.issuer}/.well-known/oauth-authorization-server`);
const client = await json(discovered.registration_endpoint, {
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ redirect_uris: [], response_types: [], grant_types: [], client_name: 'gate' }),
});

async function handle(request, response) {
  try {
    if (request.url === METADATA || request.url === METADATA + new URL(resource).pathname) {
      answer(response, 200, {
        resource, authorization_servers: [settings.issuer], scopes_supported: [settings.scope], bearer_methods_supported: ['header'],
      });
      return;
    }
    const reason = await faultOf(request.headers.authorization);
    counts[reason ?? 'passed'] += 1;
    if (reason === undefined) pass(request, response);
    else if (reason === 'heldBack' && together > 0) refuseTogether(response);
    else refuse(response, reason);
  } catch (error) {
    console.log(error);
    if (!response.headersSent) answer(response, 502, { error: 'bad_gateway' });
  }
}

/** Why this request may not pass; undefined when it may. */
async function faultOf(authorization) {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return 'missing';
  const found = await introspect(token);
  if (!found.active) return 'inactive';
  if (found.aud !== resource) return 'foreign';
  if (patience > 0 && Date.now() / 1000 - found.iat > patience) return 'tooOld';
  const mark = createHash('sha256').update(token).digest('hex');
  if (refused.has(mark)) return 'heldBack';
  seen.add(mark);
  return undefined;
}

function introspect(token) {
  const credentials = [client.client_id, client.client_secret].map(encodeURIComponent).join(':');
  return json(discovered.introspection_endpoint, {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    },
    body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
  });
}

function json(url, { headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const options = { method: body === undefined ? 'GET' : 'POST', agent: toServer, headers: { accept: 'application/json', ...headers } };
    const request = http.request(url, options, async (response) => {
      try {
        const found = JSON.parse(await text(response));
        if (response.statusCode < 300) resolve(found);
        else reject(new Error(`${url}: ${response.statusCode} ${found.error}`));
      } catch (error) {
        reject(error);
      }
    });
    request.on('error', reject).end(body);
  });
}

function refuseTogether(response) {
  waiting.push(response);
  if (waiting.length < together) return;
  together = 0;
  waiting.splice(0).forEach((each) => refuse(each, 'heldBack'));
}

function refuse(response, reason) {
  const challenge = [`resource_metadata="${origin}${METADATA}${new URL(resource).pathname}"`, `scope="${settings.scope}"`];
  // RFC 6750, 3.1: a request without a token is told nothing but what is needed.
  if (reason !== 'missing') challenge.unshift('error="invalid_token"', 'error_description="The access token is not valid here"');
  response.setHeader('WWW-Authenticate', `Bearer ${challenge.join(', ')}`);
  answer(response, 401, { error: reason === 'missing' ? 'unauthorized' : 'invalid_token' });
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function pass(request, response) {
  const { authorization, host, connection, ...headers } = request.headers;
  const options = { method: request.method, headers, agent: toUpstream };
  const onward = http.request(new URL(request.url, settings.upstream), options, (found) => {
    const { connection: hop, 'keep-alive': idle, ...kept } = found.headers;
    response.writeHead(found.statusCode, kept);
    response.flushHeaders();
    pipeline(found, response, () => {});
  });
  onward.on('error', () => (response.headersSent ? response.destroy() : answer(response, 502, { error: 'bad_gateway' })));
  response.on('close', () => response.writableFinished || onward.destroy());
  pipeline(request, onward, () => {});
}

const adminPort = await admin({
  'GET /counts': () => counts,
  'POST /refuse': (wanted) => {
    together = wanted.together;
    seen.forEach((mark) => refused.add(mark));
  },
  'POST /patience': ({ seconds }) => { patience = seconds; },
});
ready({ resource, admin: `http://127.0.0.1:${adminPort}` });
