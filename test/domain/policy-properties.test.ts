import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/domain/policy/evaluate.ts';
import { EFFECTS } from '../../src/domain/policy/schema.ts';
import { selectApprovers } from '../../src/domain/policy/select-approvers.ts';
import type { Selector } from '../../src/domain/policy/selector-schema.ts';
import { directory, facts, policy, question, type WrittenPerson, type WrittenRule } from './policy-setup.ts';

const when = fc.oneof(
  fc.constant({}),
  fc.record({ orderTotal: fc.record({ gt: fc.integer({ min: 0, max: 200 }), currency: fc.constantFrom('EUR', 'USD') }) }),
  fc.record({ quantity: fc.record({ gte: fc.integer({ min: 0, max: 20 }) }) }),
  fc.record({ items: fc.record({ in: fc.constantFrom(['4711'], ['47*'], ['9']), lines: fc.constant('all' as const) }) }),
);
const approvers = fc.array(fc.record({ superior: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 2 });
const stages = fc.array(fc.record({ approvers }), { minLength: 1, maxLength: 3 });

const rules = fc
  .array(fc.record({ effect: fc.constantFrom(...EFFECTS), when, stages, priority: fc.integer({ min: 0, max: 2 }), unit: fc.boolean() }), {
    maxLength: 6,
  })
  .map((all) =>
    all.map(({ effect, stages: asked, ...rule }, n) => ({
      ...rule,
      effect,
      name: `r${n}`,
      ...(effect === 'require' && { stages: asked }),
    })),
  );

type Drawn = WrittenRule & { unit: boolean };

/** Some at the company, some at a unit of it. */
function judge(drawn: readonly Drawn[]) {
  const written = (unit: boolean) => ({ rules: drawn.filter((one) => one.unit === unit).map(({ unit: _, ...rule }) => rule) });
  return evaluate([policy(written(false)), policy(written(true), '2')], facts());
}

const strictness = (drawn: readonly Drawn[]) => EFFECTS.indexOf(judge(drawn).outcome);

describe('whatever the rules are', () => {
  it('one more never weakens the outcome, unless it is a bypass', () => {
    fc.assert(
      fc.property(rules, rules, (before, more) => {
        const added = more.filter(({ effect }) => effect !== 'bypass').map((rule, n) => ({ ...rule, name: `more${n}` }));
        const both = [...before, ...added] as Drawn[];
        expect(strictness(both)).toBeGreaterThanOrEqual(strictness(before as Drawn[]));
      }),
      { numRuns: 500 },
    );
  });

  it('one more that asks for approval takes no stage away', () => {
    const asking = rules.map((all) => all.filter(({ effect }) => effect === 'require') as Drawn[]);
    fc.assert(
      fc.property(asking, asking, (before, more) => {
        const after = judge([...before, ...more.map((rule, n) => ({ ...rule, name: `more${n}` }))]).stages;
        const contents = (all: typeof after) => all.map(({ mode, approvers: who }) => JSON.stringify([mode, who]));
        expect(contents(after)).toEqual(expect.arrayContaining(contents(judge(before).stages)));
      }),
      { numRuns: 300 },
    );
  });

  it('the order they are written in changes nothing', () => {
    fc.assert(
      fc.property(
        rules.chain((all) => fc.tuple(fc.constant(all as Drawn[]), fc.shuffledSubarray(all as Drawn[], { minLength: all.length }))),
        ([given, shuffled]) => {
          expect(judge(shuffled)).toEqual(judge(given));
        },
      ),
      { numRuns: 500 },
    );
  });
});

const ids = ['10', '11', '12', '13', '14', '15'];
const someone = fc.record({
  superiorId: fc.option(fc.constantFrom(...ids)),
  accountId: fc.constantFrom('1', '2', '3', '99'),
  status: fc.constantFrom('active', 'active', 'active', 'left'),
  roles: fc.subarray(['approver', 'administrator', 'lead']),
});
const people = fc
  .tuple(...ids.map(() => someone))
  .map((all) => Object.fromEntries(all.map((one, n) => [String(ids[n]), one as WrittenPerson])));
const delegation = fc.record({
  id: fc.nat().map(String),
  fromPersonId: fc.constantFrom(...ids),
  toPersonId: fc.constantFrom(...ids),
  startsAt: fc.constant(new Date(0)),
});
const selector = fc.oneof<fc.Arbitrary<Selector>[]>(
  fc.record({ kind: fc.constant('superior' as const), level: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('person' as const), person: fc.constantFrom('a', 'b', 'c', 'nobody') }),
  fc.record({ kind: fc.constant('role' as const), role: fc.constant('lead'), area: fc.constantFrom('unit' as const, 'company' as const) }),
);
const limit = fc.option(fc.constantFrom(0, 1499, 1500, 9999), { nil: undefined });
const asked = fc.record({
  people,
  delegations: fc.array(delegation, { maxLength: 4 }),
  selectors: fc.array(selector, { minLength: 1, maxLength: 3 }),
  mode: fc.constantFrom('any' as const, 'all' as const, 'n_of_m' as const),
  n: fc.integer({ min: 1, max: 3 }),
  onBehalfOfId: fc.option(fc.constantFrom(...ids)),
  limit,
});

function select({
  people: written,
  delegations,
  selectors,
  mode,
  n,
  onBehalfOfId,
  limit: amount,
}: typeof asked extends fc.Arbitrary<infer One> ? One : never) {
  const approve =
    amount === undefined ? {} : { approve: { default: { amount, currency: 'EUR', per: 'order' as const }, roles: { lead: 'unlimited' } } };
  const limits = policy({ limits: approve });
  const stage = { mode, n: mode === 'n_of_m' ? n : null, approvers: selectors };
  return selectApprovers(stage, question(directory(written, { delegations }), [limits], { onBehalfOfId }));
}

describe('whoever superiors and deputies are, in circles too', () => {
  it('choosing ends, and nobody who requested the order holds it', () => {
    fc.assert(
      fc.property(asked, (drawn) => {
        const holders = select(drawn).holders.map(({ personId }) => personId);
        expect(holders).not.toContain('10');
        expect(holders).not.toContain(drawn.onBehalfOfId);
      }),
      { numRuns: 1000 },
    );
  });

  it('a step has enough holders, each of them once and active, or says why it has none', () => {
    fc.assert(
      fc.property(asked, (drawn) => {
        const { holders, needed, exhausted } = select(drawn);
        const held = holders.map(({ personId }) => personId);
        expect(exhausted === null).toBe(held.length > 0);
        if (exhausted === null) expect(held.length).toBeGreaterThanOrEqual(needed);
        expect(new Set(held).size).toBe(held.length);
        expect(held.filter((id) => drawn.people[id]?.status !== 'active')).toEqual([]);
        expect(drawn.mode === 'n_of_m' && exhausted === null ? needed : drawn.n).toBe(drawn.n);
      }),
      { numRuns: 1000 },
    );
  });
});
