/** A simulated S/4HANA and a connection to it, for tests of what only its connector does. */
import { onTestFinished } from 'vitest';
import { sapS4hana } from '../../connectors/sap-s4hana/index.ts';
import type { SapSettings } from '../../connectors/sap-s4hana/settings.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import type { Border } from '../../src/connector/http/border.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import { openSession } from '../../src/connector/open-session.ts';
import type { OrderTarget, OrderToPlace } from '../../src/connector/orders.ts';
import type { Session } from '../../src/connector/session.ts';
import { type SapOptions, sapS4Dialect } from '../simulator/dialects/sap-s4.ts';
import { sapNumber } from '../simulator/ids.ts';
import { type Dialect, startSimulator } from '../simulator/server.ts';
import { World } from '../simulator/world.ts';

export const SETTINGS = {
  url: 'https://s4.example.com',
  user: 'kontor',
  password: 'secret',
  salesArea: { organization: '1010', channel: '10', division: '00' },
};

export const ORDER: OrderToPlace = {
  reference: 'ORD-1',
  soldTo: '1000001',
  orderedOn: '2026-03-02',
  currency: 'EUR',
  lines: [{ reference: '1', product: 'P-1', quantity: '3', unitPrice: '249.90' }],
};

export interface StageOptions extends SapOptions {
  readonly fill?: (world: World) => void;
  /** Stands between the connector and the simulated system. */
  readonly between?: (dialect: Dialect) => Dialect;
}

/** Pages hold four rows; a few customers are several. */
export async function stage(settings: Record<string, unknown> = {}, options: StageOptions = {}) {
  const { fill = (empty: World) => empty.seed({ accounts: 9 }), between = (dialect: Dialect) => dialect } = options;
  const world = new World({ newId: sapNumber });
  fill(world);
  const simulator = await startSimulator(between(sapS4Dialect(options)), { world, pageSize: 4 });
  onTestFinished(() => simulator.close());
  const open = (more: Record<string, unknown> = {}, border: Border = memoryBorder()): Session<SapSettings> => {
    const config = sapS4hana.config.parse({ ...simulator.settings, pageSize: 4, ...settings, ...more });
    const request = { connection: 'erp', config, baseFolder: '.', signal: new AbortController().signal, now: () => world.now() };
    return openSession(sapS4hana, request, border);
  };
  const session = open();
  async function pull(entity: EntityName, from: unknown = null, read: Record<string, unknown> = {}, own = session) {
    const source = sapS4hana.sources[entity];
    if (!source) throw new Error(`no ${entity}`);
    let cursor = from;
    const records: Array<Record<string, unknown>> = [];
    for await (const page of source.read(own, source.options.parse(read), from as never)) {
      records.push(...(page.records as never[]));
      cursor = page.cursor;
    }
    return { records, cursor };
  }
  const orders = sapS4hana.orders as OrderTarget<SapSettings>;
  return { world, session, open, pull, simulator, orders };
}
