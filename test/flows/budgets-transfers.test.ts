/** What may be moved from one budget or period into another, and what stands in the ledger then. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topUp, transfer } from '../../src/budgets/move-money.ts';
import { openPeriods } from '../../src/budgets/open-periods.ts';
import { available } from '../../src/domain/budgets/balance.ts';
import type { NewBudget } from '../../src/domain/budgets/budget.ts';
import { aroundBudgets, type BudgetsSetup } from './budgets-setup.ts';
import { type OrdersSetup, setupOrders } from './order-setup.ts';

let setup: OrdersSetup;
let books: BudgetsSetup;
beforeAll(async () => {
  setup = await setupOrders({ now: '2026-07-10T09:00:00Z' });
  books = aroundBudgets(setup.db, setup.clock);
});
afterAll(async () => expect(await books.wrongSums()).toEqual([]));

const budget = (change: Partial<NewBudget> = {}) => books.budget({ companyId: setup.id('A-1'), amount: 100_000, ...change });
const greta = { ownerKind: 'person', ownerCode: null } as const;
let moves = 0;

/** `budget` or `budget day`: its running period, or that of a day. By Ines, the administrator. */
async function move(from: string, to: string, amount: number, who = 'P-4') {
  moves += 1;
  const told = { amount, personId: setup.id(who), reason: 'trade fair', key: `test ${moves}` };
  return setup.db.transaction((trx) => transfer(trx, { ...told, from: purse(from), to: purse(to) }, setup.clock.now));
}

function purse(told: string) {
  const [budgetId = '', on] = told.split(' ');
  return { budgetId, day: on === undefined ? { at: setup.clock.now } : { on } };
}

describe('what gives money', () => {
  it('is the running period or the next one, neither one that is closed nor one further ahead', async () => {
    setup.clock.now = new Date('2026-07-10T09:00:00Z');
    const [giver, taker] = [await budget({ code: 'GIVER' }), await budget()];
    setup.clock.now = new Date('2026-08-03T09:00:00Z');
    await openPeriods(setup.db, setup.clock.now);
    await expect(move(`${giver} 2026-07-10`, taker, 1)).rejects.toThrow('period 2026-07 of GIVER is closed; only the running period and');
    setup.clock.now = new Date('2026-08-20T09:00:00Z');
    await openPeriods(setup.db, setup.clock.now);
    await expect(move(`${giver} 2026-07-10`, taker, 1)).rejects.toMatchObject({ code: 'BUDGET_INVALID' });
    const back = { to: purse(`${giver} 2026-07-10`), amount: -1, personId: setup.id('P-4'), reason: 'back', key: 'back' };
    await expect(setup.db.transaction((trx) => topUp(trx, back, setup.clock.now))).rejects.toThrow('is closed');
    await expect(move(`${giver} 2026-10-10`, taker, 1)).rejects.toThrow('period 2026-10 of GIVER is further ahead than the next one');
    expect(await move(`${giver} 2026-09-10`, giver, 40_000)).toMatchObject({ from: { period: '2026-09', available: 60_000 } });
    expect((await books.periods(giver)).map(({ key, adjusted }) => [key, adjusted])).toEqual([
      ...[['2026-07', 0], ['2026-08', 40_000], ['2026-09', -40_000]], // biome-ignore format: one line a list
    ]);
  });

  it('is not the next month of a personal budget at the word of the person whose it is', async () => {
    const own = await budget({ ...greta, ownerId: setup.id('P-1') });
    const next = `${own} 2026-09-10`;
    await expect(move(next, own, 1, 'P-1')).rejects.toMatchObject({ code: 'NOT_ALLOWED', message: expect.stringContaining('their own') });
    await move(next, own, 1, 'P-4');
    await move(own, await budget(), 1, 'P-1');
  });
});

