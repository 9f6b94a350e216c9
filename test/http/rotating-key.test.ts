import { afterEach, describe, expect, it } from 'vitest';
import type { Border, Vault } from '../../src/connector/http/border.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import type { Http, RotatingKeyLogin } from '../../src/connector/http/types.ts';
import { type KeyServer, startKeyServer } from './key-server.ts';
import { openHttp } from './open-http.ts';

const closers: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Setup extends KeyServer {
  /** Outlives every worker. */
  readonly vault: Vault;
  /** Of another process each time, with what differs there. */
  worker(border?: Partial<Border>, login?: Partial<RotatingKeyLogin>): Http;
  pass(days: number): void;
}

async function setup(): Promise<Setup> {
  const server = await startKeyServer();
  closers.push(server.close);
  const { vault } = memoryBorder();
  return Object.assign(server, {
    vault,
    worker: (border: Partial<Border> = {}, login: Partial<RotatingKeyLogin> = {}) =>
      openHttp(server.url, {
        border: { ...memoryBorder(), vault, renewsKeys: true, ...border },
        profile: { login: { ...server.login, ...login }, verdicts: [{ status: 404, verdict: 'empty' }] },
        now: () => server.clock.at,
      }),
    pass(days: number) {
      server.clock.at = new Date(server.clock.at.getTime() + days * 86_400_000);
    },
  });
}

const READ = { path: 'data' };
const dataOf = ({ asked }: KeyServer) => asked.filter((one) => one.includes('/data')).map((one) => one.split(' by ')[1]);
const madeOf = ({ asked }: KeyServer) => asked.filter((one) => one.startsWith('POST')).length;

describe('a key that ends', () => {
  it('is asked for its end once a day, and left alone while there is time', async () => {
    const { worker, pass, asked } = await setup();
    const http = worker();
    await Promise.all([http.send(READ), http.send(READ)]);
    pass(0.9);
    await http.send(READ);
    pass(0.2);
    await http.send(READ);
    expect(asked.map((one) => one.split(' ')[1])).toEqual(['/end', '/data', '/data', '/data', '/end', '/data']);
  });

  it('is renewed in time, and the old one ended by the new one', async () => {
    const { worker, pass, asked, keys } = await setup();
    const http = worker();
    await http.send(READ);
    pass(61);
    asked.length = 0;
    await Promise.all([http.send(READ), http.send(READ)]);
    expect(asked).toEqual([
      'GET /end by first',
      'POST /keys by first',
      'DELETE /keys/first by made-1',
      'GET /data by made-1',
      'GET /data by made-1',
    ]);
    expect([...keys.keys()]).toEqual(['made-1']);
  });

  it('is renewed again and again, by whatever process is there, for years', async () => {
    const kontor = await setup();
    for (let day = 0; day < 730; day += 5) {
      await kontor.worker().send(READ);
      kontor.pass(5);
    }
    expect(new Set(dataOf(kontor)).size).toBe(madeOf(kontor) + 1);
    // Of 90 days the 65th is the first seen with less than 30 left.
    expect(madeOf(kontor)).toBe(Math.floor(729 / 65));
    expect(kontor.keys.size).toBe(1);
  });

  it('is renewed at once where nobody tells its end, and never where it has none', async () => {
    const silent = await setup();
    await silent.worker({}, { endOf: async () => 'unknown' }).send(READ);
    const endless = await setup();
    endless.pass(85);
    await endless.worker({}, { endOf: async () => 'never' }).send(READ);
    expect([dataOf(silent), dataOf(endless)]).toEqual([['made-1'], ['first']]);
  });

  it('is used on, and tried again tomorrow, when no new one can be had', async () => {
    const kontor = await setup();
    kontor.pass(61);
    kontor.refusal = { status: 422 };
    const http = kontor.worker();
    await http.send(READ);
    await http.send(READ);
    expect([madeOf(kontor), dataOf(kontor)]).toEqual([1, ['first', 'first']]);
    kontor.refusal = null;
    kontor.pass(1);
    await http.send(READ);
    expect([madeOf(kontor), dataOf(kontor).at(-1)]).toEqual([2, 'made-1']);
  });

  it('is not renewed by a command that only looks, which uses what workers keep', async () => {
    const kontor = await setup();
    kontor.pass(61);
    const command = () => kontor.worker({ renewsKeys: false });
    await command().send(READ);
    expect(kontor.asked).toEqual(['GET /data by first']);
    await kontor.worker().send(READ);
    kontor.pass(80);
    await command().send(READ);
    expect([madeOf(kontor), dataOf(kontor).at(-1)]).toEqual([1, 'made-1']);
  });
});

