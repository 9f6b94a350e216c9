import { describe, expect, it } from 'vitest';
import { activateStep } from '../../src/approvals/assign.ts';
import { loadSteps } from '../../src/store/approvals/steps.ts';
import { waitFor } from '../support/wait.ts';
import { type Placed, type RulesSetup, setupRules, type Written } from './rules-setup.ts';

const eur = (amount: number, per: 'order' | 'month' = 'order') => ({ amount, currency: 'EUR', per });
const asks = (when: object, approvers: object[] = [{ superior: 1 }], more: object = {}): Written =>
  ({ mode: 'own_plus_parent', rules: [{ name: 'r', effect: 'require', when, stages: [{ approvers }] }], ...more }) as Written;
/** Somebody waits for a lock of ours. */
const WAITING = `select from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database() and not l.granted`;
const dear = { orderTotal: { gt: 1000, currency: 'EUR' } };

async function activate({ db, clock }: RulesSetup, orderId: string) {
  const [step] = await loadSteps(db, orderId, 1);
  return db.transaction((trx) => activateStep(trx, String(step?.id), clock.now));
}

describe('without rules', () => {
  it('an order is released, and why is kept all the same', async () => {
    const { place, trace } = await setupRules();
    const { id, verdict } = await place({ euros: 99_999 });
    expect(verdict).toEqual({ verdict: 'release', approvedBy: 'rules', warnings: [] });
    expect(await trace(id)).toMatchObject({ outcome: 'allow', policies: [], numbers: { total: 9_999_900, currency: 'EUR' } });
  });
});

describe('a monthly limit', () => {
  const limits = { buy: { default: 'unlimited' as const, people: { 'p-1': eur(1000, 'month') } } };

  it('lets 300.00 pass and holds 300.01 when 700 of 1,000 are spent', async () => {
    const { put, place, steps, trace } = await setupRules();
    await put('A-1', { mode: 'own', limits });
    await place({ euros: 700 });
    const beyond = await place({ euros: 300.01 });
    expect(beyond.verdict).toEqual({ verdict: 'pending' });
    expect(await steps(beyond.id)).toEqual(['superior: active, P-2']);
    expect((await trace(beyond.id)).limits).toMatchObject([{ found: '1000.01 EUR, 700.00 EUR of it before this order', exceeded: true }]);
  });

  it('counts what waits, but not what was declined, nor the month before, nor other people', async () => {
    const { put, place, move, clock } = await setupRules('2026-10-31T22:59:00Z');
    await put('A-1', { mode: 'own', limits });
    await place({ euros: 900 });
    clock.now = new Date('2026-10-31T23:00:00Z');
    await place({ euros: 900, by: 'P-2' });
    expect((await place({ euros: 1000 })).verdict.verdict).toBe('release');
    const { id } = await place({ euros: 0.01 });
    expect((await place({ euros: 0 })).verdict.verdict).toBe('pending');
    await move(id, 'declined');
    expect((await place({ euros: 0 })).verdict.verdict).toBe('release');
  });

  it('is not overrun by two orders at the same moment', async () => {
    const { put, place, rows } = await setupRules();
    await put('A-1', { mode: 'own', limits });
    let second: Promise<Placed> | undefined;
    const first = await place({ euros: 600 }, async () => {
      second = place({ euros: 600 });
      await waitFor(async () => (await rows(WAITING)).length > 0);
    });
    expect(first.verdict.verdict).toBe('release');
    expect((await second)?.verdict.verdict).toBe('pending');
  });

  it('is judged by the month an order was submitted in, however late it is revised', async () => {
    const { put, place, revise, clock } = await setupRules();
    await put('A-1', { mode: 'own', limits });
    await place({ euros: 700 });
    const { id } = await place({ euros: 400 });
    clock.now = new Date('2026-12-02T09:00:00Z');
    expect(await revise(id, { euros: 301 })).toEqual({ verdict: 'pending' });
    expect((await revise(id, { euros: 300 })).verdict).toBe('release');
  });
});

