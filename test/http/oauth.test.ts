import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import type { Border } from '../../src/connector/http/border.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import type { Http, OAuth2Login } from '../../src/connector/http/types.ts';
import { waitFor } from '../support/wait.ts';
import { openHttp } from './open-http.ts';
import { CLIENT, FIRST_REFRESH_TOKEN, startTokenServer, type TokenServer } from './token-server.ts';

const open: TokenServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const REFRESH = { kind: 'refresh_token', refreshToken: FIRST_REFRESH_TOKEN } as const;

async function setup(
  grant: OAuth2Login['grant'],
  { expiresIn, ...more }: Partial<OAuth2Login> & { expiresIn?: number } = {},
): Promise<TokenServer & { http(options?: { border?: Border; now?: () => Date }): Http }> {
  const server = await startTokenServer(expiresIn === undefined ? {} : { expiresIn });
  open.push(server);
  const login: OAuth2Login = {
    kind: 'oauth2',
    tokenUrl: `${server.url}/token`,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    grant,
    ...more,
  };
  return { ...server, http: (options = {}) => openHttp(server.url, { ...options, profile: { login } }) };
}

const read = { path: 'data' };

describe('client credentials', () => {
  it('asks for one token however many requests wait for it, and keeps it', async () => {
    const { http, asked, used } = await setup({ kind: 'client_credentials' }, { scope: 'all' });
    const line = http();
    await Promise.all([line.send(read), line.send(read), line.send(read)]);
    await line.send(read);
    expect(asked.map(({ form }) => Object.fromEntries(form))).toEqual([
      { grant_type: 'client_credentials', scope: 'all', client_id: CLIENT.id, client_secret: CLIENT.secret },
    ]);
    expect(used).toEqual(['access-1', 'access-1', 'access-1', 'access-1']);
  });

  it('shows its secret in the header where the server wants it there', async () => {
    const { http, asked } = await setup({ kind: 'client_credentials' }, { clientAuth: 'basic', extra: { resource: 'erp' } });
    await http().send(read);
    expect(asked[0]?.authorization).toMatch(/^Basic /);
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({ grant_type: 'client_credentials', resource: 'erp' });
  });

  it('renews a token before its end, and a refused one at once', async () => {
    let at = new Date('2026-03-02T08:00:00Z');
    const { http, used, endTokens } = await setup({ kind: 'client_credentials' }, { expiresIn: 3600 });
    const line = http({ now: () => at });
    await line.send(read);
    at = new Date('2026-03-02T08:59:29Z');
    await line.send(read);
    at = new Date('2026-03-02T08:59:31Z');
    await line.send(read);
    endTokens();
    await line.send(read);
    expect(used).toEqual(['access-1', 'access-1', 'access-2', 'access-2', 'access-3']);
  });

  it('uses a token that lives shorter than our caution', async () => {
    const { http, asked } = await setup({ kind: 'client_credentials' }, { expiresIn: 10 });
    const line = http({ now: () => new Date('2026-03-02T08:00:00Z') });
    await line.send(read);
    await line.send(read);
    expect(asked).toHaveLength(1);
  });

  it('says once what to renew when new tokens are refused too', async () => {
    const { http, asked } = await setup({ kind: 'client_credentials' });
    const line = http();
    await line.send(read);
    open[0]?.endTokens();
    open[0]?.answerNext(200, { access_token: 'useless-token', token_type: 'bearer' });
    await expect(line.send(read)).rejects.toMatchObject({ code: 'ERP_LOGIN_REFUSED' });
    expect(asked).toHaveLength(2);
  });
});

describe('a token endpoint that says no', () => {
  it.each([
    [401, { error: 'invalid_client', error_description: 'Bad secret' }, 'ERP_LOGIN_REFUSED', /client secret/],
    [400, { error: 'invalid_scope' }, 'ERP_LOGIN_REFUSED', /scope/],
    [400, { error: 'invalid_grant' }, 'ERP_LOGIN_REFUSED', /invalid_grant/],
    [429, 'slow down', 'ERP_RATE_LIMITED', /fewer/],
    [503, '<html>', 'ERP_UNREACHABLE', /503/],
    [200, '<html>log in</html>', 'ERP_ANSWER_UNUSABLE', /cannot be understood/],
    [404, '<html>', 'ERP_NOT_FOUND', /correct its address/],
    [302, '', 'ERP_NOT_FOUND', /correct its address/],
  ])('%i %j is %s', async (status, body, code, message) => {
    const { http, answerNext } = await setup({ kind: 'client_credentials' });
    const headers = {
      'content-type': typeof body === 'string' ? 'text/html' : 'application/json',
      'retry-after': '99',
      'www-authenticate': 'Basic realm="x"',
    };
    for (let turn = 0; turn < 3; turn += 1) answerNext(status, body, headers);
    const error = await http()
      .send(read)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(String(error)).not.toContain(CLIENT.secret);
  });

  it('is never shown a secret without TLS, except on this machine', async () => {
    const { http } = await setup({ kind: 'client_credentials' }, { tokenUrl: 'http://login.example.com/token' });
    await expect(http().send(read)).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('https://') });
  });
});

