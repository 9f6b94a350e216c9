/** Keys of Odoo that are renewed before they end, against the rules of its own. */
import { afterEach, describe, expect, it } from 'vitest';
import { check } from '../../connectors/odoo/check.ts';
import { odoo } from '../../connectors/odoo/index.ts';
import type { OdooSession } from '../../connectors/odoo/server.ts';
import type { Border } from '../../src/connector/http/border.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import { openSession } from '../../src/connector/open-session.ts';
import { KEY } from '../simulator/dialects/odoo/keys.ts';
import { type OdooDialectOptions, odooDialect } from '../simulator/dialects/odoo.ts';
import { type SimRequest, startSimulator } from '../simulator/server.ts';
import { World } from '../simulator/world.ts';

const closing: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const DAY_MS = 86_400_000;
/** The clock stands at 2026-03-02T08:00Z. */
const SOON = [{ name: 'Kontor', expiration_date: '2026-03-20 00:00:00' }];

async function setup(options: Partial<OdooDialectOptions> = {}, settings: Record<string, unknown> = {}) {
  const world = new World().seed({ accounts: 1 });
  const dialect = odooDialect({ version: 19, makesKeys: true, keys: SOON, ...options });
  const sent: Array<{ what: string; body: Record<string, unknown>; by: string | undefined }> = [];
  const handle: typeof dialect.handle = (request: SimRequest, ...rest) => {
    if (request.method === 'POST') {
      const what = request.path.split('/').slice(-2).join('/');
      sent.push({ what, body: request.json() as Record<string, unknown>, by: request.headers.authorization?.replace('bearer ', '') });
    }
    return dialect.handle(request, ...rest);
  };
  const simulator = await startSimulator({ ...dialect, handle }, { world });
  closing.push(simulator.close);
  const config = odoo.config.parse({ ...simulator.settings, rotateKey: true, ...settings });
  const { vault } = memoryBorder();
  return {
    ...simulator,
    sent,
    keys: dialect.keys,
    living: () => dialect.keys.rows().map(({ name, expiration_date, scope }) => [name, expiration_date, scope]),
    calls: () => sent.map(({ what }) => what).filter((what) => /generate|revoke/.test(what)),
    /** Of another process each time. */
    worker: (border: Partial<Border> = {}): OdooSession =>
      openSession(
        odoo,
        { connection: 'erp', config, baseFolder: '.', signal: new AbortController().signal, now: () => world.clock.now() },
        { ...memoryBorder(), vault, renewsKeys: true, ...border },
      ),
  };
}

const GENERATE = 'res.users.apikeys/generate';
const REVOKE = 'res.users.apikeys/revoke';