describe('an order of 1,500 beyond its limit', () => {
  it("goes to the superior, and past one who may approve 1,000 to that one's superior", async () => {
    const { put, place, steps, trace } = await setupRules();
    const limits = { buy: { default: eur(1000) }, approve: { default: 'unlimited' as const, people: { 'P-2': eur(1000) } } };
    await put('A-1', { mode: 'own', limits });
    const { id } = await place({ euros: 1500 });
    expect(await steps(id)).toEqual(['superior: active, P-3']);
    expect((await trace(id)).stages[0]?.considered).toMatchObject([
      { name: 'Jens Brandt', skipped: 'approve limit 1000.00 EUR an order (people P-2) does not cover 1500.00 EUR' },
      { name: 'Maren Timm', skipped: null },
    ]);
  });
});

describe('rules', () => {
  it('of the company and of the unit hold together, as the mode says', async () => {
    const { put, place, steps } = await setupRules();
    await put('A-1', asks(dear, [{ role: 'purchasing_manager', in: 'company' }]));
    await put('A-2', asks({ items: { in: ['47*'] } }));
    expect(await steps((await place({ euros: 2000 })).id)).toEqual(['purchasing_manager of the company: active, P-3', 'superior: waiting']);
    expect(await steps((await place({ euros: 2000, account: 'A-3', by: 'P-5' })).id)).toEqual([
      'purchasing_manager of the company: active, P-3',
    ]);
    await put('A-2', { mode: 'own' });
    expect((await place({ euros: 2000 })).verdict.verdict).toBe('release');
  });

  it('deny with their reasons, and nobody is asked', async () => {
    const { put, place, rows } = await setupRules();
    await put('A-1', { mode: 'own', rules: [{ name: 'No ovens', effect: 'deny', when: { items: { eq: '4715' } } }] });
    const { verdict } = await place({ line: { product: '4715' } });
    expect(verdict).toEqual({ verdict: 'rejected', reasons: ['"No ovens" of Hansa: items 4715 (rule: a line = 4715)'] });
    expect(await rows('select * from approval_steps')).toEqual([]);
  });

  it('know a first order and a new ship-to until something was released', async () => {
    const { put, place, move } = await setupRules();
    await put('A-1', {
      mode: 'own',
      rules: [
        { name: 'first', effect: 'warn', when: { firstOrder: { eq: true, whose: 'person' } } },
        { name: 'new address', effect: 'require', when: { newShipTo: { eq: true } }, stages: [{ approvers: [{ superior: 1 }] }] },
      ],
    });
    const first = await place({});
    expect((await place({})).verdict.verdict).toBe('pending');
    await move(first.id, 'released');
    expect((await place({})).verdict).toEqual({ verdict: 'release', approvedBy: 'rules', warnings: [] });
  });

  it('know a ship-to by its name in the ERP', async () => {
    const { put, place } = await setupRules();
    await put('A-1', asks({ shipTo: { in: ['d-1'] } }));
    expect((await place({})).verdict.verdict).toBe('pending');
  });

  it('that nobody can read stop the order instead of letting it pass', async () => {
    const { place, put, rows } = await setupRules();
    await put('A-1', asks(dear));
    await rows(`update policies set document = '{"mode":"own","rules":[{"name":"from a later version"}]}'`);
    await expect(place({})).rejects.toMatchObject({ code: 'RULES_INVALID' });
  });
});

describe('a revision', () => {
  it('voids what was asked about the one before', async () => {
    const { put, place, revise, steps, rows } = await setupRules();
    await put('A-1', asks(dear));
    const { id } = await place({ euros: 2000 });
    await revise(id, { euros: 3000 });
    expect(await steps(id)).toEqual(['superior: active, P-2']);
    expect((await revise(id, { euros: 10 })).verdict).toBe('release');
    expect(await rows('select distinct state from approval_steps')).toEqual([{ state: 'void' }]);
  });
});

