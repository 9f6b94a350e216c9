import { afterEach, describe, expect, it } from 'vitest';
import { template } from '../../connectors/_template/index.ts';
import { certify } from '../../src/certify/certify.ts';
import { DEFAULT_FORMATS, DEFAULT_GUARDS } from '../../src/config/settings.ts';
import type { AnyConnector } from '../../src/connector/contract.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import { openSession } from '../../src/connector/open-session.ts';
import { withSource, withValues } from '../mutants/wrap.ts';
import { templateDialect } from '../simulator/dialects/template.ts';
import { type Dialect, type SimAnswer, type Simulator, startSimulator } from '../simulator/server.ts';
import { World, type WorldOptions } from '../simulator/world.ts';

interface Setup {
  connector?: AnyConnector;
  entities?: readonly EntityName[];
  limit?: number;
  world?: WorldOptions;
  dialect?: Dialect;
  /** Happens while it watches, before each look. */
  meanwhile?: (world: World) => void;
}

const open: Simulator[] = [];
afterEach(async () => {
  for (const simulator of open.splice(0)) await simulator.close();
});

async function setup({ connector = template, entities = ['account'], limit = 100, world: options, dialect, meanwhile }: Setup = {}) {
  const world = new World(options).seed({ accounts: 14, products: 2 });
  const simulator = await startSimulator(dialect ?? templateDialect(), { world, pageSize: 4 });
  open.push(simulator);
  const settings = template.config.parse(simulator.settings);
  const session = openSession(
    connector,
    { connection: 'erp', config: settings, baseFolder: '.', signal: new AbortController().signal, now: () => world.clock.now() },
    memoryBorder(),
  );
  const run = () =>
    certify({
      connection: {
        name: 'erp',
        connector: connector.name,
        settings,
        formats: DEFAULT_FORMATS,
        entities: entities.map((entity) => ({ entity, read: {}, mapping: {} })),
        schedule: null,
        guards: DEFAULT_GUARDS,
      },
      connector,
      session,
      limit,
      watch: {
        forMs: meanwhile ? 3_600_000 : 0,
        everyMs: 60_000,
        async wait(ms) {
          meanwhile?.(world);
          world.tick(ms);
        },
      },
    });
  return { world, simulator, run };
}

/** Replaces what the dialect answers to a path. */
function answering(path: string, change: (answer: SimAnswer) => SimAnswer): Dialect {
  const dialect = templateDialect();
  return {
    ...dialect,
    handle: async (request, world, context) => {
      const answer = await dialect.handle(request, world, context);
      return request.path === path ? change(answer) : answer;
    },
  };
}

