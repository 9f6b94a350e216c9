/** Budgets as a storefront sees them. */
import { describe, expect, it } from 'vitest';
import { bringUpToDate } from '../../src/budgets/open-periods.ts';
import { aroundBudgets } from '../flows/budgets-setup.ts';
import { openShop } from './shop.ts';

async function shopWithBudget(change: object = {}) {
  const shop = await openShop({ asks: true });
  const budgets = aroundBudgets(shop.db, shop.clock);
  await budgets.budget({
    companyId: shop.id('A-1'),
    ownerKind: 'unit',
    ownerId: shop.id('A-2'),
    ownerCode: null,
    code: 'NORD',
    name: 'Nord, monthly',
    amount: 10_000,
    enforcement: 'require_approval',
    ...change,
  });
  return { ...shop, budgets };
}

describe('budgets over HTTP', () => {
  it('are listed with what is left, and shown with their next periods', async () => {
    const { submit, get } = await shopWithBudget();
    await submit();
    const { body } = await get('/v1/budgets?account=A-2&owner=unit');
    expect(body).toMatchObject({
      budgets: [
        { code: 'NORD', owner: { name: 'Hansa Nord' }, period: { key: '2026-11', reserved: 5_000, pending: 5_000, available: 5_000 } },
      ],
      next: null,
    });
    expect((await get('/v1/budgets?account=B-1')).body.budgets).toEqual([]);
    const { body: one } = await get('/v1/budgets/NORD');
    expect(one.boundaries).toHaveLength(12);
    expect(one.boundaries[0]).toMatchObject({ key: '2026-12', startOn: '2026-12-01', startAt: '2026-11-30T23:00:00.000Z' });
  });

  it('tell every movement of a period, and which periods there are when one is not', async () => {
    const { submit, get, post } = await shopWithBudget();
    await submit();
    await post('/v1/orders/KO-1/withdraw', { person: 'P-1' });
    const { body } = await get('/v1/budgets/NORD/statement');
    expect(body.movements.map(({ type, amount }: { type: string; amount: number }) => [type, amount])).toEqual([
      ['ALLOCATE', 10_000],
      ['RESERVE', 5_000],
      ['RELEASE', -5_000],
    ]);
    const { status, body: refused } = await get('/v1/budgets/NORD/statement?period=2025-01');
    expect([status, refused.error.code]).toEqual([404, 'NOT_FOUND']);
    expect(refused.error.message).toContain('it has: 2026-11');
    expect((await get('/v1/budgets/NONE')).status).toBe(404);
  });

  it('are added up above, each order once, where they do not count there as well', async () => {
    const { submit, get, post, id, budgets, clock } = await shopWithBudget();
    const own = { companyId: id('A-1'), enforcement: 'warn', ownerCode: null } as const;
    const all = await budgets.budget({
      ...own,
      code: 'ALL',
      ownerKind: 'unit',
      ownerId: id('A-1'),
      periodRule: { kind: 'quarter', firstMonth: 1, anchorDay: 1 },
    });
    const [nord] = await budgets.db('budgets').where({ code: 'NORD' }).select('id');
    await budgets.change(nord.id, { parentId: all });
    await budgets.budget({ ...own, ownerKind: 'cost_centre', ownerId: null, ownerCode: '4100', parentId: nord.id });
    await budgets.budget({ ...own, ownerKind: 'person', ownerId: id('P-1'), parentId: all });
    const south = await budgets.budget({ ...own, code: 'SUED', ownerKind: 'unit', ownerId: id('A-3'), parentId: all });
    const told = async (code: string) => (await get(`/v1/budgets/${code}`)).body.rolledUp;
    expect([await told('ALL'), await told('SUED')]).toEqual([{ budgets: 4, reserved: 0, committed: 0 }, null]);
    await submit({ costCentre: '4100' });
    await submit({ reference: 'R-2', account: 'A-3', orderedBy: 'P-5' });
    await submit({ reference: 'R-3' });
    await post('/v1/orders/KO-3/withdraw', { person: 'P-1' });
    await budgets.reserve(99, [nord.id, 700], { day: { on: '2027-01-10' } });
    expect(await told('ALL')).toEqual({ budgets: 4, reserved: 10_000, committed: 0 });
    expect(await told('NORD')).toEqual({ budgets: 1, reserved: 5_000, committed: 0 });
    expect((await get('/v1/budgets/ALL')).body.budget.period).toMatchObject({ reserved: 0 });
    await budgets.change(all, { rollUp: 'enforced' });
    await submit({ reference: 'R-4', account: 'A-3', orderedBy: 'P-5' });
    expect(await told('ALL')).toEqual({ budgets: 4, reserved: 15_000, committed: 0 });
    expect(await budgets.wrongSums()).toEqual([]);
    clock.now = new Date('2027-01-05T09:00:00Z');
    await budgets.locked(1, (trx) => bringUpToDate(trx, [all, south], clock.now));
    expect(await told('ALL')).toEqual({ budgets: 4, reserved: 700, committed: 0 });
  });

  it('need their scope', async () => {
    const { get, key } = await shopWithBudget();
    expect((await get('/v1/budgets', await key('shy', ['orders:read']))).status).toBe(403);
  });

  it('stand beside an order, as they are now: what remains with it, and with all that wait', async () => {
    const { submit, get } = await shopWithBudget();
    await submit();
    await submit({ reference: 'R-2' });
    const { body } = await get('/v1/orders/KO-2/why');
    expect(body.budgets).toMatchObject([{ code: 'NORD', takes: 5_000, available: 5_000, remaining: 5_000, remainingWithPending: 0 }]);
    expect(body.evaluations[0].trace.budgets).toMatchObject([{ code: 'NORD', effect: 'allow' }]);
  });

  it('stand on the page of who decides', async () => {
    const { submit, ask, settings, id, clock, rows } = await shopWithBudget({ amount: 4_000 });
    await submit();
    const { signLink } = await import('../../src/approvals/links.ts');
    const [step] = await rows<{ id: string }>("select id from approval_steps where state = 'active'");
    const claims = { orderId: '1', stepId: step?.id ?? '', revision: 1, personId: id('P-2') };
    const { text } = await ask('GET', `/decide/${await signLink(settings.http, claims, clock.now)}`);
    expect(text).toContain('Nord, monthly');
    expect(text).toContain('-EUR\u00a010.00');
  });

  it('give money to each other once, by somebody with authority over what gives', async () => {
    const { post, get, budgets, id } = await shopWithBudget();
    await budgets.budget({ companyId: id('A-1'), ownerKind: 'unit', ownerId: id('A-1'), ownerCode: null, code: 'HANSA', amount: 50_000 });
    const move = { reference: 'T-1', from: 'HANSA', amount: 20_000, reason: 'trade fair' };
    const refused = await post('/v1/budgets/NORD/transfers', { ...move, person: 'P-1' });
    expect([refused.status, refused.body.error.code]).toEqual([403, 'NOT_ALLOWED']);
    for (const _ of [1, 2]) expect((await post('/v1/budgets/NORD/transfers', { ...move, person: 'P-4' })).status).toBe(200);
    expect((await get('/v1/budgets')).body.budgets).toMatchObject([
      { code: 'HANSA', period: { available: 30_000 } },
      { code: 'NORD', period: { available: 30_000 } },
    ]);
    for (const other of [{ amount: 20_001 }, { from: 'NORD', path: 'HANSA' }, { on: '2026-12-24' }, { reason: 'another fair' }]) {
      const { path = 'NORD', ...change } = { path: 'NORD', ...other };
      const { status, body } = await post(`/v1/budgets/${path}/transfers`, { ...move, person: 'P-4', ...change });
      expect([status, body.error.code]).toEqual([409, 'TRANSFER_CONFLICT']);
      expect(body.error.message).toContain('belongs to another transfer: 200.00 EUR from HANSA 2026-11 to NORD 2026-11');
    }
    const much = await post('/v1/budgets/NORD/transfers', { ...move, reference: 'T-2', amount: 999_999, person: 'P-4' });
    expect(much.body.error.code).toBe('BUDGET_EXCEEDED');
  });

  it('are closed and reopened, each as often as one likes, by a key that may', async () => {
    const { post, get, submit, key } = await shopWithBudget();
    await submit({ reference: 'R-0' });
    const shy = await key('shy', ['budgets:read']);
    expect((await post('/v1/budgets/NORD/close', {}, shy)).status).toBe(403);
    const { body } = await post('/v1/budgets/NORD/close', { reason: 'the project has ended' });
    expect(body).toMatchObject({ code: 'NORD', state: 'closed', changed: true, reserved: 5_000, closing: { closedBy: 'http:shop' } });
    expect((await post('/v1/budgets/NORD/close', { reason: 'another' })).body).toMatchObject({ changed: false, closing: body.closing });
    await submit();
    const { body: why } = await get('/v1/orders/KO-2/why');
    expect(why.evaluations[0].trace.budgets[0].because).toContain('(the project has ended)');
    expect((await post('/v1/budgets/NORD/reopen', {})).body).toMatchObject({ state: 'active', changed: true });
    expect((await get('/v1/budgets/NORD')).body).toMatchObject({ budget: { state: 'active' }, closings: [{ reopenedBy: 'http:shop' }] });
    expect((await post('/v1/budgets/NONE/close', {})).status).toBe(404);
  });
});
