import { afterEach, describe, expect, it } from 'vitest';
import { template } from '../../connectors/_template/index.ts';
import { certify } from '../../src/certify/certify.ts';
import { DEFAULT_FORMATS, DEFAULT_GUARDS } from '../../src/config/settings.ts';
import type { AnyConnector } from '../../src/connector/contract.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import { type AnySession, openSession } from '../../src/connector/open-session.ts';
import type { OrderToPlace } from '../../src/connector/orders.ts';
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
  order?: boolean;
}

const open: Simulator[] = [];
afterEach(async () => {
  for (const simulator of open.splice(0)) await simulator.close();
});

async function setup({
  connector = template,
  entities = ['account'],
  limit = 100,
  world: options,
  dialect,
  meanwhile,
  order = false,
}: Setup = {}) {
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
      ...(order && { order: { toPlace: orderFor(world), watch: { everyMs: 250, wait: async (ms: number) => world.tick(ms) } } }),
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

function orderFor(world: World): OrderToPlace {
  const [{ id: soldTo } = { id: '' }] = world.rows('account');
  const lines = [{ reference: '1', product: world.rows('product')[0]?.number ?? '', quantity: '2', unitPrice: '1.5' }];
  return { reference: 'KONTOR-1', soldTo, orderedOn: '2026-03-02', currency: 'EUR', lines };
}

/** The template, whose search for orders shows none before so long after the first was made, and whose way is otherwise changed. */
function hiding(forMs: number, change: Partial<NonNullable<AnyConnector['orders']>> = {}): AnyConnector {
  const { orders } = template;
  if (!orders) throw new Error('the template takes orders');
  let madeAt: number | null = null;
  const hidden = {
    ...orders,
    async create(session: never, order: OrderToPlace) {
      const made = await orders.create(session, order);
      madeAt = (session as AnySession).now().getTime();
      return made;
    },
    find: async (session: never, reference: string) =>
      madeAt !== null && (session as AnySession).now().getTime() - madeAt < forMs ? [] : orders.find(session, reference),
    ...change,
  };
  return { ...template, orders: hidden } as AnyConnector;
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

describe('an order made for a certificate', () => {
  it('is made once, found, held against what was sent, and cancelled', async () => {
    const { run, world } = await setup({ order: true });
    const certificate = await run();
    expect(certificate.order).toMatchObject({
      reference: 'KONTOR-1',
      declaredMs: 0,
      visibleAfterMs: 0,
      looks: 1,
      cancelled: true,
      left: null,
    });
    expect(certificate.findings).toEqual([]);
    expect(world.rows('order').map(({ state }) => state)).toEqual(['cancelled']);
  });

  it('that stays invisible for longer than is reckoned with must be set right', async () => {
    const { run } = await setup({ order: true, connector: hiding(3_000) });
    const { order, findings } = await run();
    expect(order).toMatchObject({ declaredMs: 0, visibleAfterMs: 3_000, looks: 13, cancelled: true });
    expect(findings).toEqual([expect.stringContaining('orders: an order stayed invisible for up to 3.0 s, and 0.0 s are reckoned with')]);
  });

  it('passes where the connection reckons with as much', async () => {
    const { run } = await setup({ order: true, connector: hiding(3_000, { lookupLagMs: () => 5_000 }) });
    expect(await run()).toMatchObject({ findings: [], order: { declaredMs: 5_000, visibleAfterMs: 3_000 } });
  });

  it('that is never found, or is found otherwise, or stays there, is told', async () => {
    const lost = await setup({ order: true, connector: hiding(Number.POSITIVE_INFINITY) });
    expect(await lost.run()).toMatchObject({
      order: { visibleAfterMs: null, cancelled: false },
      findings: [expect.stringContaining('KONTOR-1')],
    });
    const create: NonNullable<typeof template.orders>['create'] = async (session, order) =>
      (await template.orders?.create(session, { ...order, lines: order.lines.map((line) => ({ ...line, quantity: '9' })) })) as never;
    const other = await setup({ order: true, connector: hiding(0, { create } as never) });
    expect((await other.run()).findings).toEqual([expect.stringContaining('is not what was sent')]);
    const kept = await setup({ order: true, connector: hiding(0, { cancel: undefined as never }) });
    expect((await kept.run()).order).toMatchObject({ cancelled: false, left: expect.stringContaining('stays there') });
  });

  it('is none where the connector takes no orders', async () => {
    const { orders: _, ...bare } = template;
    const { run } = await setup({ order: true, connector: bare as AnyConnector });
    await expect(run()).rejects.toMatchObject({ code: 'USAGE' });
  });
});