describe('a certificate', () => {
  it('tells what was read, how fast, with which rights, and passes', async () => {
    const { run, simulator } = await setup({ entities: ['account', 'address', 'price'] });
    const certificate = await run();
    expect(certificate).toMatchObject({
      connection: 'erp',
      connector: 'template',
      system: 'Template ERP 1.0',
      permissions: { granted: ['read', 'order'], missing: [] },
      findings: [],
      entities: [
        { entity: 'account', records: 14, pages: 4, isLimited: false, bad: 0, commitLag: { coveredMs: 300_001, measuredMs: null } },
        { entity: 'address', bad: 0, findings: [] },
        { entity: 'price', bad: 0, findings: [] },
      ],
    });
    expect(simulator.requests.filter(({ on }) => on === 'write')).toEqual([]);
  });

  it('reads no more than its limit, to the end of a page', async () => {
    const { run } = await setup({ limit: 6 });
    expect((await run()).entities).toMatchObject([{ records: 8, pages: 2, isLimited: true, findings: [] }]);
  });

  it('counts records that would be quarantined, and says why', async () => {
    const { run, world } = await setup();
    world.change('account', '1', { currency: 'EURO' });
    expect((await run()).entities).toMatchObject([{ records: 14, bad: 1, reasons: [expect.stringContaining('EURO')] }]);
  });

  it.each([
    [600_000, /^the system's clock is (599|600) s ahead of ours/],
    [-600_000, /^the system's clock is (599|600) s behind ours/],
  ])('measures a clock that is %i ms from ours', async (clockSkewMs, words) => {
    const { run } = await setup({ world: { clockSkewMs } });
    const { clock, findings } = await run();
    expect(clock?.leastMs).toBeLessThanOrEqual(clockSkewMs);
    expect(clock?.mostMs).toBeGreaterThanOrEqual(clockSkewMs);
    expect(clock?.samples).toBeGreaterThan(3);
    expect(findings).toEqual([expect.stringMatching(words)]);
  });

  it('names missing rights, and what cannot be read', async () => {
    const about = { name: 'Template ERP', version: '1.0', rights: { read: true, order: false } };
    const { run } = await setup({ dialect: answering('/about', () => ({ status: 200, json: about })) });
    expect(await run()).toMatchObject({ permissions: { missing: ['order'] }, findings: [expect.stringContaining('permission order')] });
    const denied = answering('/people', () => ({ status: 403, json: { error: { code: 'RIGHT', message: 'No right to read people' } } }));
    const { run: other } = await setup({ dialect: denied, entities: ['contact', 'account'] });
    const { entities, findings } = await other();
    expect(findings).toEqual([expect.stringMatching(/^contact: it cannot be read: ERP_PERMISSION_MISSING .*No right to read people/)]);
    expect(entities[1]).toMatchObject({ entity: 'account', records: 14 });
  });

  it('refuses what a login refuses', async () => {
    const { run } = await setup({ dialect: answering('/session', () => ({ status: 401 })) });
    await expect(run()).rejects.toMatchObject({ code: 'ERP_LOGIN_REFUSED' });
  });
});

describe('a certificate is refused to a connector that', () => {
  const mapping = (externalId: string) => ({ mapping: { ...template.sources.account?.mapping, externalId } });
  it.each<[string, AnyConnector, RegExp]>([
    ['gives several records one id', withSource(template, () => mapping('currency'), 'account'), /ids belong to several records/],
    [
      'maps otherwise the second time',
      withValues(template, (value, name) => (name === 'name' ? `${String(value)} ${Math.random()}` : value)),
      /twice gave two drafts/,
    ],
    [
      'gives other ids the second time',
      withValues(template, (value, name) => (name === 'id' ? `${String(value)}-${Math.random()}` : value)),
      /had other ids or were missing/,
    ],
    [
      'loses what lies behind a page',
      withSource(template, (source) => ({
        async *read(session, options, cursor) {
          if (cursor === null) yield* source.read(session, options, cursor);
        },
      })),
      /resumed after page 2 of 4, 6 of 6 records were missing/,
    ],
    [
      'writes while it reads',
      withSource(template, (source) => ({
        async *read(session, options, cursor) {
          await session.http.send({ method: 'POST', path: '/orders', json: {} });
          yield* source.read(session, options, cursor);
        },
      })),
      /POST \/orders would write/,
    ],
  ])('%s', async (_, connector, words) => {
    const { run, simulator } = await setup({ connector });
    expect((await run()).findings).toEqual(expect.arrayContaining([expect.stringMatching(words)]));
    expect(simulator.requests.filter(({ on }) => on === 'write')).toEqual([]);
  });
});

describe('watching for late rows', () => {
  /** A row every look, each visible so long after its stamp. */
  const lateBy = (lateMs: number) => (world: World) => {
    const stampedAt = new Date(world.now().getTime() - lateMs);
    world.commitLate('account', { name: `Late ${world.count('account')}` }, { stampedAt }).commit();
  };

  it('measures how late rows appear, and is content with what deltas cover', async () => {
    const { run } = await setup({ meanwhile: lateBy(240_000) });
    const [account] = (await run()).entities;
    expect(account).toMatchObject({ findings: [], commitLag: { coveredMs: 300_001, rows: 60, watchedMs: 3_600_000 } });
    expect(account?.commitLag?.measuredMs).toBeGreaterThan(180_000);
    expect(account?.commitLag?.measuredMs).toBeLessThanOrEqual(300_000);
  });

  it('finds rows that are later than any delta reaches', async () => {
    let looks = 0;
    const { run } = await setup({
      meanwhile(world) {
        looks += 1;
        if (looks === 1) world.add('account', { name: 'Punctual' });
        if (looks === 20) lateBy(900_000)(world);
      },
    });
    const { findings } = await run();
    expect(findings).toEqual([
      expect.stringMatching(/^account: a row became visible \d+ s after its stamp, and deltas reach back 300 s only/),
    ]);
  });

  it('says nothing of rows that come in time, whatever the clocks', async () => {
    const { run } = await setup({
      world: { clockSkewMs: -90_000 },
      meanwhile: (world) => void world.add('account', { name: `Punctual ${world.count('account')}` }),
    });
    const [account] = (await run()).entities;
    expect(account).toMatchObject({ findings: [], commitLag: { measuredMs: 0, rows: 60 } });
  });
});
