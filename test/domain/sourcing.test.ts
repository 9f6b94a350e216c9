import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Place, Site } from '../../src/domain/orders/nearness.ts';
import { mainSites, proposeSites, type SourcingQuestion } from '../../src/domain/orders/sourcing.ts';

const NOWHERE: Place = { country: null, postalCode: null, latitude: null, longitude: null };
const KIEL: Place = { country: 'DE', postalCode: '24103', latitude: 54.32, longitude: 10.14 };

function site(name: string, place: Partial<Site> = {}): Site {
  return { ...NOWHERE, name, leadDays: 0, cost: 0, ...place };
}

const LUEBECK = site('HL', { country: 'DE', postalCode: '23552', latitude: 53.87, longitude: 10.69, leadDays: 1, cost: 4 });
const MUNICH = site('M', { country: 'DE', postalCode: '80331', latitude: 48.14, longitude: 11.58, leadDays: 3, cost: 1.5 });

const stock = (where: string, product: string, available: string, unit: string | null = null) => ({
  site: where,
  product,
  unit,
  available,
});
const line = (reference: string, product: string, quantity: string, amount: number) => ({
  reference,
  product,
  quantity,
  unit: 'PCE',
  amount,
});

function ask(question: Partial<SourcingQuestion>): SourcingQuestion {
  return { shipTo: KIEL, sites: [LUEBECK, MUNICH], stock: [], lines: [], minSplitValue: 0, ...question };
}

describe('the nearest site with stock', () => {
  it('is proposed with its distance, and another one for what it lacks', () => {
    const lines = [line('1', '4711', '10', 100_00), line('2', '4712', '5', 50_00)];
    const proposal = proposeSites(ask({ lines, stock: [stock('HL', '4711', '7'), stock('M', '4711', '99'), stock('M', '4712', '5')] }));
    expect(proposal.lines).toEqual([
      {
        reference: '1',
        product: '4711',
        parts: [
          { site: 'HL', quantity: '7' },
          { site: 'M', quantity: '3' },
        ],
        missing: '0',
      },
      { reference: '2', product: '4712', parts: [{ site: 'M', quantity: '5' }], missing: '0' },
    ]);
    expect(proposal.sites).toMatchObject([
      { site: 'HL', by: 'coordinates', distanceKm: 61.6, value: 70_00 },
      { site: 'M', by: 'coordinates', value: 80_00 },
    ]);
    expect(proposal).toMatchObject({ cost: 5.5, leadDays: 3 });
    expect(proposal.reason).toMatch(/^from HL \(61\.6 km\), then M \(\d+(\.\d)? km\), nearest first$/);
    expect(mainSites(proposal)).toEqual(new Map([['1', 'HL'], ['2', 'M']])); // biome-ignore format: one line
  });

  it.each([
    ['the longer common beginning of the postal code', [site('A', { country: 'DE', postalCode: '20095' }), site('B', { country: 'de', postalCode: 'D-24 114' })], 'B'],
    ['the country', [site('A', { country: 'DK', postalCode: '24103' }), site('B', { country: 'DE', postalCode: '80331' })], 'B'],
    ['coordinates before all else', [site('A', { country: 'DE', postalCode: '24103' }), MUNICH], 'M'],
    ['cost, where distances are equal', [site('A', { country: 'DE', cost: 2 }), site('B', { country: 'DE', cost: 1 })], 'B'],
    ['the name, where nothing else tells', [site('B'), site('A')], 'A'],
  ])('is told by %s', (_, sites, nearest) => {
    const all = sites.map(({ name }) => stock(name, '4711', '1'));
    const proposal = proposeSites(ask({ sites, stock: all, lines: [line('1', '4711', '1', 10)] }));
    expect(proposal.sites.map((one) => one.site)).toEqual([nearest]);
  }); // biome-ignore format: a table

  it('is left out of a split that is worth too little, and what only lies there is told as missing', () => {
    const lines = [line('1', '4711', '10', 100_00), line('2', '4712', '1', 49_99)];
    const where = [stock('M', '4711', '10'), stock('HL', '4712', '1')];
    const proposal = proposeSites(ask({ lines, stock: where, minSplitValue: 50_00 }));
    expect(proposal).toMatchObject({ sites: [{ site: 'M' }], leftOut: ['HL'], lines: [{ missing: '0' }, { parts: [], missing: '1' }] });
    expect(proposal.reason).toContain('not from HL: worth less than a split may be');
    expect(proposeSites(ask({ lines, stock: where, minSplitValue: 49_99 })).sites).toHaveLength(2);
  });

  it('does not count stock in another unit', () => {
    const lines = [line('1', '4711', '1', 10_00)];
    expect(proposeSites(ask({ lines, stock: [stock('HL', '4711', '5', 'BOX')] })).reason).toBe('no site has any of it; the ERP decides');
    expect(proposeSites(ask({ lines, stock: [stock('HL', '4711', '5', 'PCE')] })).sites).toHaveLength(1);
  });
});

