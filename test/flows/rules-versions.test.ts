import { describe, expect, it } from 'vitest';
import { dryRun } from '../../src/approvals/dry-run.ts';
import { policySchema } from '../../src/domain/policy/schema.ts';
import { listPolicies, showPolicy } from '../../src/store/approvals/list-policies.ts';
import { activatePolicy } from '../../src/store/approvals/policies.ts';
import { setupRules, type Written } from './rules-setup.ts';

const eur = (amount: number, per: 'order' | 'month' = 'order') => ({ amount, currency: 'EUR', per });

describe('versions of rules', () => {
  it('follow each other, one of them active, and every change is kept with who and why', async () => {
    const { db, put, id, clock } = await setupRules();
    expect([await put('A-1', { mode: 'own' }), await put('A-1', { mode: 'inherit' }), await put('A-1', { mode: 'own' }, true)]).toEqual([
      1, 2, 3,
    ]);
    await db.transaction((trx) => activatePolicy(trx, { accountId: id('A-1'), version: 1, by: 'Ines', reason: 'back' }, clock.now));
    const all = await listPolicies(db, { accountId: id('A-1'), withRetired: true });
    expect(all.map(({ version, state }) => [version, state])).toEqual([[3, 'draft'], [2, 'retired'], [1, 'active']]); // biome-ignore format: one row
    const shown = await showPolicy(db, id('A-1'));
    expect(shown?.log.map(({ version, action, by }) => `${version} ${action} ${by}`)).toEqual([
      '1 activated Ines',
      '2 retired Ines',
      '3 put test',
      '2 activated test',
      '1 retired test',
      '2 put test',
      '1 activated test',
      '1 put test',
    ]);
    expect(shown?.log[0]?.reason).toBe('back');
  });

  it('put at the same moment get numbers of their own, and one is active', async () => {
    const { put, rows } = await setupRules();
    const versions = await Promise.all([1, 2, 3, 4].map(() => put('A-2', { mode: 'own' })));
    expect(versions.sort()).toEqual([1, 2, 3, 4]);
    expect(await rows(`select count(*)::int as active from policies where state = 'active'`)).toEqual([{ active: 1 }]);
  });

  it('that are active already, or not there, cannot be activated', async () => {
    const { db, put, id, clock } = await setupRules();
    await put('A-1', { mode: 'own' });
    const activate = (version: number) =>
      db.transaction((trx) => activatePolicy(trx, { accountId: id('A-1'), version, by: 'test', reason: null }, clock.now));
    await expect(activate(1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(activate(2)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await listPolicies(db, { withRetired: false })).map(({ version, state }) => [version, state])).toEqual([[1, 'active']]);
  });
});

describe('a look back with other rules', () => {
  const rules: Written = {
    mode: 'own',
    rules: [
      { name: 'dear', effect: 'require', when: { orderTotal: { gt: 1000, currency: 'EUR' } }, stages: [{ approvers: [{ superior: 1 }] }] },
    ],
    limits: { buy: { default: eur(2000, 'month') }, approve: { default: eur(3000) } },
  };
  const since = new Date('2026-10-01T00:00:00Z');

  async function lookBack() {
    const setup = await setupRules('2026-09-30T09:00:00Z');
    const days = ['2026-09-30', '2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04'];
    for (const [n, euros] of [9000, 500, 1200, 400, 4000].entries()) {
      setup.clock.now = new Date(`${days[n]}T09:00:00Z`);
      await setup.place({ euros });
    }
    await setup.place({ euros: 5000, account: 'B-1', by: 'P-9' });
    const ask = (account: string, document: Written = rules) =>
      dryRun(setup.db, {
        accountId: setup.id(account),
        document: policySchema.parse(document),
        since,
        now: setup.clock.now,
        rateMaxAgeDays: 7,
      });
    return { ...setup, ask };
  }

  it('tells order by order what would have been, with the sums of that day', async () => {
    const { ask } = await lookBack();
    const told = await ask('A-1');
    expect(told.orders.map(({ outcome, stages }) => [outcome, ...stages.map(({ holders }) => holders.join())])).toEqual([
      ['allow'],
      ['require', 'Jens Brandt'],
      ['require', 'Jens Brandt'],
      ['require', ''],
    ]);
    expect(told.orders[2]?.because).toEqual([
      'buy limit of Hansa (default): 2100.00 EUR, 1700.00 EUR of it before this order; the limit is 2000.00 EUR a month',
    ]);
    expect(told).toMatchObject({ counts: { bypass: 0, allow: 1, warn: 0, require: 3, deny: 0 }, withoutApprover: 1 });
  });

  it('looks at the orders of that account and of those below it alone, and stores nothing', async () => {
    const { ask, rows } = await lookBack();
    const count = () => rows('select (select count(*) from evaluations) as e, (select count(*) from approval_steps) as s, (select count(*) from policies) as p'); // biome-ignore format: one statement
    const before = await count();
    expect((await ask('A-3')).orders).toEqual([]);
    expect((await ask('A-2')).orders).toHaveLength(4);
    expect(await count()).toEqual(before);
  });

  it('takes the rules of the accounts around as they are', async () => {
    const { ask, put } = await lookBack();
    await put('A-1', rules);
    expect((await ask('A-2', { mode: 'inherit' })).counts).toMatchObject({ require: 3 });
    expect((await ask('A-2', { mode: 'own' })).counts).toMatchObject({ require: 0, allow: 4 });
  });
});
