/** What becomes of an order that waits when the rules of today are asked about it again. */
import { describe, expect, it } from 'vitest';
import { rejudgeOrder } from '../../src/orders/rejudge.ts';
import { tendSteps } from '../../src/orders/tend-steps.ts';
import { loadRadar } from '../../src/store/views/radar.ts';
import { kontorHere } from '../cli/run-here.ts';
import { makeFolder } from '../cli/run-kontor.ts';
import { aroundBudgets } from './budgets-setup.ts';
import { desk, FIRST } from './order-desk.ts';

const asking = (gt: number, stages: readonly object[] = [FIRST]) => ({
  mode: 'own',
  rules: [{ name: 'ask', effect: 'require', when: { orderTotal: { gt, currency: 'EUR' } }, stages }],
});

async function waiting(stages?: readonly object[]) {
  const setup = await desk(stages);
  const { context, order, rows } = setup;
  return {
    ...setup,
    rejudge: (more: { dryRun?: boolean } = {}) => rejudgeOrder(context, { orderId: order.id, reason: 'corrected', actor: 'test', ...more }),
    told: async () =>
      (await rows<{ told: string }>('select event || coalesce(\' \' || state, \'\') as told from notifications order by id')).map(({ told }) => told.replace(' queued', '')), // biome-ignore format: one query
    holders: async () =>
      (await rows<{ name: string }>(`select c.name from step_holders h join approval_steps s on s.id = h.step_id and s.state = 'active' join contacts c on c.id = h.person_id`)).map(({ name }) => name), // biome-ignore format: one query
  };
}