const decimal = fc.integer({ min: 1, max: 5_000 }).map((n) => new Decimal(n).div(100).toFixed());
const names = ['A', 'B', 'C', 'D'];
const anyPlace = fc.record({
  country: fc.constantFrom(null, 'DE', 'DK'),
  postalCode: fc.constantFrom(null, '24103', '24937', '80331'),
  latitude: fc.constantFrom(null, 48.1, 54.3),
  longitude: fc.constantFrom(10.1, 11.6),
});
const anyQuestion: fc.Arbitrary<SourcingQuestion> = fc.record({
  shipTo: fc.option(anyPlace),
  sites: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...names), anyPlace, fc.constantFrom(0, 1, 2)), { selector: ([name]) => name })
    .map((all) => all.map(([name, place, cost]) => site(name, { ...place, cost }))),
  stock: fc.array(
    fc.record({
      site: fc.constantFrom(...names),
      product: fc.constantFrom('x', 'y'),
      unit: fc.constantFrom(null, 'PCE', 'BOX'),
      available: fc.oneof(decimal, fc.constantFrom('0', '-3')),
    }),
  ),
  lines: fc
    .array(
      fc.record({
        product: fc.constantFrom('x', 'y', 'z'),
        quantity: decimal,
        amount: fc.nat(100_000),
        unit: fc.constantFrom(null, 'PCE'),
      }),
    )
    .map((lines) => lines.map((one, place) => ({ ...one, reference: String(place) }))),
  minSplitValue: fc.nat(80_000),
});

const sum = (all: readonly string[]) => all.reduce((total, one) => total.plus(one), new Decimal(0));

describe('any proposal', () => {
  it('promises no more of a product at a site than lies there, and of a line neither more nor less than was ordered', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { lines } = proposeSites(question);
        for (const { product, unit: _, reference, quantity } of question.lines) {
          const line = lines.find((one) => one.reference === reference);
          expect(sum([...(line?.parts.map((part) => part.quantity) ?? []), line?.missing ?? '0']).toFixed(), product).toBe(
            new Decimal(quantity).toFixed(),
          );
          expect(Number(line?.missing)).toBeGreaterThanOrEqual(0);
        }
        for (const name of names)
          for (const product of ['x', 'y', 'z']) {
            const there = question.stock.filter((one) => one.site === name && one.product === product);
            const byUnit = [...new Set(there.map(({ unit }) => unit))].map((unit) =>
              Decimal.max(0, sum(there.filter((one) => one.unit === unit).map(({ available }) => available))).toFixed(),
            );
            const promised = sum(
              lines
                .filter((one) => one.product === product)
                .flatMap(({ parts }) => parts.filter((part) => part.site === name).map((part) => part.quantity)),
            );
            expect(promised.lte(sum(byUnit))).toBe(true);
          }
      }),
      { numRuns: 200 },
    );
  });

  it('splits nothing below the least value', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { sites } = proposeSites(question);
        // Values are rounded for people, half up.
        const poor = sites.filter(({ value }) => value < question.minSplitValue - 0.5);
        expect(sites.length < 2 || poor.length === 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('is the same in whatever order lines, sites and stock are told', () => {
    const shuffled = anyQuestion.chain((question) =>
      fc
        .tuple(
          ...([question.lines, question.sites, question.stock] as const).map((all) =>
            fc.shuffledSubarray([...all] as object[], { minLength: all.length }),
          ),
        )
        .map(([lines, sites, stock]) => [question, { ...question, lines, sites, stock } as SourcingQuestion] as const),
    );
    fc.assert(
      fc.property(shuffled, ([question, other]) => {
        expect(proposeSites(other)).toEqual(proposeSites(question));
      }),
      { numRuns: 200 },
    );
  });
});
