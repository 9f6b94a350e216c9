/** A simulated Odoo and a session of the connector with it. */
import { afterEach } from 'vitest';
import { odoo } from '../../connectors/odoo/index.ts';
import type { OdooSession } from '../../connectors/odoo/server.ts';
import type { Draft } from '../../src/connector/contract.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import { bindMapping, compileMapping } from '../../src/connector/mapping/index.ts';
import { openSession } from '../../src/connector/open-session.ts';
import type { OrderToPlace } from '../../src/connector/orders.ts';
import { pull } from '../contract/pull.ts';
import { FORMATS } from '../contract/scene.ts';
import { type OdooDialectOptions, odooDialect } from '../simulator/dialects/odoo.ts';
import { sapNumber } from '../simulator/ids.ts';
import { type SimRequest, type Simulator, startSimulator } from '../simulator/server.ts';
import { World } from '../simulator/world.ts';

const closing: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

export interface Setup extends Simulator {
  readonly session: OdooSession;
  /** Bodies as they came. */
  readonly bodies: unknown[];
  drafts(entity: EntityName, cursor?: unknown): Promise<{ drafts: readonly Draft[]; cursor: unknown; bad: readonly string[] }>;
}

export async function setup(
  options: OdooDialectOptions,
  settings: Record<string, unknown> = {},
  world: World = new World({ newId: sapNumber }).seed({ accounts: 3, products: 2 }),
): Promise<Setup> {
  const dialect = odooDialect(options);
  const bodies: unknown[] = [];
  const handle: typeof dialect.handle = (request: SimRequest, ...rest) => {
    if (request.method === 'POST') bodies.push(request.json());
    return dialect.handle(request, ...rest);
  };
  const simulator = await startSimulator({ ...dialect, handle }, { world });
  closing.push(simulator.close);
  const given = Object.entries({ ...simulator.settings, ...settings }).filter(([, value]) => value !== undefined);
  const config = odoo.config.parse(Object.fromEntries(given));
  const request = { connection: 'erp', config, baseFolder: '.', signal: new AbortController().signal, now: () => world.clock.now() };
  const session = openSession(odoo, request, memoryBorder());
  return {
    ...simulator,
    session,
    bodies,
    async drafts(entity, cursor = null) {
      const source = odoo.sources[entity];
      if (!source) throw new Error(`no ${entity}`);
      const mapper = bindMapping(compileMapping(entity, source.mapping ?? {}, FORMATS), source);
      const pulled = await pull({ source, mapper, session, options: source.options.parse({}), cursor: cursor as never });
      return { drafts: [...pulled.held.values()], cursor: pulled.cursor, bad: pulled.bad.map(({ reason }) => reason) };
    },
  };
}

export function orderFor(world: World, more: Partial<OrderToPlace> = {}): OrderToPlace {
  const [product] = world.rows('product');
  const buyer = world.rows('account')[0];
  if (!product || !buyer) throw new Error('the world is empty');
  return {
    reference: 'ORD-2026-000042',
    soldTo: buyer.id,
    orderedOn: '2026-03-02',
    currency: 'EUR',
    lines: [{ reference: '10', product: product.number, quantity: '3', unitPrice: '249.90' }],
    ...more,
  };
}

/** Methods of models that were called, in order. */
export function methodsOf(simulator: Setup): string[] {
  return simulator.bodies.flatMap((body) => {
    const args = (body as { params?: { args?: unknown[] } }).params?.args;
    return args && args.length > 4 ? [String(args[4])] : [];
  });
}
