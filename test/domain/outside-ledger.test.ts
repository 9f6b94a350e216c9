import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateOf } from '../../src/domain/budgets/original.ts';
import { documentEntries, type StandingDocument } from '../../src/domain/budgets/outside-ledger.ts';
import type { Entry, Original } from '../../src/domain/budgets/post.ts';
import { pairKey, type RateAnswer, sumIn } from '../../src/domain/rates/rate.ts';

const NOW = new Date('2026-11-23T09:00:00Z');

interface Look {
  readonly minor: number;
  readonly currency: string;
  /** What one USD, or one EUR, is worth by then. */
  readonly rate: string;
  readonly isInverse: boolean;
}

const anyLook: fc.Arbitrary<Look> = fc.record({
  minor: fc.integer({ min: 0, max: 9_999 }),
  currency: fc.constantFrom('USD', 'USD', 'USD', 'EUR'),
  rate: fc.constantFrom('0.9', '0.91', '1.2', '3', '0.0007'),
  isInverse: fc.boolean(),
});

/** 0.07 USD are 0.06 EUR by it. */
const told = (minor: number, currency: string): Look => ({ minor, currency, rate: '0.9', isInverse: false });

/** As the store reads them. */
function standing(entries: readonly Entry[]): StandingDocument[] {
  if (entries.length === 0) return [];
  const amount = entries.reduce((sum, one) => sum + one.amount, 0);
  const told = entries.reduce((sum, { original }) => sum + (original?.amount ?? 0), 0);
  const last = entries.findLast(({ original }) => original)?.original ?? null;
  const original = last && told !== 0 ? { ...last, amount: told } : null;
  return [{ documentId: '1', budgetId: '7', periodId: '70', amount, original, movements: entries.length }];
}

function look(entries: Entry[], { minor, currency, rate, isInverse }: Look): Entry[] {
  const answer: RateAnswer = { from: currency, to: 'EUR', on: '2026-11-20', source: 'ECB', rate, isInverse };
  const document = { documentId: '1', number: 'SO-1', version: '1', budgetId: '7', currency: 'EUR', periodId: '70' };
  const made = documentEntries([{ ...document, told: { minor, currency }, rate: answer }], standing(entries), NOW);
  entries.push(...made);
  return made;
}

function worth(original: Original): ReturnType<typeof sumIn> {
  const rates = new Map([[pairKey('USD', 'EUR'), rateOf(original, 'EUR')]]);
  return sumIn('EUR', [{ minor: original.amount, currency: 'USD' }], rates);
}

describe('what stands of a document', () => {
  it('is what the document tells, by one rate, whatever else it told and was worth before; the next look adds nothing', () => {
    fc.assert(
      fc.property(fc.array(anyLook, { minLength: 1, maxLength: 8 }), (looks) => {
        const entries: Entry[] = [];
        for (const one of looks) {
          look(entries, one);
          const [stands] = standing(entries);
          const { original = null } = stands ?? {};
          if (original) expect(worth(original)).toEqual({ minor: stands?.amount });
          else expect(stands?.amount ?? 0).toBe(one.currency === 'EUR' ? one.minor : 0);
          expect(look(entries, { ...one, rate: '17', isInverse: false })).toEqual(
            one.currency === 'EUR' || original ? [] : expect.anything(),
          );
        }
        look(entries, { minor: 0, currency: 'USD', rate: '1', isInverse: false });
        const [left] = standing(entries);
        expect(left?.amount ?? 0).toBe(0);
        // What was worth less than half a cent was never booked, and need not be taken back.
        expect(left?.original ? worth(left.original) : { minor: 0 }).toEqual({ minor: 0 });
        expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
      }),
      { numRuns: 500, examples: [[[told(6, 'EUR'), told(7, 'USD')]]] },
    );
  });
});
