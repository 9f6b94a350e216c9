/** A simulated system and a connection to it, for tests of what only one system does. */
import { onTestFinished } from 'vitest';
import type { AnyConnector, Draft, Problem } from '../../src/connector/contract.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import { bindMapping, compileMapping } from '../../src/connector/mapping/index.ts';
import { type AnySession, openSession } from '../../src/connector/open-session.ts';
import type { OrderTarget, OrderToPlace } from '../../src/connector/orders.ts';
import { type Dialect, type SimRequest, type Simulator, startSimulator } from '../simulator/server.ts';
import { World, type WorldOptions } from '../simulator/world.ts';

const FORMATS = { decimal: '.', group: '', date: 'yyyy-MM-dd', zone: 'UTC' } as const;

export interface ErpScene {
  readonly world: World;
  readonly simulator: Simulator;
  readonly session: AnySession;
  // biome-ignore lint/suspicious/noExplicitAny: targets of connectors of every configuration
  readonly target: OrderTarget<any>;
  /** Every request with its headers and body, in order of arrival. */
  readonly heard: SimRequest[];
  read(entity: EntityName, options?: Record<string, unknown>): Promise<{ drafts: Draft[]; problems: Problem[] }>;
  /** An order of two lines for the account. */
  order(soldTo: string, more?: Partial<OrderToPlace>): OrderToPlace;
}

export interface ErpOptions {
  readonly world?: WorldOptions;
  readonly settings?: Record<string, unknown>;
  readonly dialect?: (dialect: Dialect) => Dialect;
  readonly pageSize?: number;
}

export async function erpScene(connector: AnyConnector, dialect: Dialect, options: ErpOptions = {}): Promise<ErpScene> {
  const world = new World(options.world);
  const heard: SimRequest[] = [];
  const changed = options.dialect?.(dialect) ?? dialect;
  const listening: Dialect = {
    ...changed,
    handle(request, ...rest) {
      heard.push(request);
      return changed.handle(request, ...rest);
    },
  };
  const simulator = await startSimulator(listening, { world, pageSize: options.pageSize ?? 50 });
  onTestFinished(() => simulator.close());
  const config = connector.config.parse({ ...simulator.settings, ...options.settings });
  const now = () => world.clock.now();
  const signal = new AbortController().signal;
  const session = openSession(connector, { connection: 'erp', config, baseFolder: '.', signal, now }, memoryBorder());
  const target = connector.orders;
  if (!target) throw new Error(`${connector.name} takes no orders`);
  return {
    world,
    simulator,
    session,
    target,
    heard,
    async read(entity, given = {}) {
      const source = connector.sources[entity];
      if (!source) throw new Error(`no ${entity}`);
      const mapper = bindMapping(compileMapping(entity, source.mapping ?? {}, FORMATS), source);
      const [drafts, problems]: [Draft[], Problem[]] = [[], []];
      for await (const page of source.read(session, source.options.parse(given), null)) {
        problems.push(...(page.unreadable ?? []).flatMap((one) => one.problems));
        for (const raw of page.records) {
          const mapped = mapper.toDraft(raw);
          if (mapped.draft) drafts.push(mapped.draft);
          else problems.push(...mapped.problems);
        }
      }
      return { drafts, problems };
    },
    order: (soldTo, more = {}) => ({
      reference: 'ORD-2026-000042',
      soldTo,
      orderedOn: '2026-03-02',
      currency: 'EUR',
      lines: [
        { reference: '42-1', product: 'P-1', quantity: '3', unitPrice: '249.9' },
        { reference: '42-2', product: 'P-2', quantity: '0.5', unitPrice: '12' },
      ],
      ...more,
    }),
  };
}
