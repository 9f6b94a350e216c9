import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponentOf } from '../../src/connector/mapping/words.ts';
import { isWithin, lineAmount, pricePerUnit } from '../../src/domain/orders/amount.ts';
import { parseChange, parseSubmission, type Submission, submissionDigest } from '../../src/domain/orders/submission.ts';

const GOOD = { reference: 'R-1', account: 'A-1', orderedBy: 'P-1', lines: [{ product: '4711', quantity: '1' }] };

function parsed(change: object): Submission {
  const result = parseSubmission({ ...GOOD, ...change });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.submission;
}

function problemsOf(change: object): string[] {
  const result = parseSubmission({ ...GOOD, ...change });
  return 'problems' in result ? result.problems.map(({ path, reason, cure }) => `${path} ${reason}: ${cure}`) : [];
}

describe('a submission', () => {
  it('may write codes and decimals as texts or numbers, and blanks for nothing', () => {
    expect(
      parsed({
        orderedBy: 17,
        currency: 'eur',
        shipTo: ' ',
        note: ' a\r\nb ',
        lines: [{ product: 4711, quantity: 1e-3, unitPrice: '007.50' }],
      }),
    ).toMatchObject({
      orderedBy: '17',
      currency: 'EUR',
      shipTo: null,
      note: 'a\nb',
      lines: [{ product: '4711', quantity: '0.001', unitPrice: '7.5' }],
    });
  });

  it('is told all that is wrong with it at once, each with its place and its cure', () => {
    const lines = [
      { product: 'x', quantity: '1,5', unitPrice: -1 },
      { product: null, quantity: 0 },
      { product: 'a\u0000b', quantity: '1', colour: 'red' },
    ];
    expect(problemsOf({ reference: ' ', orderedBy: undefined, requestedDeliveryOn: '2026-02-30', currency: 'XQX', lines })).toEqual([
      'reference is blank: fill it',
      'orderedBy is missing: give a text or a number',
      'currency "XQX" is no currency: use three letters of ISO 4217 such as EUR',
      'requestedDeliveryOn "2026-02-30" is no day of the calendar: write YYYY-MM-DD',
      'lines[0].quantity "1,5" is no number: write digits with a point, such as "1234.50"',
      'lines[0].unitPrice is less than zero: give zero or more',
      'lines[1].product cannot be used: give a text or a number',
      'lines[1].quantity is not more than zero: give more, or leave the line out',
      'lines[2].product "a\\u0000b" holds the control character U+0000: remove it at the source, or check the file\'s encoding',
      'lines[2].colour is not a field of an order: correct its name, or leave it out',
    ]);
    expect(problemsOf({ lines: [] })).toEqual(['lines is empty: an order has at least one line']);
    expect(problemsOf({ lines: 'x' })).toEqual(['lines is not a list: give a list']);
    expect(parseSubmission(null)).toMatchObject({ problems: [{ path: '' }] });
  });

  it('has the digest of every other that means the same, and of no other', () => {
    const digest = (change: object) => submissionDigest(parsed(change));
    expect(digest({ lines: [{ quantity: 1.0, product: 4711, unitPrice: null }], note: '' })).toBe(digest({}));
    const others = [
      { reference: 'R-2' },
      { account: 'A-2' },
      { note: 'x' },
      { lines: [{ product: '4711', quantity: '1.5' }] },
      { lines: [...GOOD.lines, ...GOOD.lines] },
    ];
    expect(new Set([{}, ...others].map(digest)).size).toBe(others.length + 1);
  });

  it('that changes an order says only what becomes different', () => {
    expect(parseChange({ note: null, shipTo: 'D-1' })).toEqual({ submission: { note: null, shipTo: 'D-1' } });
    expect(parseChange({ account: 'A-2' })).toMatchObject({ problems: [{ path: 'account' }] });
  });
});

describe('an amount', () => {
  it('is quantity by price in what the currency counts in, halves rounded up', () => {
    expect(lineAmount('3', '12.50', 'EUR')).toBe(3_750);
    expect(lineAmount('1', '0.005', 'EUR')).toBe(1);
    expect(lineAmount('1', '0.00499999999999999999999999', 'EUR')).toBe(0);
    expect(lineAmount('3', '33.5', 'JPY')).toBe(101);
    expect(lineAmount('1.5', '1.001', 'KWD')).toBe(1_502);
    expect(lineAmount('1000', '1.005', 'EUR')).toBe(100_500);
    expect(lineAmount('99999999999', '99999999', 'EUR')).toBeNull();
  });

  it('is off the exact product by at most half of what the currency counts in', () => {
    const decimal = fc.tuple(fc.bigInt(0n, 10n ** 9n), fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(decimal, decimal, fc.constantFrom('EUR', 'JPY', 'KWD'), ([q, qPlaces], [p, pPlaces], currency) => {
        const write = (digits: bigint, places: number) => {
          const text = String(digits).padStart(places + 1, '0');
          return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
        };
        const places = qPlaces + pPlaces;
        // In units of 10^-places of a minor unit, doubled, so that the half is whole.
        const exactTwice = 2n * q * p * 10n ** BigInt(exponentOf(currency));
        const unit = 10n ** BigInt(places);
        const amount = lineAmount(write(q, qPlaces), write(p, pPlaces), currency);
        const rounded = (exactTwice + unit) / (2n * unit);
        expect(amount).toBe(rounded <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(rounded) : null);
      }),
    );
  });

  it('of one unit is told where a price is for several', () => {
    expect(pricePerUnit('250', '100')).toBe('2.5');
    expect(pricePerUnit('10', '3')).toBe('3.333333333333');
    expect(lineAmount('3', pricePerUnit('10', '3'), 'EUR')).toBe(1_000);
  });

  it('may be off the agreed price by the tolerance and no more', () => {
    expect([
      isWithin('101', '100', 0.01),
      isWithin('101.0001', '100', 0.01),
      isWithin('99', '100', 0.01),
      isWithin('100.0', '100', 0),
    ]).toEqual([true, false, true, true]);
  });
});
