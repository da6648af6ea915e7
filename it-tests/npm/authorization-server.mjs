// SPDX-License-Identifier: Apache-2.0
// A certified authorization server (npm oidc-provider) as the tests need it: opaque access tokens, refresh tokens that
// rotate and whose reuse ends the whole grant, open registration of native clients, PKCE, resource indicators,
// introspection, revocation, and lifetimes that can be changed while it runs.
//
// Admin: GET /state              what became of every refresh token
//        POST /resources {url}   a resource that tokens may be asked for
//        POST /lifetimes {access, refresh}   seconds, for tokens issued from now on
//        POST /revoke            ends every grant, as a person would on the server's account page

import http from 'node:http';
import Provider, { errors } from 'oidc-provider';
import { admin, args, listen, ready } from './ready.mjs';

const settings = args({ port: 0, access: 60, refresh: 86400, scope: 'mcp:use' });
const lifetimes = { access: settings.access, refresh: settings.refresh };
const resources = new Set();

/** Every refresh token ever issued, by its id, in the order of issue. Nothing of it is ever shown but the numbers. */
const tokens = new Map();
const grants = new Map();
let unknownRefreshTokens = 0;

const server = http.createServer();
const port = await listen(server, settings.port);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  cookies: { keys: ['only-for-tests'] },
  scopes: ['openid', 'offline_access'],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  pkce: { required: () => true },
  clientDefaults: { grant_types: ['authorization_code', 'refresh_token'] },
  rotateRefreshToken: true,
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  expiresWithSession: () => false,
  ttl: {
    AccessToken: () => lifetimes.access,
    RefreshToken: () => lifetimes.refresh,
    AuthorizationCode: 60,
    Grant: 86400,
    IdToken: 60,
    Interaction: 600,
    Session: 86400,
  },
  features: {
    devInteractions: { enabled: true },
    registration: { enabled: true },
    revocation: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => {
        if (!resources.has(resource)) throw new errors.InvalidTarget();
        return {
          scope: settings.scope,
          audience: resource,
          accessTokenTTL: lifetimes.access,
          accessTokenFormat: 'opaque', // a JWT would hide a revocation
        };
      },
    },
  },
});

provider.on('grant.saved', (grant) => grants.has(grant.jti) || grants.set(grant.jti, { number: grants.size, ended: false }));
provider.on('grant.revoked', (_, id) => { grants.get(id).ended = true; });
provider.on('refresh_token.saved', (token) =>
  tokens.set(token.jti, {
    grant: grants.get(token.grantId).number,
    generation: token.rotations ?? 0,
    redeemed: 0,
    reused: 0,
  }));
provider.on('refresh_token.consumed', (token) => { tokens.get(token.jti).redeemed += 1; });
provider.on('grant.error', (ctx, error) => {
  if (ctx.oidc?.params?.grant_type !== 'refresh_token') return;
  const token = tokens.get(ctx.oidc.params.refresh_token);
  if (token === undefined) unknownRefreshTokens += 1;
  else if (token.redeemed > 0) token.reused += 1;
  console.log(`refresh refused: ${error.error_detail ?? error.message}`);
});
provider.on('server_error', (_, error) => console.log(error));
server.on('request', provider.callback());

async function revokeEverything() {
  const standing = [...grants].filter(([, grant]) => !grant.ended);
  for (const [id, grant] of standing) {
    const models = [provider.AccessToken, provider.RefreshToken, provider.AuthorizationCode];
    await Promise.all(models.map((model) => model.revokeByGrantId(id)));
    await (await provider.Grant.find(id))?.destroy();
    grant.ended = true;
  }
  return { revoked: standing.length };
}

const adminPort = await admin({
  'GET /state': () => ({
    grants: [...grants.values()],
    refreshTokens: [...tokens.values()],
    unknownRefreshTokens,
    lifetimes,
  }),
  'POST /resources': ({ url }) => ({ resources: [...resources.add(url)] }),
  'POST /lifetimes': (wanted) => Object.assign(lifetimes, wanted),
  'POST /revoke': revokeEverything,
});
ready({ issuer, admin: `http://127.0.0.1:${adminPort}` });
