/** What will happen in one seed: drawn once, before anything begins. Pure. */
import { random } from '../simulator/random.ts';
import { ASKING, type MishapName, SILENT, STORMS, TAKEN, UNTAKEN } from './mishaps.ts';

export const ERP_KINDS = ['template', 'business-central'] as const;
export type ErpKind = (typeof ERP_KINDS)[number];

/** What a seed is mostly about; each has one of its own and perhaps others. */
export const THEMES = [
  'lost answers',
  'kills',
  'silence',
  'storm',
  'restart of the ERP',
  'sleeper',
  'two workers',
  'trouble while asking',
  'queue lost',
  'clocks',
  'database restarted',
] as const;
export type Theme = (typeof THEMES)[number];

export interface Scenario {
  readonly seed: number;
  readonly themes: readonly Theme[];
  readonly erp: ErpKind;
  /** How long an order is invisible to those who look for it; declared to the workers. */
  readonly lagMs: number;
  readonly latencyMs: number;
  /** Orders leave the table of open ones a moment after they were made. */
  readonly isPosted: boolean;
  /** Of each worker's clock. */
  readonly skewMs: readonly [number, number];
  readonly orders: readonly PlannedOrder[];
  readonly mishaps: readonly PlannedMishap[];
  readonly traps: readonly PlannedTrap[];
  readonly outages: readonly PlannedOutage[];
  /** Released only when the trap of the one before has sprung. */
  readonly isOneByOne: boolean;
}

export interface PlannedOrder {
  /** Place among the accounts; the last one is blocked. */
  readonly account: number;
  readonly product: 'known' | 'unknown';
  readonly quantity: number;
  /** How often its worker is told: 0 leaves it to the relay. */
  readonly wakeUps: number;
  readonly pauseMs: number;
}

export interface PlannedMishap {
  readonly name: MishapName;
  readonly on: 'read' | 'write' | 'any';
  /** How many such requests pass first. */
  readonly after: number;
  readonly times: number;
}

/** For whichever worker is the first to come to that await of the order's push. */
export interface PlannedTrap {
  readonly order: number;
  /** Within one run of the job: the how-manieth from 1, or by name and turn (`find 2`). */
  readonly await: number | string;
  /** `before` it begins, or while the answer is on its way. */
  readonly when: 'before' | 'during';
  readonly act: 'kill' | 'stop';
  /** Until the kill, of `during`. */
  readonly delayMs: number;
  /** `overtaken`: woken when another worker is sending the same order. */
  readonly wake: 'late' | 'overtaken';
}

export interface PlannedOutage {
  readonly what: 'queue flushed' | 'queue restarted' | 'PostgreSQL restarted';
  readonly afterMs: number;
  readonly forMs: number;
}

export const ACCOUNTS = 12;
export const BLOCKED = ACCOUNTS - 1;
/** More than any push has; those beyond the last are never reached. */
export const AWAITS = 14;

type Draw = ReturnType<typeof drawing>;

function drawing(seed: number) {
  const next = random(seed * 2_654_435_761);
  // The first numbers of neighbouring seeds resemble each other.
  for (let turn = 0; turn < 8; turn++) next();
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    int,
    chance: (share: number) => next() < share,
    one: <T>(of: readonly T[]): T => of[int(0, of.length - 1)] as T,
  };
}

export function drawScenario(seed: number, { size = 10, theme }: { size?: number; theme?: Theme | undefined } = {}): Scenario {
  const draw = drawing(seed);
  const own = theme ?? (THEMES[seed % THEMES.length] as Theme);
  const others = THEMES.filter((one) => one !== own && one !== 'database restarted' && draw.chance(0.12));
  const themes = [own, ...others.slice(0, 2)];
  const has = (one: Theme) => themes.includes(one);
  const orders = Array.from({ length: size }, () => plannedOrder(draw, has('two workers')));
  return {
    seed,
    themes,
    erp: draw.chance(0.6) ? 'template' : 'business-central',
    lagMs: draw.one([0, 300, 1_400, 2_500]),
    latencyMs: draw.one([0, 5, 30]),
    isPosted: draw.chance(0.4),
    skewMs: has('clocks') ? [draw.int(-300, 300) * 1_000, draw.int(-300, 300) * 1_000] : [0, 0],
    orders,
    mishaps: themes.flatMap((one) => mishapsOf(one, draw, size)),
    traps: trapsOf(draw, seed, size, has),
    outages: themes.flatMap((one) => outagesOf(one, draw)),
    isOneByOne: false,
  };
}

