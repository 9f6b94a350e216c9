/** The days a budget holds. */
import type { NewBudget } from './budget.ts';

export type Validity = Pick<NewBudget, 'validFrom' | 'validUntil'>;

export function hasCommonDay(one: Validity, other: Validity): boolean {
  return (one.validUntil === null || other.validFrom < one.validUntil) && (other.validUntil === null || one.validFrom < other.validUntil);
}

export function isValidOn({ validFrom, validUntil }: Validity, on: string): boolean {
  return validFrom <= on && (validUntil === null || on < validUntil);
}

export function sayDays({ validFrom, validUntil }: Validity): string {
  return validUntil === null ? `from ${validFrom}` : `from ${validFrom} before ${validUntil}`;
}
