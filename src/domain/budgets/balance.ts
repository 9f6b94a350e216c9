/** The sums of a period, and what each kind of movement does to them. Integer minor units of the budget's currency. */

export interface Balance {
  readonly allocated: number;
  readonly carriedIn: number;
  /** Zero or below; above it when overspending was deducted from the next period. */
  readonly carriedOut: number;
  readonly adjusted: number;
  /** By how much it is overspent; OVERRIDE movements tell who let it happen. */
  readonly overridden: number;
  readonly reserved: number;
  readonly committed: number;
  /** Invoiced; tells, and limits nothing. */
  readonly actual: number;
}

export const EMPTY: Balance = {
  allocated: 0,
  carriedIn: 0,
  carriedOut: 0,
  adjusted: 0,
  overridden: 0,
  reserved: 0,
  committed: 0,
  actual: 0,
};

export const MOVEMENT_TYPES = [
  'ALLOCATE',
  'CARRY_IN',
  'CARRY_OUT',
  'TRANSFER_IN',
  'TRANSFER_OUT',
  'TOP_UP',
  'OVERRIDE',
  'RESERVE',
  'RELEASE',
  'COMMIT',
  'ADJUST',
  'CREDIT',
  'EXTERNAL',
  'ACTUAL',
] as const;
export type MovementType = (typeof MOVEMENT_TYPES)[number];

/** Which sums a movement's amount is added to, and with which sign. The store writes its statement from the same table. */
export const EFFECTS: Readonly<Record<MovementType, Readonly<Partial<Record<keyof Balance, 1 | -1>>>>> = {
  ALLOCATE: { allocated: 1 },
  CARRY_IN: { carriedIn: 1 },
  CARRY_OUT: { carriedOut: 1 },
  TRANSFER_IN: { adjusted: 1 },
  TRANSFER_OUT: { adjusted: 1 },
  TOP_UP: { adjusted: 1 },
  OVERRIDE: { overridden: 1 },
  RESERVE: { reserved: 1 },
  RELEASE: { reserved: 1 },
  COMMIT: { reserved: -1, committed: 1 },
  ADJUST: { committed: 1 },
  CREDIT: { committed: 1 },
  EXTERNAL: { committed: 1 },
  ACTUAL: { actual: 1 },
};

export function applyMovement(balance: Balance, type: MovementType, amount: number): Balance {
  const effects = EFFECTS[type];
  const sum = (name: keyof Balance) => balance[name] + (effects[name] ?? 0) * amount;
  return {
    allocated: sum('allocated'),
    carriedIn: sum('carriedIn'),
    carriedOut: sum('carriedOut'),
    adjusted: sum('adjusted'),
    overridden: sum('overridden'),
    reserved: sum('reserved'),
    committed: sum('committed'),
    actual: sum('actual'),
  };
}

/** What the period may spend. */
export function entitled({ allocated, carriedIn, carriedOut, adjusted }: Balance): number {
  return allocated + carriedIn + carriedOut + adjusted;
}

export function used({ reserved, committed }: Balance): number {
  return reserved + committed;
}

/** Below zero: overspent by so much. */
export function available(balance: Balance): number {
  return entitled(balance) - used(balance);
}

export function excessOf(balance: Balance): number {
  return Math.max(0, -available(balance));
}
