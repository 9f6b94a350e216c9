import { describe, expect, it } from 'vitest';
import type { Delegation } from '../../src/domain/policy/approvers/directory.ts';
import { selectApprovers } from '../../src/domain/policy/select-approvers.ts';
import type { Selector } from '../../src/domain/policy/selector-schema.ts';
import type { Stage } from '../../src/domain/policy/stage-schema.ts';
import { directory, policy, question, type WrittenPerson } from './policy-setup.ts';

const superior: Selector = { kind: 'superior', level: 1 };
const named = (person: string): Selector => ({ kind: 'person', person });
const role = (area: 'unit' | 'subtree' | 'company'): Selector => ({ kind: 'role', role: 'lead', area });
const stage = (approvers: Selector[], mode: Stage['mode'] = 'any', n: number | null = null) => ({ mode, n, approvers });
const eur = (amount: number) => ({ amount, currency: 'EUR', per: 'order' as const });
const away = (from: string, to: string, day = 1): Delegation => ({
  id: `${from}${to}`,
  fromPersonId: from,
  toPersonId: to,
  startsAt: new Date(Date.UTC(2026, 0, day)),
});

/** Who holds, by name, with the original in brackets. */
function holders({ holders: all }: ReturnType<typeof selectApprovers>): string[] {
  return all.map(({ name, forPersonId }) => (forPersonId === null ? name : `${name} (${forPersonId})`));
}

describe('an order beyond an approve limit', () => {
  const people = { 10: { superiorId: '11' }, 11: { superiorId: '12' }, 12: { superiorId: '13' }, 13: {} };
  const approve = (limits: Record<string, object | 'unlimited'>) => [
    policy({ limits: { approve: { default: eur(0), people: limits } } } as never),
  ];

  it("of 1,500 goes past a superior who may approve 1,000 to that one's superior", () => {
    const told = selectApprovers(stage([superior]), question(directory(people), approve({ b: eur(1000), c: 'unlimited' })));
    expect(holders(told)).toEqual(['c']);
    expect(told.considered).toEqual([
      { personId: '11', name: 'b', via: 'superior', skipped: 'approve limit 1000.00 EUR an order (people b) does not cover 1500.00 EUR' },
      { personId: '12', name: 'c', via: 'superior of b', skipped: null },
    ]);
  });

  it('is covered by a limit of exactly its total', () => {
    expect(holders(selectApprovers(stage([superior]), question(directory(people), approve({ b: eur(1500) }))))).toEqual(['b']);
  });

  it('is not covered by a limit in another currency', () => {
    const told = selectApprovers(
      stage([superior]),
      question(directory(people), approve({ b: { ...eur(9999), currency: 'USD' }, c: eur(1500) })),
    );
    expect(holders(told)).toEqual(['c']);
    expect(told.considered[0]?.skipped).toContain('no rate');
  });

  it('goes on from superiors to the approvers of units upwards, then to the administrators of the company', () => {
    const more = {
      ...people,
      14: { roles: ['approver'] },
      15: { accountId: '1', roles: ['approver'] },
      16: { accountId: '1', roles: ['administrator'] },
    };
    const at = (name: string) => holders(selectApprovers(stage([superior]), question(directory(more), approve({ [name]: 'unlimited' }))));
    expect([at('e'), at('f'), at('g')]).toEqual([['e'], ['f'], ['g']]);
  });

  it('is held by nobody, and says so, where nobody may decide', () => {
    const told = selectApprovers(stage([superior]), question(directory(people), approve({})));
    expect(told).toMatchObject({ holders: [], exhausted: expect.stringContaining('nobody may decide') });
    expect(told.considered.map(({ name }) => name)).toEqual(['b', 'c', 'd']);
  });

  it('ends where superiors go round in a circle', () => {
    const circle = { ...people, 13: { superiorId: '12' } };
    const told = selectApprovers(stage([superior]), question(directory(circle), approve({})));
    expect(told.considered.at(-1)).toMatchObject({ via: 'superior of d', skipped: expect.stringContaining('circle') });
  });
});