describe('a step', () => {
  it('keeps the rules it was matched with, and finds people as they are', async () => {
    const setup = await setupRules();
    await setup.put('A-1', asks(dear, [{ role: 'approver', in: 'unit' }], { limits: { approve: { default: eur(5000) } } }));
    const { id } = await setup.place({ euros: 2000 });
    await setup.put('A-1', { mode: 'own', limits: { approve: { default: eur(0) } } });
    await setup.alter('P-2', { status: 'left' });
    expect(await activate(setup, id)).toMatchObject({ state: 'active', holders: [{ name: 'Maren Timm' }] });
    expect(await setup.steps(id)).toEqual(['approver of the unit: active, P-3']);
  });

  it('moves to a deputy while one is named, and back afterwards', async () => {
    const setup = await setupRules();
    await setup.put('A-1', asks(dear));
    await setup.rows(
      `insert into delegations (from_person_id, to_person_id, starts_at, ends_at, created_by, created_at)
       values (?, ?, '2026-11-24', '2026-11-26', 'test', now())`,
      [setup.id('P-2'), setup.id('P-5')],
    );
    const { id } = await setup.place({ euros: 2000 });
    const held = async (now: string) => {
      setup.clock.now = new Date(now);
      await activate(setup, id);
      return setup.steps(id);
    };
    expect(await setup.steps(id)).toEqual(['superior: active, P-2']);
    expect(await held('2026-11-24T00:00:00Z')).toEqual(['superior: active, P-5 for P-2']);
    expect(await held('2026-11-26T00:00:00Z')).toEqual(['superior: active, P-2']);
  });

  it('that nobody can hold is exhausted, said so in the trail, and taken up when somebody can', async () => {
    const setup = await setupRules();
    await setup.put('A-1', asks(dear, [{ superior: 1 }], { limits: { approve: { default: eur(0) } } }));
    const { id, verdict } = await setup.place({ euros: 2000 });
    expect(verdict).toEqual({ verdict: 'pending' });
    expect(await setup.steps(id)).toEqual(['superior: exhausted']);
    const told = await setup.rows<{ facts: { exhausted: string } }>(`select facts from order_log where kind = 'step_exhausted'`);
    expect(told[0]?.facts.exhausted).toContain('nobody may decide');
    await setup.rows(`update policies set document = jsonb_set(document, '{limits,approve,default}', '"unlimited"')`);
    expect(await activate(setup, id)).toMatchObject({ state: 'active', holders: [{ name: 'Jens Brandt' }] });
  });

  it('is told in the trail again only when somebody else holds it', async () => {
    const setup = await setupRules();
    await setup.put('A-1', asks(dear));
    const { id } = await setup.place({ euros: 2000 });
    const told = async () => (await setup.rows(`select from order_log where kind = 'step_assigned'`)).length;
    expect(await activate(setup, id)).toMatchObject({ state: 'active', needed: 1, holders: [{ name: 'Jens Brandt' }] });
    expect(await told()).toBe(1);
    await setup.alter('P-2', { status: 'left' });
    await activate(setup, id);
    expect(await told()).toBe(2);
  });

  it('that is void stays as it is', async () => {
    const setup = await setupRules();
    await setup.put('A-1', asks(dear));
    const { id } = await setup.place({ euros: 2000 });
    await setup.revise(id, { euros: 10 });
    expect(await activate(setup, id)).toMatchObject({ state: 'void', holders: [] });
  });

  it('is held by no one who ordered, or had it ordered', async () => {
    const { put, place, steps } = await setupRules();
    await put('A-1', asks(dear, [{ person: 'P-1' }, { person: 'P-2' }]));
    expect(await steps((await place({ euros: 2000, onBehalfOf: 'P-2' })).id)).toEqual(['person P-1, person P-2: active, P-3']);
  });

  it('finds the account manager among the people of the seller', async () => {
    const { put, place, person, steps, id: idOf } = await setupRules();
    await person('S-1', { account: 'B-1', name: 'Ole Thomsen' });
    await put('A-1', asks(dear, [{ accountManager: true }]));
    expect(await steps((await place({ euros: 2000 })).id)).toEqual([`account manager: active, ${idOf('S-1')}`]);
  });
});