describe('several workers', () => {
  it('renew once, each with a border of its own on one vault', async () => {
    const kontor = await setup();
    const workers = [kontor.worker(), kontor.worker(), kontor.worker()];
    kontor.pass(61);
    await Promise.all(workers.map((http) => http.send(READ)));
    expect(madeOf(kontor)).toBe(1);
    await Promise.all(workers.map((http) => http.send(READ)));
    expect(dataOf(kontor).slice(-3)).toEqual(['made-1', 'made-1', 'made-1']);
  });

  it('go on with the new key when theirs was ended under them, writes too', async () => {
    const kontor = await setup();
    const late = kontor.worker();
    await late.send(READ);
    kontor.pass(61);
    await kontor.worker().send(READ);
    kontor.clock.at = new Date(kontor.clock.at.getTime() - 61 * 86_400_000);
    kontor.asked.length = 0;
    await late.send({ method: 'DELETE', path: 'keys/none' });
    expect(kontor.asked).toEqual(['DELETE /keys/none by first', 'DELETE /keys/none by made-1']);
  });

  it('begin anew with a key that was configured anew', async () => {
    const kontor = await setup();
    kontor.pass(61);
    await kontor.worker().send(READ);
    kontor.keys.clear();
    kontor.keys.set('second', new Date(kontor.clock.at.getTime() + 90 * 86_400_000));
    await kontor.worker({}, { key: 'second' }).send(READ);
    expect(dataOf(kontor).at(-1)).toBe('second');
  });

  it('fall back to the configured key when the kept one was removed there', async () => {
    const kontor = await setup();
    kontor.pass(61);
    await kontor.worker({}, { retire: async () => undefined }).send(READ);
    kontor.keys.delete('made-1');
    const http = kontor.worker();
    await http.send(READ);
    await http.send(READ);
    expect(dataOf(kontor).slice(-3)).toEqual(['made-1', 'first', 'first']);
    kontor.pass(1);
    await http.send(READ);
    expect(dataOf(kontor).at(-1)).toBe('made-2');
  });

  it('are told when no key is left', async () => {
    const kontor = await setup();
    kontor.pass(91);
    const http = kontor.worker();
    await expect(http.send(READ)).rejects.toMatchObject({ code: 'ERP_LOGIN_REFUSED' });
    expect(kontor.asked).toEqual(['GET /end by first', 'GET /data by first', 'GET /data by first']);
    kontor.keys.set('first', new Date('2030-01-01'));
    await expect(http.send(READ)).resolves.toMatchObject({ status: 200 });
  });
});

class Killed extends Error {}

/** Dies in its `turn`th exchange, before or after storing. */
function mortal(vault: Vault, turn: number, when: 'before' | 'after'): Vault {
  let turns = 0;
  return {
    look: vault.look,
    async exchange(name, sealedWith, renew) {
      turns += 1;
      if (turns !== turn) return vault.exchange(name, sealedWith, renew);
      if (when === 'before') await renew(await vault.look(name, sealedWith));
      else await vault.exchange(name, sealedWith, renew);
      throw new Killed();
    },
  };
}

const dies = async (): Promise<never> => {
  throw new Killed();
};

