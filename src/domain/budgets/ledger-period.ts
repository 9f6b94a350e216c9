/** A period with its sums, as the ledger keeps it. */
import type { Balance } from './balance.ts';
import type { Period } from './periods.ts';

export type PeriodState = 'planned' | 'open' | 'closed_provisional' | 'closed_final';

export interface LedgerPeriod extends Period, Balance {
  readonly id: string;
  readonly budgetId: string;
  readonly state: PeriodState;
  /** When a provisional close becomes final. */
  readonly closesAt: Date | null;
  readonly carryExpiresAt: Date | null;
  readonly openedAt: Date | null;
  readonly openedLate: boolean;
  /** `false`: no limit of its own holds in this period. */
  readonly isLimited: boolean;
}

export interface NewPeriod extends Period {
  readonly budgetId: string;
  readonly state: 'planned' | 'open';
  readonly isLimited: boolean;
  readonly openedAt: Date | null;
  readonly openedLate: boolean;
  readonly carryExpiresAt: Date | null;
}

export type PeriodChange = Pick<LedgerPeriod, 'id' | 'state' | 'closesAt' | 'carryExpiresAt' | 'openedAt' | 'openedLate' | 'isLimited'>;
