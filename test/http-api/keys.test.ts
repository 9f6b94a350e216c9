import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { kontorHere } from '../cli/run-here.ts';
import { makeFolder } from '../cli/run-kontor.ts';
import { ask, setupHttp } from './http-setup.ts';

const HOUR_MS = 3_600_000;

describe('an API key', () => {
  it('opens what its scopes name, and 403 names the scope that lacks', async () => {
    const { key, ask } = await setupHttp();
    const reader = await key('reader', ['runs:read']);
    expect(await ask('GET', '/v1/runs', { key: reader })).toMatchObject({ status: 200, body: { runs: [], next: null } });
    const refused = await ask('POST', '/v1/resync', { key: reader, body: { connection: 'erp', reason: 'a test' } });
    expect(refused).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 'NOT_ALLOWED',
          message: expect.stringContaining('lacks the scope resync:write'),
          details: { scope: 'resync:write' },
        },
      },
    });
  });

  it.each([
    ['is missing', undefined],
    ['is unknown', `kontor_${'A'.repeat(43)}`],
    ['is of another form', 'secret'],
    ['is no header a key could be in', "kontor_' or 1=1 --"],
  ])('is refused with 401 when it %s', async (_title, secret) => {
    const { ask } = await setupHttp();
    const answer = await ask('GET', '/v1/runs', { key: secret });
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'KEY_REFUSED' } } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="kontor"');
  });

  it('is refused before its body is looked at', async () => {
    const { ask } = await setupHttp();
    expect(await ask('POST', '/v1/resync', { body: '{"broken' })).toMatchObject({ status: 401 });
  });

  it('is refused from the instant on at which it expires', async () => {
    const { key, ask, clock } = await setupHttp();
    const secret = await key('brief', ['runs:read'], { expiresAt: new Date(clock.now.getTime() + 1_000) });
    expect(await ask('GET', '/v1/runs', { key: secret })).toMatchObject({ status: 200 });
    clock.now = new Date(clock.now.getTime() + 1_000);
    expect(await ask('GET', '/v1/runs', { key: secret })).toMatchObject({ status: 401, body: { error: { code: 'KEY_REFUSED' } } });
  });

  it('is kept as its digest alone', async () => {
    const { key, rows } = await setupHttp();
    const secret = await key('shop');
    const [row] = await rows<{ all: string; digest: string }>('select k::text as all, digest from api_keys k');
    expect(secret).toMatch(/^kontor_[\w-]{43}$/);
    expect(row?.all).not.toContain(secret.slice(7));
    expect(row?.digest).toBe(createHash('sha256').update(secret).digest('hex'));
  });

  it('notes the hour of its last use, and writes once an hour', async () => {
    const { key, ask, rows, clock } = await setupHttp();
    const secret = await key('shop');
    const use = async () => {
      await ask('GET', '/v1/runs', { key: secret });
      const [row] = await rows<{ last_used_at: Date; xmin: string }>('select last_used_at, xmin::text from api_keys');
      return { at: row?.last_used_at.toISOString(), version: row?.xmin };
    };
    const first = await use();
    clock.now = new Date(clock.now.getTime() + HOUR_MS - 1);
    const again = await use();
    clock.now = new Date(clock.now.getTime() + 1);
    const later = await use();
    expect(first.at).toBe('2026-11-23T09:00:00.000Z');
    expect(again).toEqual(first);
    expect(later.at).toBe('2026-11-23T10:00:00.000Z');
  });
});

describe('kontor keys', () => {
  it('prints a key once, lists it without it, and refuses it from its revocation on', async () => {
    const { url, server } = await setupHttp();
    const place = { cwd: await makeFolder(), env: { DATABASE_URL: url } };
    const made = await kontorHere(['keys', 'create', 'shop', '--scopes', 'runs:read,orders:read', '--expires', '2099-01-01'], place);
    const secret = made.stdout.trim();
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^kontor_[\w-]{43}\n$/) });
    expect(await ask(`${server.url}/v1/runs`, 'GET', { key: secret })).toMatchObject({ status: 200 });

    const listed = await kontorHere(['keys', '--json'], place);
    expect(JSON.parse(listed.stdout).keys).toMatchObject([
      { name: 'shop', origin: 'shop', state: 'valid', scopes: ['runs:read', 'orders:read'], expiresAt: '2099-01-01T00:00:00.000Z' },
    ]);
    expect(listed.stdout).not.toContain(secret.slice(7));

    expect(await kontorHere(['keys', 'revoke', 'shop'], place)).toMatchObject({ code: 0, stdout: 'revoked  shop\n' });
    expect(await ask(`${server.url}/v1/runs`, 'GET', { key: secret })).toMatchObject({
      status: 401,
      body: { error: { message: expect.stringContaining('was revoked') } },
    });
    expect(await kontorHere(['keys', 'revoke', 'shop'], place)).toMatchObject({ code: 0, stdout: 'shop was revoked already\n' });
    expect(await kontorHere(['keys', 'create', 'shop', '--scopes', 'runs:read'], place)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is a key "shop" already'),
    });
  });

  it.each([
    ['a scope that is none', ['keys', 'create', 'shop', '--scopes', 'order:read'], /"order:read" is no scope; did you mean "orders:read"/],
    ['no scope', ['keys', 'create', 'shop'], /required option '--scopes/],
    ['a name that says where other orders come from', ['keys', 'create', 'cli', '--scopes', 'runs:read'], /carry it as their origin/],
    ['a day that is none', ['keys', 'create', 'shop', '--scopes', 'runs:read', '--expires', '2026-02-30'], /day of the calendar/],
  ])('does not make one for what it does not understand: %s', async (_title, args, words) => {
    const { code, stderr } = await kontorHere(args, { cwd: await makeFolder() });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) });
  });
});
