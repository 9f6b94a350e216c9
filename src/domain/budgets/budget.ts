/** A budget: whose money it is, how much there is in each period, and what the clock does with it. */
import type { CarryRule } from './carry.ts';
import type { Duration } from './duration.ts';
import type { PeriodRule } from './period-rule.ts';

export const OWNER_KINDS = ['person', 'unit', 'cost_centre', 'project'] as const;
export const ENFORCEMENTS = ['allow', 'warn', 'require_approval', 'block'] as const;

export interface Budget {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly companyId: string;
  readonly ownerKind: (typeof OWNER_KINDS)[number];
  /** Of a person or unit. */
  readonly ownerId: string | null;
  /** Of a cost centre or project. */
  readonly ownerCode: string | null;
  readonly parentId: string | null;
  readonly currency: string;
  readonly limitKind: 'unlimited' | 'amount' | 'inherit';
  /** Minor units a period begins with. */
  readonly amount: number | null;
  readonly basis: 'net' | 'gross';
  readonly includesShipping: boolean;
  readonly enforcement: (typeof ENFORCEMENTS)[number];
  readonly periodRule: PeriodRule;
  readonly zone: string;
  readonly validFrom: string;
  /** First day it no longer holds. */
  readonly validUntil: string | null;
  readonly carryRule: CarryRule;
  readonly chargeOn: 'submission' | 'decision' | 'delivery' | 'posting';
  readonly lateCredit: 'current' | 'original' | 'none';
  readonly closeDelay: Duration;
  readonly alertPercents: readonly number[];
  /** Whether what is below counts against it, or is only added up for the eye. */
  readonly rollUp: 'enforced' | 'informative';
  readonly actualsSource: 'kontor' | 'erp' | 'both';
  readonly state: 'active' | 'closed';
  readonly version: number;
  /** First day after the periods that have begun; `null`: none follows. */
  readonly nextOpensOn: string | null;
  readonly nextOpensAt: Date | null;
  /** When the clock has something to do about it: a period begins or is closed for good, carried money expires. */
  readonly nextDueAt: Date | null;
  /** When it was created, or reopened last. */
  readonly activeSince: Date;
}

export function isActive({ state }: Pick<Budget, 'state'>): boolean {
  return state === 'active';
}

export interface NextOpening {
  readonly id: string;
  readonly nextOpensOn: string | null;
  readonly nextOpensAt: Date | null;
  readonly nextDueAt: Date | null;
}

/** What somebody decides about a budget; the rest follows from it. */
export type NewBudget = Omit<Budget, 'id' | 'state' | 'version' | 'nextOpensOn' | 'nextOpensAt' | 'nextDueAt' | 'activeSince'>;