describe('a refresh token', () => {
  it('is rotated by one of many workers, and the others use what it stored', async () => {
    const { http, asked, used } = await setup(REFRESH);
    const border = memoryBorder();
    const workers = [http({ border }), http({ border }), http({ border })];
    await Promise.all(workers.map((worker) => worker.send(read)));
    expect(asked).toHaveLength(1);
    expect(new Set(used)).toEqual(new Set(['access-1']));
  });

  it('is renewed once when all workers see the same token refused', async () => {
    const { http, asked, endTokens } = await setup(REFRESH);
    const border = memoryBorder();
    const workers = [http({ border }), http({ border }), http({ border })];
    await Promise.all(workers.map((worker) => worker.send(read)));
    endTokens();
    await Promise.all(workers.map((worker) => worker.send(read)));
    expect(asked.map(({ form }) => form.get('refresh_token'))).toEqual([FIRST_REFRESH_TOKEN, 'refresh-1']);
  });

  it('survives a restart: the stored one is used, not the configured one', async () => {
    const { http, asked, endTokens } = await setup(REFRESH);
    const border = memoryBorder();
    await http({ border }).send(read);
    await http({ border }).send(read);
    endTokens();
    await http({ border }).send(read);
    expect(asked.map(({ form }) => form.get('refresh_token'))).toEqual([FIRST_REFRESH_TOKEN, 'refresh-1']);
  });

  it('that was refused because another worker had rotated it gives way to what that one stored', async () => {
    const { http, asked, used } = await setup(REFRESH);
    const { vault, gates } = memoryBorder();
    // A worker that slept through its turn at the vault: it begins with nothing, and the other one stores meanwhile.
    const late: Border = {
      gates,
      vault: {
        look: vault.look,
        exchange: async (_name, _sealedWith, renew) => {
          await http({ border: { gates, vault } }).send(read);
          return renew(null);
        },
      },
    };
    let looks = 0;
    const blindFirst: Border = { ...late, vault: { ...late.vault, look: async (...of) => (looks++ === 0 ? null : vault.look(...of)) } };
    await http({ border: blindFirst }).send(read);
    expect(asked.map(({ form }) => form.get('refresh_token'))).toEqual([FIRST_REFRESH_TOKEN, FIRST_REFRESH_TOKEN]);
    expect(used).toEqual(['access-1', 'access-1']);
  });

  it('that is over for good names itself, and nobody', async () => {
    const { http, asked, revoke } = await setup(REFRESH);
    revoke();
    const error = await http()
      .send(read)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ERP_LOGIN_REFUSED', message: expect.stringMatching(/authorize Kontor there again/) });
    expect(String(error)).not.toMatch(/ann@|first-refresh/);
    expect(asked).toHaveLength(1);
  });

  it('is asked for again after the endpoint was away', async () => {
    const { http, answerNext, asked } = await setup(REFRESH);
    answerNext(503, 'away');
    await http().send(read);
    expect(asked).toHaveLength(2);
  });

  it('waits with all requests while it is being exchanged', async () => {
    const { http, asked, used, hold } = await setup(REFRESH);
    const release = hold();
    const border = memoryBorder();
    const sent = [http({ border }).send(read), http({ border }).send(read)];
    await waitFor(() => asked.length === 1);
    expect(used).toEqual([]);
    release();
    await Promise.all(sent);
    expect(asked).toHaveLength(1);
  });
});

describe('a signed assertion', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  it('is signed by the key, for the subject, to the audience, for minutes', async () => {
    const grant = { kind: 'jwt_bearer', privateKey: pem, subject: 'erp-user', audience: 'https://login.example.com' } as const;
    const { http, asked, used } = await setup(grant);
    await http().send(read);
    const assertion = asked[0]?.form.get('assertion') ?? '';
    await jwtVerify(assertion, publicKey);
    expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: 'RS256' });
    const { iat = 0, exp = 0, ...claims } = decodeJwt(assertion);
    expect(claims).toMatchObject({ iss: CLIENT.id, sub: 'erp-user', aud: 'https://login.example.com' });
    expect(exp - iat).toBeLessThanOrEqual(300);
    expect(asked[0]?.form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    expect(used).toEqual(['access-1']);
  });

  it('says that a key is no key without repeating it', async () => {
    const { http } = await setup({ kind: 'jwt_bearer', privateKey: 'MIIEsecret', subject: 'x', audience: 'y' });
    const error = await http()
      .send(read)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('MIIE');
  });
});
