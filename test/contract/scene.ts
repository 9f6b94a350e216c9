/** One simulator and a connection to it. Waits of limits and breakers are left out: the suite is about what a connector does, not how long the border waits. */
import type { AnySource, Cursor } from '../../src/connector/contract.ts';
import type { Border } from '../../src/connector/http/border.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import { type BoundMapper, bindMapping, compileMapping } from '../../src/connector/mapping/index.ts';
import { type AnySession, openSession } from '../../src/connector/open-session.ts';
import { type Dialect, type Simulator, startSimulator } from '../simulator/server.ts';
import { World, type WorldOptions } from '../simulator/world.ts';
import { type Pulled, pull } from './pull.ts';
import type { CheckContext, WorldEntity } from './types.ts';

export const FORMATS = { decimal: '.', group: '', date: 'yyyy-MM-dd', zone: 'UTC' } as const;

export interface SceneOptions {
  accounts?: number;
  pageSize?: number;
  seed?: number;
  /** Accounts with one stamp. */
  bulk?: number;
  products?: number;
  world?: WorldOptions;
  /** Changes what the dialect answers. */
  dialect?: (dialect: Dialect) => Dialect;
  settings?: Record<string, unknown>;
  timeoutSeconds?: number;
}

export interface PullOptions {
  cursor?: Cursor | null;
  signal?: AbortSignal;
  session?: AnySession;
}

export interface Scene extends CheckContext {
  readonly world: World;
  readonly simulator: Simulator;
  readonly source: AnySource;
  readonly session: AnySession;
  /** Another session of the same connection. */
  open(signal?: AbortSignal): AnySession;
  mapper(entity?: WorldEntity): BoundMapper<unknown>;
  /** Reads as the engine does; of `entity` if no other is named. */
  pull(options?: PullOptions, entity?: WorldEntity): Promise<Pulled>;
  readOptions(entity?: WorldEntity): unknown;
}

/** Small pages: a few accounts are several of them. */
const PAGE_SIZE = 4;
const ACCOUNTS = 14;

/** Begins a scene, plays it, and takes it down whatever happens. */
export async function withScene<T>(context: CheckContext, options: SceneOptions, play: (scene: Scene) => Promise<T>): Promise<T> {
  const { stage } = context;
  const { accounts = stage.accounts ?? ACCOUNTS, pageSize = PAGE_SIZE, seed = 1, bulk, products = 3 } = options;
  const world = new World({ ...stage.world, ...options.world });
  world.seed({ accounts, seed, products, ...(bulk === undefined ? {} : { bulk }) });
  // Not on a whole second or minute: truncated stamps must be told from others.
  world.tick(12_345);
  const dialect = options.dialect ? options.dialect(stage.dialect()) : stage.dialect();
  const simulator = await startSimulator(dialect, { world, pageSize });
  try {
    return await play(createScene(context, simulator, world, options, pageSize));
  } finally {
    await simulator.close();
  }
}

function createScene(context: CheckContext, simulator: Simulator, world: World, options: SceneOptions, pageSize: number): Scene {
  const { connector, entity } = context;
  const config = connector.config.parse(settingsOf(context, simulator, options, pageSize));
  const border = impatientBorder();
  const open = (signal: AbortSignal = new AbortController().signal): AnySession =>
    openSession(connector, { connection: 'suite', config, baseFolder: '.', signal, now: () => world.clock.now() }, border);
  const session = open();
  const readOptions = (of: WorldEntity = entity): unknown => {
    const staged = context.stage.entities?.[of];
    return sourceOf(context, of).options.parse((staged === false ? undefined : staged?.read) ?? {});
  };
  const mapper = (of: WorldEntity = entity): BoundMapper<unknown> => {
    const source = sourceOf(context, of);
    return bindMapping(compileMapping(of, source.mapping ?? {}, FORMATS), source);
  };
  return {
    ...context,
    world,
    simulator,
    source: sourceOf(context, entity),
    session,
    open,
    mapper,
    readOptions,
    pull: ({ cursor = null, signal, session: own } = {}, of = entity) =>
      pull({
        source: sourceOf(context, of),
        mapper: mapper(of),
        session: own ?? (signal ? open(signal) : session),
        options: readOptions(of),
        cursor,
      }),
  };
}

export function sourceOf({ connector }: Pick<CheckContext, 'connector'>, entity: WorldEntity): AnySource {
  const source = connector.sources[entity];
  if (!source) throw new Error(`connector ${connector.name} has no ${entity}`);
  return source;
}

function settingsOf({ connector, stage }: CheckContext, simulator: Simulator, options: SceneOptions, pageSize: number): object {
  const known = new Set('shape' in connector.config ? Object.keys(connector.config.shape as object) : []);
  const given = {
    ...simulator.settings,
    ...(known.has('pageSize') ? { pageSize } : {}),
    ...(known.has('timeoutSeconds') ? { timeoutSeconds: options.timeoutSeconds ?? 30 } : {}),
  };
  return { ...(stage.settings?.(given, pageSize) ?? given), ...options.settings };
}

/** Lets every request pass at once; it is the border's own tests that prove its patience. */
function impatientBorder(): Border {
  return { ...memoryBorder(), gates: { enter: async () => ({ waitMs: 0, closed: async () => null, leave: async () => undefined }) } };
}