describe('a candidate', () => {
  const people = { 10: {}, 11: {}, 12: { accountId: '1', roles: ['approver'] } };
  const skipped = (change: WrittenPerson, approvers: Selector[] = [named('b')], order = {}) => {
    const told = selectApprovers(stage(approvers), question(directory({ ...people, 11: change }), [], order));
    return { why: told.considered[0]?.skipped, holders: holders(told) };
  };

  it.each([
    [{ status: 'left' }, 'is left'],
    [{ accountId: '99' }, 'is not a member of the company'],
    [{ visibility: 'own' }, 'does not see orders of this unit (visibility own)'],
    [{ visibility: 'unit', accountId: '3' }, 'does not see orders of this unit (visibility unit)'],
    [{ visibility: 'subtree', accountId: '3' }, 'does not see orders of this unit (visibility subtree)'],
  ])('%j is skipped: %s, and the order goes up', (change, why) => {
    expect(skipped(change)).toEqual({ why, holders: ['c'] });
  });

  it('sees a unit below, and units beside nobody has hidden', () => {
    expect(skipped({ visibility: 'subtree', accountId: '1' })).toEqual({ why: null, holders: ['b'] });
    expect(skipped({ accountId: '3' })).toEqual({ why: null, holders: ['b'] });
  });

  it('is never who ordered, nor the one it was ordered for', () => {
    expect(skipped({}, [named('a')])).toEqual({ why: 'requested the order', holders: ['c'] });
    expect(skipped({}, [named('b')], { onBehalfOfId: '11' })).toEqual({ why: 'requested the order', holders: ['c'] });
  });

  it('is not who ordered under another number: the same mail address is the same person', () => {
    expect(skipped({ email: ' A@Hansa.Example ' })).toEqual({ why: 'requested the order', holders: ['c'] });
    expect(skipped({ email: 'a@hansa.example' }, [named('b')], { orderedById: '12', onBehalfOfId: '10' }).why).toBe('requested the order');
  });

  it('whom nobody knows is told', () => {
    expect(skipped({}, [named('P-99')])).toEqual({ why: 'there is no person "P-99" in the company', holders: ['c'] });
  });
});

describe('an own order', () => {
  const cap = (amount: number, accountId = '1') => policy({ selfApprovalUpTo: { amount, currency: 'EUR' } }, accountId);
  const alone = (...policies: ReturnType<typeof cap>[]) => selectApprovers(stage([named('a')]), question(directory({ 10: {} }), policies));

  it('may be approved up to the cap, and is marked', () => {
    expect(alone(cap(1500)).holders).toMatchObject([{ name: 'a', selfApproved: true }]);
    expect(alone(cap(1499)).holders).toEqual([]);
    expect(alone().holders).toEqual([]);
  });

  it('needs the cap of the company as well as that of the unit', () => {
    expect(alone(cap(1499), cap(9999, '2')).holders).toEqual([]);
    expect(alone(cap(1500), cap(1500, '2')).holders).toHaveLength(1);
  });
});

describe('selectors', () => {
  const people = {
    10: { superiorId: '11', roles: ['lead'] },
    11: { superiorId: '12', roles: ['lead'] },
    12: { accountId: '1', roles: ['lead'], superiorId: '13' },
    13: { accountId: '3', roles: ['lead', 'cost_centre_owner'], costCentre: '4100' },
  };
  const chosen = (selector: Selector, policies = [policy({})], order = {}) =>
    holders(selectApprovers(stage([selector]), question(directory(people), policies, order)));

  it('of a role look into the unit, the units below, or the company, and leave out who ordered', () => {
    expect(chosen(role('unit'))).toEqual(['b']);
    expect(chosen(role('subtree'), [], { accountId: '1', orderedById: '13' })).toEqual(['a', 'b', 'c']);
    expect(chosen(role('company'))).toEqual(['b', 'c', 'd']);
  });

  it('of a level go up so many superiors', () => {
    expect([1, 2, 3].map((level) => chosen({ kind: 'superior', level }))).toEqual([['b'], ['c'], ['d']]);
  });

  it('of a level end where superiors go round in a circle', () => {
    const round = directory({ 10: { superiorId: '11' }, 11: { superiorId: '10' } });
    const told = selectApprovers(stage([{ kind: 'superior', level: 3 }]), question(round));
    expect(told.considered[0]).toMatchObject({ skipped: 'the superiors of b go round in a circle' });
    expect(told.holders).toEqual([]);
  });

  it('of a cost centre take whom the rules name, else who has the role and the cost centre', () => {
    const order = { costCentre: '4100' };
    expect(chosen({ kind: 'costCentreOwner' }, [policy({ costCentreOwners: { '4100': 'B' } })], order)).toEqual(['b']);
    expect(chosen({ kind: 'costCentreOwner' }, [policy({})], order)).toEqual(['d']);
  });

  it('of the account manager take the person at the seller whom the nearest unit names', () => {
    const seller = directory({ 10: {}, 20: { accountId: '99', name: 'Ole Thomsen' } });
    const units = new Map([...seller.units].map(([id, unit]) => [id, id === '1' ? { ...unit, accountManager: 'ole thomsen' } : unit]));
    const told = selectApprovers(stage([{ kind: 'accountManager' }]), question({ ...seller, units }));
    expect(holders(told)).toEqual(['Ole Thomsen']);
  });
});

