// An independent OpenID Connect provider for the tests of staff sign-in: npm oidc-provider with HSA claims.
//
// Reads one line of JSON from standard input:
//   clients:    [{client_id, client_secret, redirect_uris}]
//   authMethod: "client_secret_basic" or "client_secret_post", for all clients
//   accounts:   {login: {acr, claims: {...}}}
// Prints {"issuer": ...} when it listens on a free loopback port, and ends when standard input closes.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

// Not `for await`: leaving that loop would close standard input, whose end is our sign to go.
function readFirstLine() {
  return new Promise((resolve) => {
    let text = '';
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', (part) => {
      text += part;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    process.stdin.on('end', () => process.exit(0));
  });
}

function makeKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: 'first', use: 'sig', alg: 'RS256' };
}

const input = JSON.parse(await readFirstLine());
const server = createServer();
await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: input.clients.map((client) => ({
    ...client,
    token_endpoint_auth_method: input.authMethod,
    grant_types: ['authorization_code'],
    response_types: ['code'],
  })),
  clientAuthMethods: [input.authMethod],
  acrValues: [...new Set(Object.values(input.accounts).map((account) => account.acr))],
  scopes: ['openid'],
  claims: {
    openid: ['sub'],
    hsa: ['employeeHsaId', 'allEmployeeHsaIds'],
    profile: ['given_name', 'family_name', 'name'],
  },
  conformIdTokenClaims: false,
  cookies: { keys: ['only for the tests'] },
  features: { claimsParameter: { enabled: true }, devInteractions: { enabled: true } },
  findAccount: (_ctx, login) => (login in input.accounts
    ? { accountId: login, claims: () => ({ sub: `transient-${login}`, ...input.accounts[login].claims }) }
    : undefined),
  jwks: { keys: [makeKey()] },
  pkce: { required: () => true },
});

// The development forms ask for a name only; the level of assurance is a property of the account's card.
const { loginAccount } = provider.Session.prototype;
provider.Session.prototype.loginAccount = function withLevel(details) {
  return loginAccount.call(this, { ...details, acr: input.accounts[details.accountId]?.acr });
};

server.on('request', provider.callback());
process.stdout.write(`${JSON.stringify({ issuer })}\n`);