/** A kill for each of these awaits, at an order of its own, and nothing else that goes wrong. */
export function killScenario(seed: number, erp: ErpKind, awaits: readonly string[]): Scenario {
  const draw = drawing(seed);
  const orders: PlannedOrder[] = [];
  const traps: PlannedTrap[] = [];
  for (const [place, name] of awaits.entries()) {
    for (const when of ['before', 'during'] as const) {
      traps.push({ order: orders.length, await: name, when, act: 'kill', delayMs: draw.int(0, 10), wake: 'late' });
      const order: PlannedOrder = { account: place % BLOCKED, product: 'known', quantity: 1 + place, wakeUps: 1, pauseMs: 0 };
      // The next one is woken only where one waits; so the first is left to the relay, which gives the second time to come.
      if (name.startsWith(WAKE_NEXT)) orders.push({ ...order, wakeUps: 0 }, order);
      else orders.push(order);
    }
  }
  return { ...calmScenario(seed, erp), themes: ['kills'], lagMs: 300, latencyMs: 15, orders, traps, isOneByOne: true };
}

export const WAKE_NEXT = 'wake next';

/** Nothing goes wrong, which shows what a push waits for. */
export function calmScenario(seed: number, erp: ErpKind): Scenario {
  const orders = Array.from({ length: 3 }, () => ({ account: 0, product: 'known' as const, quantity: 1, wakeUps: 1, pauseMs: 0 }));
  return {
    seed,
    themes: [],
    erp,
    lagMs: 0,
    latencyMs: 0,
    isPosted: false,
    skewMs: [0, 0],
    orders,
    mishaps: [],
    traps: [],
    outages: [],
    isOneByOne: false,
  };
}

function plannedOrder(draw: Draw, isTwin: boolean): PlannedOrder {
  return {
    account: draw.chance(0.03) ? BLOCKED : draw.int(0, 3),
    product: draw.chance(0.03) ? 'unknown' : 'known',
    quantity: draw.int(1, 9),
    wakeUps: isTwin ? 2 : draw.chance(0.2) ? 0 : 1,
    pauseMs: draw.chance(0.3) ? draw.int(0, 300) : 0,
  };
}

function mishapsOf(theme: Theme, draw: Draw, size: number): PlannedMishap[] {
  const some = (count: number, names: readonly MishapName[], on: PlannedMishap['on']) =>
    Array.from({ length: count }, () => ({ name: draw.one(names), on, after: draw.int(0, size), times: 1 }));
  switch (theme) {
    case 'lost answers':
      return some(draw.int(2, 4), [...TAKEN, ...UNTAKEN], 'write');
    case 'silence':
      return some(draw.int(1, 2), SILENT, 'write');
    case 'trouble while asking':
      // A read is tried three times in place.
      return [
        ...some(draw.int(1, 2), UNTAKEN, 'read'),
        ...some(draw.int(1, 2), ASKING, 'read').map((one) => ({ ...one, times: draw.int(3, 4) })),
      ];
    case 'storm':
      return [{ name: draw.one(STORMS), on: draw.one(['write', 'any']), after: draw.int(0, size), times: draw.int(3, 6) }];
    case 'restart of the ERP':
      return some(draw.int(1, 2), ['restart before it', 'restart after it'], draw.one(['write', 'any']));
    case 'clocks':
    case 'database restarted':
      return some(draw.int(1, 2), TAKEN, 'write');
    default:
      return [];
  }
}

/** Those of consecutive seeds go through all places and moments in turn. */
function trapsOf(draw: Draw, seed: number, size: number, has: (theme: Theme) => boolean): PlannedTrap[] {
  const kills = has('kills') ? draw.int(1, 3) : draw.chance(0.1) ? 1 : 0;
  const stops = has('sleeper') ? 1 : 0;
  return Array.from({ length: kills + stops }, (_, turn) => {
    const act = turn < kills ? 'kill' : 'stop';
    return {
      order: draw.int(0, size - 1),
      await: 1 + ((seed * 5 + turn * 3) % AWAITS),
      when: act === 'stop' ? 'before' : draw.one(['before', 'during']),
      act,
      delayMs: draw.int(0, 30),
      wake: draw.one(['late', 'overtaken']),
    };
  });
}

function outagesOf(theme: Theme, draw: Draw): PlannedOutage[] {
  const when = () => ({ afterMs: draw.int(100, 2_000), forMs: draw.int(50, 800) });
  if (theme === 'queue lost') return [{ what: draw.one(['queue flushed', 'queue restarted']), ...when() }];
  if (theme === 'database restarted') return [{ what: 'PostgreSQL restarted', ...when() }];
  return [];
}