describe('a quorum', () => {
  const lead = { roles: ['lead'] };
  const three = { 10: {}, 11: lead, 12: lead, 13: { ...lead, status: 'left' } };

  it('of all needs everyone who holds the role now', () => {
    expect(selectApprovers(stage([role('unit')], 'all'), question(directory(three)))).toMatchObject({ needed: 2, exhausted: null });
  });

  it('of n is never lowered: too few are told by name', () => {
    const told = selectApprovers(stage([role('unit')], 'n_of_m', 3), question(directory(three)));
    expect(told).toMatchObject({ holders: [], needed: 3, exhausted: '3 must approve, and only 2 may: b, c' });
    expect(selectApprovers(stage([role('unit')], 'n_of_m', 2), question(directory(three)))).toMatchObject({ needed: 2, exhausted: null });
  });

  it('of n counts a person once whom two sources know', () => {
    const twice = { ...three, 12: { ...lead, email: 'B@hansa.example' } };
    const told = selectApprovers(stage([role('unit')], 'n_of_m', 2), question(directory(twice)));
    expect(told).toMatchObject({ holders: [], exhausted: '2 must approve, and only 1 may: b, c' });
    expect(selectApprovers(stage([role('unit')], 'n_of_m', 2), question(directory({ ...twice, 14: lead }))).exhausted).toBeNull();
  });

  it('of all has a superior in the place of one who may not decide, and nobody is left out in silence', () => {
    const stood = directory({ 10: {}, 11: { superiorId: '12' }, 12: {}, 13: { status: 'left', superiorId: '12' } });
    const both = stage([named('b'), named('d')], 'all');
    expect(selectApprovers(both, question(stood))).toMatchObject({ needed: 2, holders: [{ name: 'b' }, { name: 'c' }] });
    const alone = directory({ 10: {}, 11: {}, 13: { status: 'left' } });
    expect(selectApprovers(both, question(alone))).toMatchObject({
      holders: [],
      exhausted: 'all must approve, and nobody can stand in for: d',
    });
  });
});