describe('between a budget and those above it', () => {
  const lines = async (id: string) =>
    (await setup.rows<{ line: string }>(`select type || ' ' || amount as line from budget_movements where budget_id = ? and type like 'TRANSFER%' order by id`, [id])).map(({ line }) => line); // biome-ignore format: one query
  const free = async (...ids: string[]) => Promise.all(ids.map(async (id) => available((await books.periods(id))[0] ?? expect.fail())));
  const family = async (change: Partial<NewBudget> = {}) => {
    const top = await budget({ rollUp: 'enforced', amount: 300_000, code: `TOP ${++moves}` });
    const [north, south] = [await budget({ parentId: top, rollUp: 'enforced' }), await budget({ parentId: top, rollUp: 'enforced' })];
    return { top, north, south, leaf: await budget({ parentId: north, ...change }), other: await budget({ parentId: south }) };
  };

  it('nothing leaves what is charged with both, whose statement tells of it all the same', async () => {
    const { top, north } = await family();
    expect(await move(top, north, 50_000)).toMatchObject({ from: { available: 300_000 }, to: { available: 150_000 } });
    await move(north, top, 20_000);
    expect(await free(top, north)).toEqual([300_000, 130_000]);
    expect([await lines(top), await lines(north)]).toEqual([
      ['TRANSFER_OUT 0', 'TRANSFER_IN 0'],
      ['TRANSFER_IN 50000', 'TRANSFER_OUT -20000'],
    ]);
    const [{ reason }] = await setup.rows<{ reason: string }>(`select reason from budget_movements where budget_id = ? and type = 'TRANSFER_OUT'`, [top]) as [{ reason: string }]; // biome-ignore format: one query
    expect(reason).toMatch(/^trade fair; 500\.00 EUR stay here, where B-\d+ is charged as well$/);
    await expect(move(top, north, 300_001)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
    await expect(move(top, north, 1, 'P-1')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('what is charged with one side gives or gets as much, from whoever has authority over all that give', async () => {
    const { top, north, south, leaf, other } = await family({ ...greta, ownerId: setup.id('P-1') });
    await expect(move(leaf, other, 1_000, 'P-1')).rejects.toThrow(/no authority over B-/);
    await move(leaf, other, 30_000);
    expect(await free(top, north, south, leaf, other)).toEqual([300_000, 70_000, 130_000, 70_000, 130_000]);
    await books.reserve(1, [north, 70_000]);
    await expect(move(leaf, other, 1)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
  });

  it('leaves what can be spent in all as it was, whatever moves in whatever tree', async () => {
    const anyBudget = fc.record({
      parent: fc.nat(5),
      rollUp: fc.constantFrom('enforced', 'enforced', 'informative'),
      kind: fc.constantFrom('month', 'quarter'),
      limitKind: fc.constantFrom('amount', 'amount', 'amount', 'unlimited'),
    } as const);
    const anyMove = fc.record({
      from: fc.nat(5),
      to: fc.nat(5),
      isNext: fc.tuple(fc.boolean(), fc.boolean()),
      amount: fc.integer({ min: 1, max: 60_000 }),
    });
    const done = { moved: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyBudget, { minLength: 3, maxLength: 6 }),
        fc.array(anyMove, { minLength: 3, maxLength: 8 }),
        async (tree, all) => {
          const made: Array<{ id: string; isBelow: boolean; isBound: boolean }> = [];
          for (const { parent, rollUp, kind, limitKind } of tree) {
            const above = made[parent % Math.max(made.length, 1)];
            const periodRule = { kind, firstMonth: 1, anchorDay: 1 };
            const id = await budget({
              parentId: above?.id ?? null,
              rollUp,
              limitKind,
              periodRule,
              amount: limitKind === 'amount' ? 100_000 : null,
            });
            made.push({
              id,
              isBound: rollUp === 'enforced' && limitKind === 'amount',
              isBelow: above !== undefined && (above.isBelow || above.isBound),
            });
          }
          for (const { from, to, isNext, amount } of all) {
            const place = (n: number, next: boolean) => `${made[n % made.length]?.id}${next ? ' 2026-10-15' : ''}`;
            await move(place(from, isNext[0]), place(to, isNext[1]), amount).then(() => (done.moved += 1), expectRefusal);
          }
          // A limit that is enforced bounds all that is below it: in all there is what those have that none is above of.
          const periods = (await Promise.all(made.map(({ id }) => books.periods(id)))).flat();
          const tops = new Set(made.filter(({ isBelow }) => !isBelow).map(({ id }) => id));
          const moved = periods.filter(({ budgetId }) => tops.has(budgetId)).reduce((sum, { adjusted }) => sum + adjusted, 0);
          expect([moved, periods.filter(({ overridden }) => overridden > 0)]).toEqual([0, []]);
        },
      ),
      { numRuns: 30, endOnFailure: true },
    );
    expect(done.moved).toBeGreaterThan(30);
  });

  const expectRefusal = (error: { code?: string }) => expect(['BUDGET_INVALID', 'BUDGET_EXCEEDED']).toContain(error.code);
});

describe('a reference told again', () => {
  const bring = (to: string, amount: number, key: string, more: { personId?: string; reason?: string } = {}) =>
    setup.db.transaction((trx) =>
      topUp(trx, { to: purse(to), amount, key, personId: setup.id('P-4'), reason: 'one-off', ...more }, setup.clock.now),
    );
  const toppedUp = (key: string) => setup.rows(`select amount from budget_movements where idempotency_key = ?`, [`top-up:${key}`]);

  it('answers the same top-up, and refuses one of another amount, budget, currency, period, person or reason by name', async () => {
    const id = await budget({ code: 'TOPPED' });
    const [other, kroner] = [await budget({ code: 'OTHER' }), await budget({ code: 'KRONER', currency: 'DKK' })];
    const done = { amount: 5_000, currency: 'EUR', to: { code: 'TOPPED', available: 105_000 }, from: null };
    for (const _ of [1, 2]) expect(await bring(id, 5_000, 'board 3 May')).toMatchObject(done);
    const refusals: Array<[asked: string, to: string, amount: number, more?: Parameters<typeof bring>[3]]> = [
      ['60.00 EUR into TOPPED', id, 6_000],
      ['-50.00 EUR into TOPPED', id, -5_000],
      ['50.00 EUR into OTHER', other, 5_000],
      ['50.00 DKK into KRONER', kroner, 5_000],
      ['50.00 EUR into TOPPED on 2026-11-10', `${id} 2026-11-10`, 5_000],
      [`by person:${setup.id('P-3')}`, id, 5_000, { personId: setup.id('P-3') }],
      ['"another"', id, 5_000, { reason: 'another' }],
    ];
    for (const [asked, to, amount, more] of refusals) {
      const error = await bring(to, amount, 'board 3 May', more).catch((cause) => cause);
      expect(error).toMatchObject({ code: 'TRANSFER_CONFLICT' });
      expect(error.message).toMatch(
        /^reference "board 3 May" belongs to another top-up: 50\.00 EUR into TOPPED 2026-\d\d, "one-off" by person:/,
      );
      expect(error.message.slice(error.message.indexOf('asked was'))).toContain(asked);
      expect(error.message).toMatch(/; use a new reference for a new one$/);
    }
    expect(await toppedUp('board 3 May')).toEqual([{ amount: '5000' }]);
    await bring(id, -105_000, 'all of it');
    expect(await bring(id, 5_000, 'board 3 May')).toMatchObject({ amount: 5_000, to: { available: 0 } });
  });

  it('lets one of two through that come at once for two companies', async () => {
    await setup.alter('P-9', { roles: ['administrator'] });
    const [hansa, holm] = [await budget(), await budget({ companyId: setup.id('B-1') })];
    const both = [bring(hansa, 1_000, 'at once'), bring(holm, 1_000, 'at once', { personId: setup.id('P-9') })];
    const ends = await Promise.allSettled(both);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'TRANSFER_CONFLICT' } });
  });

  it('says what was asked of another transfer, too', async () => {
    const [giver, taker] = [await budget({ code: 'GIVES' }), await budget({ code: 'TAKES' })];
    const told = { personId: setup.id('P-4'), reason: 'trade fair', key: 'fair', from: purse(giver), to: purse(taker) };
    const tell = (amount: number) => setup.db.transaction((trx) => transfer(trx, { ...told, amount }, setup.clock.now));
    for (const _ of [1, 2]) expect(await tell(1_000)).toMatchObject({ from: { available: 99_000 }, to: { available: 101_000 } });
    await expect(tell(2_000)).rejects.toThrow(
      /belongs to another transfer: 10\.00 EUR from GIVES .* to TAKES .*; asked was 20\.00 EUR from GIVES to TAKES, /,
    );
  });
});
