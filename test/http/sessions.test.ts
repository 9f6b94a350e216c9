import { afterEach, describe, expect, it } from 'vitest';
import type { CsrfProfile, HttpProfile, SessionLogin } from '../../src/connector/http/types.ts';
import { waitFor } from '../support/wait.ts';
import { openHttp, openSessions } from './open-http.ts';
import { http, type RawRequest, type RawServer, startRawServer } from './raw-server.ts';

const open: RawServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const loginByCookie: SessionLogin = {
  kind: 'session',
  async open(plain) {
    await plain.send({ method: 'POST', path: 'login', json: { user: 'clerk', password: 'pw' }, effect: 'read' });
    return { headers: {} };
  },
};

const CSRF: CsrfProfile = {
  path: 'service',
  header: 'X-CSRF-Token',
  fetchValue: 'Fetch',
  refused: ({ status, headers }) => status === 403 && headers['x-csrf-token'] === 'Required',
};

interface Options {
  /** Reads are judged when they come and answered when the test says. */
  readonly holdsReads?: boolean;
  readonly wantsToken?: boolean;
}

/** Knows one session at a time, by cookie; a token belongs to the session it was fetched in. */
async function setup(profile: Partial<HttpProfile>, { holdsReads = false, wantsToken = true }: Options = {}) {
  const state = { logins: 0, tokens: 0, written: 0, session: '', token: '', tokenStatus: 200 };
  const held: Array<() => void> = [];
  const answer = ({ text, socket }: RawRequest): void => {
    const [, method, path] = /^(\w+) (\S+)/.exec(text) ?? [];
    const isKnown = (/session=([^;\s]*)/.exec(text)?.[1] ?? '') === state.session;
    const say = (status: number, headers: Record<string, string> = {}) => socket.write(http(status, '{}', headers));
    const begin = (session: string): string => {
      state.session = session;
      return `session=${session}; Path=/; HttpOnly`;
    };
    if (path === '/login') {
      state.logins += 1;
      say(200, { 'set-cookie': begin(`login-${state.logins}`) });
    } else if (path === '/service') {
      if (!isKnown && profile.login) return void say(401);
      if (state.tokenStatus !== 200) return void say(state.tokenStatus);
      state.tokens += 1;
      state.token = `token-${state.tokens}`;
      const cookie: Record<string, string> = isKnown && state.session !== '' ? {} : { 'set-cookie': begin(`service-${state.tokens}`) };
      say(200, wantsToken ? { ...cookie, 'x-csrf-token': state.token } : cookie);
    } else if (method === 'POST') {
      const isGood = isKnown && (!wantsToken || text.toLowerCase().includes(`x-csrf-token: ${state.token}\r`));
      if (!isGood) return void say(403, { 'x-csrf-token': 'Required' });
      state.written += 1;
      say(201);
    } else if (holdsReads) held.push(() => say(isKnown ? 200 : 401));
    else say(isKnown ? 200 : 401);
  };
  const server = await startRawServer(answer);
  open.push(server);
  return { ...server, ...openHttp(server.url, { profile: { cookies: true, ...profile } }), state, held };
}

const READ = { path: 'rows' };
const WRITE = { method: 'POST', path: 'orders', json: {} } as const;

describe('a session by cookie', () => {
  it('is opened once for all that wait, and again when it is over', async () => {
    const { send, state } = await setup({ login: loginByCookie });
    await Promise.all([send(READ), send(READ), send(READ)]);
    expect(state.logins).toBe(1);
    state.session = 'another';
    await send(READ);
    expect(state.logins).toBe(2);
  });

  it('that one request has renewed is not thrown away by another whose refusal comes later', async () => {
    const { send, state, held } = await setup({ login: loginByCookie }, { holdsReads: true });
    const first = send(READ);
    await waitFor(() => held.length === 1);
    held.pop()?.();
    await first;
    state.session = 'another';
    const both = Promise.all([send(READ), send(READ)]);
    await waitFor(() => held.length === 2);
    const late = held.pop();
    held.pop()?.();
    await waitFor(() => state.logins === 2 && held.length === 1);
    late?.();
    await waitFor(() => held.length === 2);
    for (const reply of held) reply();
    await both;
    expect(state.logins).toBe(2);
  });

  it('does not take cookies for other systems', async () => {
    const server = await startRawServer(({ socket }) => socket.write(http(200, '{}', { 'set-cookie': 'tracking=1; Domain=example.com' })));
    open.push(server);
    const { send } = openHttp(server.url, { profile: { cookies: true } });
    await send(READ);
    await send(READ);
    expect(server.requests[1]).not.toMatch(/cookie/i);
  });
});