describe('a deputy', () => {
  const people = { 10: { superiorId: '11' }, 11: {}, 12: {}, 13: {}, 14: {}, 15: {}, 16: {}, 17: {} };
  const chosen = (delegations: Delegation[], change: Record<string, WrittenPerson> = {}, picked = stage([superior])) =>
    selectApprovers(picked, question(directory({ ...people, ...change }, { delegations })));

  it('stands in for who is away, with both names', () => {
    expect(chosen([away('11', '12')]).holders).toEqual([
      { personId: '12', name: 'c', forPersonId: '11', via: 'superior', selfApproved: false },
    ]);
  });

  it('needs no limit of an own: the authority is that of the original', () => {
    const limits = { approve: { default: eur(0), people: { b: eur(1500) } } };
    const asked = question(directory(people, { delegations: [away('11', '12')] }), [policy({ limits })]);
    expect(holders(selectApprovers(stage([superior]), asked))).toEqual(['c (11)']);
  });

  it('may have a deputy, five steps far and no farther', () => {
    const chain = ['11', '12', '13', '14', '15', '16', '17'].flatMap((id, n, all) => (all[n + 1] ? [away(id, String(all[n + 1]))] : []));
    expect(holders(chosen(chain.slice(0, 2)))).toEqual(['d (11)']);
    expect(holders(chosen(chain))).toEqual(['g (11)']);
  });

  it.each([
    ['who ordered', [away('11', '10')], {}],
    ['who has left', [away('11', '12')], { 12: { status: 'left' } }],
    ['in a circle', [away('11', '12'), away('12', '11')], {}],
  ] as Array<[string, Delegation[], Record<string, WrittenPerson>]>)(
    '%s does not stand in; the original decides',
    (_who, delegations, change) => {
      expect(holders(chosen(delegations, change))).toEqual(['b']);
    },
  );

  it('may not be who ordered, even where own orders may be approved', () => {
    const cap = policy({ selfApprovalUpTo: { amount: 9999, currency: 'EUR' } });
    const asked = question(directory(people, { delegations: [away('11', '10')] }), [cap]);
    expect(holders(selectApprovers(stage([superior]), asked))).toEqual(['b']);
  });

  it('is the one named last where windows overlap', () => {
    expect(holders(chosen([away('11', '12', 2), away('11', '13', 1)]))).toEqual(['c (11)']);
  });

  it('does not take two seats where several must agree', () => {
    const both = chosen([away('11', '12')], {}, stage([named('b'), named('c')], 'all'));
    expect({ names: holders(both), needed: both.needed }).toEqual({ names: ['b', 'c'], needed: 2 });
    expect(both.considered.at(-1)).toMatchObject({ name: 'b', skipped: 'deputy c already decides here' });
    expect(holders(chosen([away('11', '12')], {}, stage([named('b'), named('c')])))).toEqual(['c']);
  });
});

describe('who is absent', () => {
  const people = { 10: { superiorId: '11' }, 11: { superiorId: '12' }, 12: { superiorId: '13' }, 13: {}, 14: { superiorId: '11' } };
  const ask = (away: string[], delegations: Delegation[] = [], change: Record<string, WrittenPerson> = {}, order = {}) =>
    selectApprovers(stage([superior]), question(directory({ ...people, ...change }, { delegations, away: new Set(away) }), [], order));
  const skips = ({ considered }: ReturnType<typeof selectApprovers>) => considered.map(({ skipped }) => skipped);

  it('is stood in for by the deputy, else by the superior, and the trace says so', () => {
    expect(holders(ask(['11']))).toEqual(['c (11)']);
    expect(skips(ask(['11']))).toEqual([null, 'is away; c stands in']);
    expect(holders(ask(['11'], [away('11', '14')]))).toEqual(['e (11)']);
  });

  it('has the superior of the superior when that one is absent, too, or that one’s deputy', () => {
    expect(holders(ask(['11', '12']))).toEqual(['d (11)']);
    expect(holders(ask(['11', '12'], [away('12', '14')]))).toEqual(['e (11)']);
    expect(holders(ask(['11', '14'], [away('11', '14')]))).toEqual(['c (11)']);
  });

  it('is never stood in for by who ordered, nor by somebody who may not decide', () => {
    expect(holders(ask(['11'], [], {}, { onBehalfOfId: '12' }))).toEqual(['d (11)']);
    expect(holders(ask(['11'], [], { 12: { superiorId: '13', status: 'left' } }))).toEqual(['d (11)']);
  });

  it('keeps the step when everybody who could stand in is absent, and it says so', () => {
    const told = ask(['11', '12', '13']);
    expect(holders(told)).toEqual(['b']);
    expect(skips(told)).toEqual([null, 'is away, and so is everybody who could stand in']);
    expect(holders(ask(['11'], [], { 11: { superiorId: '12' }, 12: { superiorId: '11', status: 'left' } }))).toEqual(['b']);
  });

  it('is asked where nobody is named as a deputy because nobody is absent', () => {
    expect(holders(ask([]))).toEqual(['b']);
    expect(holders(ask(['12']))).toEqual(['b']);
  });
});