describe('an order that waits, judged anew', () => {
  it('is released where no rule asks for it any more, with a line in its trail, and whoever ordered is told; a dry run only says so', async () => {
    const { put, rejudge, state, steps, log, handoffs, told, rows } = await waiting();
    await put(asking(1_000));
    const before = [await log(), await told()];
    expect(await rejudge({ dryRun: true })).toMatchObject({ isChanged: true, was: ['superior'], asks: [], order: { state: 'released' } });
    expect([await state(), await steps(), await handoffs(), await log(), await told()]).toEqual([
      'pending_approval',
      ['1 active'],
      [],
      ...before,
    ]);
    expect(await rejudge()).toMatchObject({
      isChanged: true,
      order: { state: 'released', approvedBy: 'rules' },
      handoffId: expect.any(String),
    });
    expect([await state(), await steps(), await handoffs()]).toEqual(['released', ['1 void'], ['create 1 pending']]);
    expect((await log()).slice(-2)).toEqual(['rejudged', 'released']);
    const [line] = await rows(`select actor, facts from order_log where kind = 'rejudged'`);
    expect(line).toEqual({
      actor: 'test',
      facts: { reason: 'corrected', was: ['superior'], asks: [], warnings: [], reasons: [], voided: 0 },
    });
    expect((await told()).slice(-1)).toEqual(['order.approved']);
    await expect(rejudge()).rejects.toMatchObject({ code: 'ORDER_STATE', message: expect.stringContaining('is released') });
  });

  it('asks whom the rules name now, once, though it is done twice or by two at the same time', async () => {
    const { put, rejudge, steps, log, holders, approve, state } = await waiting();
    expect(await rejudge()).toMatchObject({ isChanged: false });
    expect(await log()).not.toContain('rejudged');
    await put(asking(10, [{ approvers: [{ superior: 2 }] }]));
    const both = await Promise.all([rejudge(), rejudge()]);
    expect(both.map(({ isChanged }) => isChanged).sort()).toEqual([false, true]);
    expect(await rejudge()).toMatchObject({ isChanged: false });
    expect([await steps(), await holders()]).toEqual([['1 void', '1 active'], ['Maren Timm']]);
    expect((await log()).filter((kind) => kind === 'rejudged')).toHaveLength(1);
    await expect(approve('P-2')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await approve('P-3');
    expect(await state()).toBe('released');
  });

  it('asks again what was decided by other rules, and tells how much that was', async () => {
    const { put, rejudge, approve, steps, state } = await waiting([FIRST, { approvers: [{ superior: 2 }] }]);
    await approve('P-2');
    expect(await rejudge()).toMatchObject({ isChanged: false });
    expect(await steps()).toEqual(['1 approved', '1 active']);
    await put(asking(20));
    expect(await rejudge()).toMatchObject({ isChanged: true, voided: 1 });
    expect(await rejudge()).toMatchObject({ isChanged: false });
    expect(await steps()).toEqual(['1 void', '1 void', '1 active']);
    await approve('P-2');
    expect(await state()).toBe('released');
  });

  it('goes on where nobody could read the rules it was matched with', async () => {
    const { put, rejudge, rows, db, clock, context, holders } = await waiting();
    await rows(`update policies set document = '{"mode":"own","rules":[{"name":"from a later version"}]}'`);
    await rows("update approval_steps set state = 'exhausted'");
    await tendSteps(context);
    const radar = async () => (await loadRadar(db, { now: clock.now, limit: 10 })).items;
    expect((await radar())[0]?.cure).toContain('`kontor orders rejudge KO-1`');
    await put(asking(10, [{ approvers: [{ superior: 2 }] }]));
    expect(await rejudge()).toMatchObject({ isChanged: true });
    expect([await radar(), await holders()]).toEqual([[], ['Maren Timm']]);
  });

  it('is rejected where a rule denies it now, and whoever ordered is told', async () => {
    const { put, rejudge, state, log, told } = await waiting();
    await put({ mode: 'own', rules: [{ name: 'No ladles', effect: 'deny', when: { items: { eq: '4711' } } }] });
    expect(await rejudge()).toMatchObject({ isChanged: true, reasons: [expect.stringContaining('No ladles')] });
    expect([await state(), (await log()).slice(-2)]).toEqual(['rejected_by_system', ['rejudged', 'rejected']]);
    expect((await told()).slice(-1)).toEqual(['order.declined']);
  });

  it('reserves at once what fits by now, where others are asked on', async () => {
    const { db, clock, id, submit, rows, context } = await waiting();
    const books = aroundBudgets(db, clock);
    const owner = { companyId: id('A-1'), ownerKind: 'unit', ownerId: id('A-2'), ownerCode: null } as const;
    const budget = await books.budget({ ...owner, amount: 1_000, enforcement: 'require_approval' });
    const { order } = await submit({ reference: 'R-2' });
    await books.change(budget, { amount: 100_000 });
    const again = () => rejudgeOrder(context, { orderId: order.id, reason: 'topped up', actor: 'test' });
    expect(await again()).toMatchObject({ isChanged: true, asks: ['superior'], order: { state: 'pending_approval' } });
    expect(await again()).toMatchObject({ isChanged: false });
    expect(await rows('select type, amount from budget_movements where order_id = ?', [order.id])).toEqual([
      { type: 'RESERVE', amount: '5000' },
    ]);
  });

  it('is released and reserved by the rate that has arrived for what nobody could convert, and by none that is too old', async () => {
    const { db, clock, id, put, submit, price, rows, context, url } = await waiting();
    const books = aroundBudgets(db, clock);
    const owner = { companyId: id('A-1'), ownerKind: 'unit', ownerId: id('A-2'), ownerCode: null } as const;
    await books.budget({ ...owner, enforcement: 'block' });
    await put(asking(1_000));
    await price('K-8', { product: 'USD-1', unit_price: '100', price_list: 'TRADE', currency: 'USD' });
    const { order } = await submit({ reference: 'R-2', currency: 'USD', lines: [{ product: 'USD-1', quantity: '5' }] });
    expect(order.state).toBe('pending_approval');
    const arrives = async (on: string) => {
      const cwd = await makeFolder({ 'r.csv': `date,from,to,rate\n${on},USD,EUR,0.9\n` });
      expect(await kontorHere(['rates', 'import', 'r.csv', '--source', 'ECB'], { cwd, env: { DATABASE_URL: url } })).toMatchObject({
        code: 0,
      });
      return rejudgeOrder(context, { orderId: order.id, reason: 'rates came', actor: 'test' });
    };
    expect(await arrives('2026-11-15')).toMatchObject({ isChanged: false });
    expect(await arrives('2026-11-24')).toMatchObject({ isChanged: false });
    const asked = await arrives('2026-11-20');
    expect(asked).toMatchObject({ isChanged: true, asks: [], order: { state: 'released', approvedBy: 'rules' } });
    expect(asked.was).toContain('superior');
    const movements =
      'select type, amount, original_amount, trim_scale(rate)::text as rate, rate_on::text from budget_movements where order_id = ?';
    expect(await rows(movements, [order.id])).toEqual([
      { type: 'RESERVE', amount: '45000', original_amount: '50000', rate: '0.9', rate_on: '2026-11-20' },
    ]);
  });

  it('is released and reserved where the budget it exceeded has the money by now', async () => {
    const { db, clock, id, put, submit, rejudge, rows, context } = await waiting();
    const books = aroundBudgets(db, clock);
    const owner = { companyId: id('A-1'), ownerKind: 'unit', ownerId: id('A-2'), ownerCode: null } as const;
    const budget = await books.budget({ ...owner, amount: 1_000, enforcement: 'require_approval' });
    await put(asking(1_000));
    const { order } = await submit({ reference: 'R-2' });
    const again = () => rejudgeOrder(context, { orderId: order.id, reason: 'topped up', actor: 'test' });
    expect(order.state).toBe('pending_approval');
    expect(await again()).toMatchObject({ isChanged: false });
    await books.change(budget, { amount: 100_000 });
    expect(await again()).toMatchObject({ isChanged: true, order: { state: 'released' } });
    expect(await rows('select type, amount from budget_movements where order_id = ?', [order.id])).toEqual([
      { type: 'RESERVE', amount: '5000' },
    ]);
    expect(await rejudge()).toMatchObject({ isChanged: true });
  });
});
