/** What is kept of one look at the rules: enough to tell anybody later why an order was held, and who was asked. */
import { ratesIn } from '../domain/policy/budgets.ts';
import type { Evaluation } from '../domain/policy/evaluate.ts';
import type { Facts, Spend } from '../domain/policy/facts.ts';
import type { Considered, Holder } from '../domain/policy/select-approvers.ts';
import type { Selector } from '../domain/policy/selector-schema.ts';
import { bookOf, type RateAnswer, type RateBook } from '../domain/rates/rate.ts';
import { type CompanyRules, zoneOf } from './company-rules.ts';
import type { AssignedStage } from './judge.ts';

export interface Trace extends Omit<Evaluation, 'stages'> {
  readonly policies: ReadonlyArray<{ readonly id: string; readonly accountId: string; readonly account: string; readonly version: number }>;
  readonly numbers: TraceNumbers;
  /** Exchange rates that were asked for, and why where there was none. */
  readonly rates: readonly RateAnswer[];
  readonly stages: readonly TraceStage[];
}

export interface TraceNumbers {
  readonly currency: string;
  readonly goods: number;
  readonly shippingCost: number;
  readonly total: number;
  readonly lines: number;
  /** Spend of other orders by `whose per`, in periods of this zone. */
  readonly spend: Readonly<Record<string, readonly Spend[]>>;
  readonly zone: string;
}

export interface TraceStage {
  readonly name: string;
  readonly mode: string;
  readonly needed: number;
  readonly approvers: readonly Selector[];
  readonly causes: ReadonlyArray<{ readonly accountId: string; readonly version: number; readonly rule: string }>;
  readonly considered: readonly Considered[];
  readonly holders: readonly Holder[];
  readonly exhausted: string | null;
}

export function traceOf(
  rules: CompanyRules,
  facts: Facts,
  { evaluation, stages }: { evaluation: Evaluation; stages: readonly AssignedStage[] },
): Trace {
  const { currency, goods, shippingCost, lines, spend } = facts;
  return {
    ...evaluation,
    policies: [...rules.policies.values()].map(({ id, accountId, account, version }) => ({ id, accountId, account, version })),
    numbers: {
      currency,
      goods,
      shippingCost,
      total: goods + shippingCost,
      lines: lines.length,
      spend: Object.fromEntries(spend),
      zone: zoneOf(rules),
    },
    rates: ratesIn(facts),
    stages: stages.map(({ stage: { name, mode, approvers, causes }, selection }) => {
      const { needed, considered, holders, exhausted } = selection;
      return { name, mode, needed, approvers, causes, considered, holders, exhausted };
    }),
  };
}

/** What a revision was judged with, for those who are asked about it later. */
export function ratesOfTrace(trace: unknown): RateBook {
  return bookOf(((trace ?? {}) as Partial<Pick<Trace, 'rates'>>).rates ?? []);
}