it('waits for a login no longer than its signal, and does not stop it for others', async () => {
  const held: Array<() => void> = [];
  const server = await startRawServer(({ text, socket }) => {
    const say = () => socket.write(http(200, '{}', { 'set-cookie': 'session=1' }));
    if (text.startsWith('POST /login')) held.push(say);
    else say();
  });
  open.push(server);
  const stop = new AbortController();
  const [stopped, other] = openSessions(server.url, { profile: { cookies: true, login: loginByCookie } }, [
    stop.signal,
    new AbortController().signal,
  ]);
  const outcomes = [stopped?.send(READ).catch((error: unknown) => error), other?.send(READ)];
  await waitFor(() => held.length === 1);
  stop.abort();
  expect(await outcomes[0]).toMatchObject({ code: 'SHUTTING_DOWN' });
  held[0]?.();
  expect(await outcomes[1]).toMatchObject({ status: 200 });
  expect(held).toHaveLength(1);
});

describe('a CSRF token', () => {
  it('is fetched once, for writes only', async () => {
    const { send, state } = await setup({ csrf: CSRF });
    await send(READ);
    await Promise.all([send(WRITE), send(WRITE)]);
    expect(state).toMatchObject({ tokens: 1, written: 2 });
  });

  it('goes with every method but GET where it must, and is had from the place that belongs to the path', async () => {
    const csrf: CsrfProfile = { ...CSRF, everyMethod: true, path: (path) => path.replace(/rows.*/, 'service') };
    const { send, state, requests } = await setup({ csrf });
    await send({ ...WRITE, path: 'rows/$batch', effect: 'read' });
    await send(READ);
    expect(state).toMatchObject({ tokens: 1, written: 1 });
    expect(requests.map((text) => text.split(' ')[0])).toEqual(['GET', 'POST', 'GET']);
  });

  it('that is over is fetched anew with a new session, and the write is carried out once', async () => {
    const { send, state, requests } = await setup({ csrf: CSRF });
    await send(WRITE);
    state.session = 'another';
    await send(WRITE);
    expect(state).toMatchObject({ tokens: 2, written: 2 });
    expect(requests.filter((text) => text.startsWith('POST'))).toHaveLength(3);
  });

  it('leaves the login alone where the cookie is the login', async () => {
    const { send, state } = await setup({ csrf: CSRF, login: loginByCookie });
    await send(WRITE);
    state.token = 'another';
    await send(WRITE);
    expect(state).toMatchObject({ logins: 1, tokens: 2, written: 2 });
  });

  it('that something in between answered instead of is had later: no right is missing', async () => {
    const server = await startRawServer(({ text, socket }) =>
      socket.write(text.startsWith('POST') ? http(403, '{}', { 'x-csrf-token': 'Required' }) : http(200, '<html>Log in</html>')),
    );
    open.push(server);
    const { send } = openHttp(server.url, { profile: { csrf: CSRF } });
    await expect(send(WRITE)).rejects.toMatchObject({ name: 'RetryLaterError', code: 'ERP_ANSWER_UNUSABLE' });
  });

  it('that is never accepted ends in a refusal, not in a circle', async () => {
    const server = await startRawServer(({ text, socket }) =>
      socket.write(text.startsWith('POST') ? http(403, '{}', { 'x-csrf-token': 'Required' }) : http(200, '{}', { 'x-csrf-token': 'odd' })),
    );
    open.push(server);
    const { send } = openHttp(server.url, { profile: { csrf: CSRF } });
    await expect(send(WRITE)).rejects.toMatchObject({ code: 'ERP_PERMISSION_MISSING' });
    expect(server.requests.filter((text) => text.startsWith('POST'))).toHaveLength(2);
  });

  it('that is never accepted lets a read begin anew, a few times', async () => {
    const server = await startRawServer(({ text, socket }) =>
      socket.write(text.startsWith('POST') ? http(403, '{}', { 'x-csrf-token': 'Required' }) : http(200, '{}', { 'x-csrf-token': 'odd' })),
    );
    open.push(server);
    const { send } = openHttp(server.url, { profile: { csrf: { ...CSRF, everyMethod: true } } });
    await expect(send({ ...WRITE, effect: 'read' })).rejects.toMatchObject({ name: 'RetryLaterError', code: 'ERP_ANSWER_UNUSABLE' });
    expect(server.requests.filter((text) => text.startsWith('POST'))).toHaveLength(6);
  });

  it('is not asked of systems behind a gateway that gives none', async () => {
    const { send, state } = await setup({ csrf: CSRF }, { wantsToken: false });
    await send(WRITE);
    expect(state.written).toBe(1);
  });

  it.each([
    [503, 'ERP_UNREACHABLE'],
    [403, 'ERP_PERMISSION_MISSING'],
  ])('that cannot be had (%i) stops the write, of which is known that it was not sent', async (status, code) => {
    const { send, state, requests } = await setup({ csrf: CSRF });
    state.tokenStatus = status;
    await expect(send(WRITE)).rejects.toMatchObject({ code });
    expect(requests.some((text) => text.startsWith('POST'))).toBe(false);
  });
});
