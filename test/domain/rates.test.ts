import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refused } from '../../src/connector/mapping/cell.ts';
import { answerFor, forOne, pairKey, quoted, type RateAnswer, sayRate, sumIn, unquoted } from '../../src/domain/rates/rate.ts';
import { readRateRows } from '../../src/domain/rates/rate-rows.ts';

const book = (from: string, to: string, rate: string, isInverse = false) =>
  new Map<string, RateAnswer>([[pairKey(from, to), { from, to, on: '2026-11-20', rate, source: 'ECB', isInverse }]]);
const minor = (...given: Parameters<typeof sumIn>) => {
  const sum = sumIn(...given);
  return 'lack' in sum ? sum.lack : sum.minor;
};

describe('an amount in another currency', () => {
  it('is converted exactly and rounded half up once, after all are added', () => {
    const rates = book('USD', 'EUR', '0.95');
    expect(minor('EUR', [{ minor: 10, currency: 'USD' }], rates)).toBe(10);
    expect(minor('EUR', [{ minor: 9, currency: 'USD' }, { minor: 9, currency: 'USD' }], rates)).toBe(17); // biome-ignore format: one sum
    expect(minor('EUR', [{ minor: -10, currency: 'USD' }], rates)).toBe(-10);
  });

  it('keeps the decimals of both currencies apart', () => {
    expect(minor('JPY', [{ minor: 1_000, currency: 'EUR' }], book('EUR', 'JPY', '160.5'))).toBe(1_605);
    expect(minor('KWD', [{ minor: 1_000, currency: 'EUR' }], book('EUR', 'KWD', '0.33'))).toBe(3_300);
  });

  it('is divided by a rate that is quoted the other way round', () => {
    expect(minor('USD', [{ minor: 900, currency: 'EUR' }], book('EUR', 'USD', '0.9', true))).toBe(1_000);
    const answer = book('EUR', 'USD', '0.9', true).get('EUR USD');
    if (!answer || 'lack' in answer) throw new Error('no rate');
    expect(quoted(answer)).toEqual({ rate: '1.1111111111111111111', on: '2026-11-20', source: 'ECB, inverse of 0.9' });
    expect(sayRate(answer)).toBe('USD/EUR 0.9 of 2026-11-20 (ECB)');
    expect(unquoted({ from: 'EUR', to: 'USD', ...quoted(answer) })).toEqual(answer);
  });

  it('has no value without a rate: not 1, and not by way of a third currency', () => {
    const rates = new Map([...book('USD', 'CHF', '0.8'), ...book('CHF', 'EUR', '1.05')]);
    expect(minor('EUR', [{ minor: 1, currency: 'USD' }], rates)).toBe('no rate USD/EUR');
    expect(minor('EUR', [{ minor: 0, currency: 'USD' }], rates)).toBe(0);
  });

  it('is never off by more than half of what the currency counts in', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 1, max: 1e7 }), (amount, rate) => {
        const converted = minor('EUR', [{ minor: amount, currency: 'USD' }], book('USD', 'EUR', String(rate / 1e4)));
        expect(Math.abs(Number(converted) - (amount * rate) / 1e4)).toBeLessThanOrEqual(0.5 + 1e-3);
      }),
    );
  });
});

describe('a rate', () => {
  const asked = { from: 'USD', to: 'EUR', day: '2026-11-23' };
  const newest = (on: string) => answerFor(asked, { on, rate: '0.9', source: 'ECB', isInverse: false }, 7);

  it('is good as long as it is not too old', () => {
    expect(newest('2026-11-16')).toMatchObject({ rate: '0.9' });
    expect(newest('2026-11-15')).toEqual({
      from: 'USD',
      to: 'EUR',
      lack: 'the newest rate USD/EUR is of 2026-11-15, 8 days before 2026-11-23; at most 7 are allowed',
    });
    expect(answerFor(asked, undefined, 7)).toMatchObject({ lack: 'no rate USD/EUR on or before 2026-11-23' });
  });
});

describe('rows of rates', () => {
  const row = (change: object = {}) => ({
    place: 'r.csv, row 2',
    date: '2026-11-20',
    from: 'USD',
    to: 'EUR',
    rate: '0.9',
    per: '1',
    source: 'ECB',
    ...change,
  });

  it('are taken once, with the source of the command where they name none', () => {
    const { rates, problems } = readRateRows([row(), row(), row({ to: 'chf', source: '' })], 'bank');
    expect(problems).toEqual([]);
    expect(rates).toEqual([
      { from: 'USD', to: 'EUR', on: '2026-11-20', rate: '0.9', source: 'ECB' },
      { from: 'USD', to: 'CHF', on: '2026-11-20', rate: '0.9', source: 'bank' },
    ]);
  });

  it('for several units are kept for one, digit for digit', () => {
    const yen = [row({ from: 'JPY', rate: '0.6145', per: '100' }), row({ from: 'IDR', rate: '57', per: '1000000' }), row({ per: '3' })];
    const { rates } = readRateRows(yen, null);
    expect(rates.map(({ rate }) => rate)).toEqual(['0.006145', '0.000057', '0.3']);
    expect(forOne('1', '3')).toBe(`0.${'3'.repeat(80)}`);
  });

  it('that cannot be rates are all told, with column and cure', () => {
    const bad = [
      { per: '0' },
      { per: new Refused('"many" is no number; correct it') },
      { rate: '0' },
      { rate: '-1' },
      { to: 'USD' },
      { from: 'Euro' },
      { date: new Refused('is no date; write it so') },
      { source: '' },
    ];
    const { problems } = readRateRows([...bad.map(row), row(), row({ rate: '0.8' })], null);
    expect(problems.map(({ path, reason, cure }) => [path.replace('r.csv, row 2', ''), reason, cure])).toEqual([
      [', column "per"', '0 units have no rate', 'say how many units it is for, or leave it blank for one'],
      [', column "per"', '"many" is no number', 'correct it'],
      [', column "rate"', 'a rate of zero would make everything free', 'give the rate, or leave the row out'],
      [', column "rate"', '-1 is less than zero', 'correct its sign'],
      [', column "to"', 'both currencies are USD', 'name two'],
      [', column "from"', '"Euro" is no currency', 'use three letters of ISO 4217 such as EUR'],
      [', column "date"', 'is no date', 'write it so'],
      [', column "source"', 'is blank', 'fill it, or name the source of all of them with --source'],
      ['', 'USD/EUR of 2026-11-20 (ECB) is 0.8 here and 0.9 in r.csv, row 2', 'leave one of them, or name their sources'],
    ]);
  });
});