describe('a key of Odoo', () => {
  it('is renewed with the scope it needs for as long as everybody may, and the old one revoked by the new one', async () => {
    const { worker, sent, living, calls } = await setup();
    await check(worker());
    expect(living()).toEqual([['Kontor 2026-03-02', '2026-05-30 00:00:00', 'rpc']]);
    expect(calls()).toEqual([GENERATE, REVOKE]);
    const [made, ended] = sent.filter(({ what }) => [GENERATE, REVOKE].includes(what));
    expect(made).toMatchObject({ by: KEY, body: { key: KEY, scope: 'rpc', expiration_date: '2026-05-30' } });
    expect(ended).toMatchObject({ body: { key: KEY } });
    expect(ended?.by).not.toBe(KEY);
  });

  it('goes from one to the next for a year, with never more than one alive between two pulls', async () => {
    const { worker, world, keys, calls } = await setup();
    for (let day = 0; day < 365; day += 7) {
      await check(worker());
      expect(keys.living(world)).toHaveLength(1);
      world.tick(7 * DAY_MS);
    }
    expect(calls().filter((what) => what === GENERATE)).toHaveLength(6);
  });

  it.each<[string, Partial<OdooDialectOptions>, Record<string, unknown>]>([
    ['has time left', { keys: [{ name: 'Kontor', expiration_date: '2026-04-15 00:00:00' }] }, {}],
    ['never ends', { keys: [{ name: 'Kontor', expiration_date: false }] }, {}],
    ['is not the one that ends, by its name', { keys: [{ name: 'mine', expiration_date: false }, ...SOON] }, { keyName: 'mine' }],
    [
      'is not the one that ends, which an interrupted renewal left behind',
      {
        keys: [
          { name: 'integration', expiration_date: '2026-05-15 00:00:00' },
          { name: 'Kontor 2025-12-20', expiration_date: '2026-03-19 00:00:00' },
        ],
      },
      {},
    ],
    ['is not to be renewed', {}, { rotateKey: false }],
    ['is used with JSON-RPC (17)', { version: 17 }, {}],
    ['is used with JSON-RPC (19)', {}, { protocol: 'json-rpc' }],
  ])('is left alone where it %s', async (_, options, settings) => {
    const { worker, calls, living } = await setup(options, settings);
    const before = living();
    await check(worker());
    expect([calls(), living()]).toEqual([[], before]);
  });

  it('is renewed at once when Odoo does not show when it ends', async () => {
    const { worker, calls } = await setup({
      keys: [{ name: 'Kontor', expiration_date: '2026-05-20 00:00:00' }],
      forbidden: ['res.users.apikeys'],
    });
    await check(worker());
    expect(calls()).toEqual([GENERATE, REVOKE]);
  });

  it.each<[string, Partial<OdooDialectOptions>]>([
    ['the user may not make keys', { makesKeys: false }],
    [
      'there are ten already',
      { keys: [...SOON, ...Array.from({ length: 9 }, (_, n) => ({ name: `other ${n}`, expiration_date: false as const }))] },
    ],
  ])('is used on when %s, and check says so before it ends', async (_, options) => {
    const { worker, calls } = await setup(options, { keyName: 'Kontor' });
    const session = worker();
    const { warnings } = await check(session);
    await check(session);
    expect(calls()).toEqual([GENERATE]);
    expect(warnings).toContainEqual(expect.stringMatching(/ends in 17 days and was not renewed/));
  });

  it('whose answer was lost ends on its day; the next one is asked for tomorrow', async () => {
    const { worker, world, accidents, calls, living } = await setup();
    accidents.next('answer-lost', { on: ({ path }) => path.endsWith('/generate') });
    const session = worker();
    await check(session);
    expect([calls(), living()]).toEqual([
      [GENERATE],
      [
        ['Kontor', SOON[0]?.expiration_date, false],
        ['Kontor 2026-03-02', '2026-05-30 00:00:00', 'rpc'],
      ],
    ]);
    world.tick(DAY_MS);
    await check(session);
    expect(living().map(([name]) => name)).toEqual(['Kontor 2026-03-02', 'Kontor 2026-03-03']);
  });

  it('that was revoked although its answer was lost is not missed', async () => {
    const { worker, accidents, calls, sent } = await setup();
    accidents.next('answer-lost', { on: ({ path }) => path.endsWith('/revoke') });
    await check(worker());
    await check(worker());
    await check(worker());
    expect(calls()).toEqual([GENERATE, REVOKE, REVOKE]);
    expect(new Set(sent.slice(-3).map(({ by }) => by)).has(KEY)).toBe(false);
  });

  it('is the configured one again when a person removed the kept one', async () => {
    const { worker, keys, sent } = await setup({ keys: [...SOON] });
    await check(worker());
    keys.remove(({ secret }) => secret !== KEY);
    await expect(check(worker())).rejects.toMatchObject({ code: 'ERP_LOGIN_REFUSED' });
    expect(sent.slice(-2).map(({ by }) => by === KEY)).toEqual([false, true]);
  });
});

describe('check', () => {
  it('says that nothing is renewed over JSON-RPC', async () => {
    const { worker } = await setup({ version: 17 });
    expect((await check(worker())).warnings).toEqual([expect.stringMatching(/`rotateKey` does nothing over JSON-RPC/)]);
  });

  it('says nothing of old keys while a renewed one lives, and changes none itself', async () => {
    const { worker, calls } = await setup({ keys: [...SOON, { name: 'Kontor 2026-03-01', expiration_date: '2026-05-29 00:00:00' }] });
    expect((await check(worker({ renewsKeys: false }))).warnings).toEqual([]);
    expect(calls()).toEqual([]);
  });

  it('says when Odoo will soon make no more', async () => {
    const many = Array.from({ length: 8 }, (_, n) => ({ name: `Kontor 2026-02-0${n + 1}`, expiration_date: '2026-05-29 00:00:00' }));
    const { worker } = await setup({ keys: many });
    expect((await check(worker({ renewsKeys: false }))).warnings).toEqual([expect.stringMatching(/has 8 API keys/)]);
  });
});
