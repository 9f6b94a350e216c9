/** A simulated Tryton and a connection to it. */
import { onTestFinished } from 'vitest';
import { tryton } from '../../connectors/tryton/index.ts';
import type { TrytonSettings } from '../../connectors/tryton/settings.ts';
import type { Draft } from '../../src/connector/contract.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import { bindMapping, compileMapping } from '../../src/connector/mapping/index.ts';
import { openSession } from '../../src/connector/open-session.ts';
import type { Session } from '../../src/connector/session.ts';
import { type TrytonOptions, trytonDialect } from '../simulator/dialects/tryton.ts';
import { type Simulator, startSimulator } from '../simulator/server.ts';
import { World } from '../simulator/world.ts';

/** Other signs than Tryton's on purpose: its numbers do not follow the formats of the connection. */
const FORMATS = { decimal: ',', group: '.', date: 'dd.MM.yyyy', zone: 'Europe/Berlin' } as const;

export interface TrytonScene {
  readonly world: World;
  readonly simulator: Simulator;
  readonly session: Session<TrytonSettings>;
  /** What would be held after one whole reading. */
  read(entity: EntityName, options?: Record<string, unknown>): Promise<Draft[]>;
}

export async function trytonScene({
  settings = {},
  ...options
}: TrytonOptions & { settings?: Record<string, unknown> } = {}): Promise<TrytonScene> {
  const world = new World();
  const simulator = await startSimulator(trytonDialect(options), { world });
  onTestFinished(() => simulator.close());
  const config = tryton.config.parse({ ...simulator.settings, pageSize: 2, ...settings });
  const now = () => world.clock.now();
  const session = openSession(
    tryton,
    { connection: 'erp', config, baseFolder: '.', signal: new AbortController().signal, now },
    memoryBorder(now),
  );
  return {
    world,
    simulator,
    session,
    async read(entity, given = {}) {
      const source = tryton.sources[entity];
      if (!source) throw new Error(`no ${entity}`);
      const mapper = bindMapping(compileMapping(entity, source.mapping ?? {}, FORMATS), source);
      const drafts: Draft[] = [];
      for await (const page of source.read(session, source.options.parse(given), null)) {
        for (const raw of page.records) {
          const { draft, problems } = mapper.toDraft(raw);
          if (!draft) throw new Error(JSON.stringify(problems));
          drafts.push(draft);
        }
      }
      return drafts;
    },
  };
}
