/** One thing a rule may ask about an order. */
import type { z } from 'zod';
import type { Facts, SpendNeed } from '../facts.ts';

export interface Tried {
  /** `null`: nobody can say, because an amount is in another currency and no rate is known. */
  readonly holds: boolean | null;
  /** What the order has, as people read it. */
  readonly found: string;
  /** What the rule asks for. */
  readonly wanted: string;
}

export interface Trigger<Schema extends z.ZodType = z.ZodType> {
  /** One sentence for the documentation. */
  readonly about: string;
  readonly schema: Schema;
  try(condition: z.output<Schema>, facts: Facts): Tried;
  /** Sums that must be loaded before it can be tried. */
  spendNeed?(condition: z.output<Schema>): SpendNeed & { includesShipping: boolean };
  /** Facts that cost a search through past orders. */
  readonly asksHistory?: true;
  /** Asks about lines, so that a rule that lets orders pass must say whether one line is enough. */
  readonly asksLines?: true;
}

/** Keeps the type of the schema. */
export function defineTrigger<Schema extends z.ZodType>(trigger: Trigger<Schema>): Trigger<Schema> {
  return trigger;
}