describe('a worker that is killed', () => {
  const renewing = async (server: KeyServer, http: Http): Promise<never> => {
    await server.login.renew(http, '', server.clock.at);
    throw new Killed();
  };
  const retiring = async (server: KeyServer, http: Http, old: string): Promise<never> => {
    await server.login.retire(http, old);
    throw new Killed();
  };
  it.each<[string, (kontor: Setup) => Http, made: number, left: string[]]>([
    ['before it asks for a key', ({ worker }) => worker({}, { renew: dies }), 1, ['made-1']],
    ['after it got one', (kontor) => kontor.worker({}, { renew: (http) => renewing(kontor, http) }), 2, ['made-1', 'made-2']],
    ['before it stored it', ({ worker, vault }) => worker({ vault: mortal(vault, 1, 'before') }), 2, ['made-1', 'made-2']],
    ['after it stored it', ({ worker, vault }) => worker({ vault: mortal(vault, 1, 'after') }), 1, ['made-1']],
    ['before it ended the old one', ({ worker }) => worker({}, { retire: dies }), 1, ['made-1']],
    ['after it ended the old one', (kontor) => kontor.worker({}, { retire: (http, old) => retiring(kontor, http, old) }), 1, ['made-1']],
    ['before it noted that', ({ worker, vault }) => worker({ vault: mortal(vault, 2, 'before') }), 1, ['made-1']],
    ['after it noted that', ({ worker, vault }) => worker({ vault: mortal(vault, 2, 'after') }), 1, ['made-1']],
  ])('%s loses no access', async (_, killed, made, left) => {
    const kontor = await setup();
    kontor.pass(61);
    await expect(killed(kontor).send(READ)).rejects.toThrow(Killed);
    await kontor.worker().send(READ);
    expect([madeOf(kontor), [...kontor.keys.keys()].sort(), dataOf(kontor)]).toEqual([made, left, [left.at(-1)]]);
    kontor.asked.length = 0;
    await kontor.worker().send(READ);
    expect(kontor.asked).toEqual([`GET /data by ${left.at(-1)}`]);
  });
});

describe('a new key that is not good', () => {
  const broken = { renew: async () => ({ key: 'not-good', endsAt: new Date('2030-01-01') }) };

  it('ends no other', async () => {
    const kontor = await setup();
    kontor.pass(61);
    await kontor.worker({}, broken).send(READ);
    expect([[...kontor.keys.keys()], dataOf(kontor)]).toEqual([['first'], ['not-good', 'first']]);
    kontor.pass(1);
    await kontor.worker().send(READ);
    expect(dataOf(kontor).slice(-2)).toEqual(['not-good', 'first']);
  });

  it('is followed by another tomorrow, made with the one before it', async () => {
    const kontor = await setup();
    kontor.pass(61);
    await kontor.worker().send(READ);
    kontor.pass(61);
    const http = kontor.worker({}, broken);
    await http.send(READ);
    expect(dataOf(kontor).slice(-2)).toEqual(['not-good', 'made-1']);
    const next = kontor.worker();
    await next.send(READ);
    kontor.pass(1);
    await next.send(READ);
    expect([[...kontor.keys.keys()], dataOf(kontor).at(-1)]).toEqual([['made-2'], 'made-2']);
  });

  it('is not tried every day while the configured one has time left', async () => {
    const kontor = await setup();
    const http = kontor.worker();
    await kontor.worker({}, { ...broken, endOf: async () => 'unknown' }).send(READ);
    await http.send(READ);
    kontor.asked.length = 0;
    kontor.pass(1);
    await http.send(READ);
    expect(kontor.asked).toEqual(['GET /end by first', 'GET /data by first']);
  });
});

describe('the vault', () => {
  it('is told what to seal with, and no key by the name', async () => {
    const { worker, vault } = await setup();
    const seen: Array<[string, string]> = [];
    const look: Vault['look'] = (name, sealedWith) => {
      seen.push([name, sealedWith]);
      return vault.look(name, sealedWith);
    };
    await worker({ vault: { ...vault, look } }).send(READ);
    await worker({ vault: { ...vault, look } }, { key: 'second' })
      .send(READ)
      .catch(() => undefined);
    expect(seen.map(([name]) => name).join()).not.toMatch(/first|second/);
    expect([seen[0]?.[1], seen[1]?.[1]]).toEqual([expect.stringContaining('first'), expect.stringContaining('second')]);
  });

  it('keeps the keys of two users of one system apart', async () => {
    const kontor = await setup();
    kontor.keys.set('second', new Date('2026-05-31T08:00:00Z'));
    kontor.pass(61);
    for (const key of ['first', 'second', 'first', 'second']) await kontor.worker({}, { key }).send(READ);
    expect(dataOf(kontor)).toEqual(['made-1', 'made-2', 'made-1', 'made-2']);
  });
});
