import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeInbox } from '../../src/orders/take-inbox.ts';
import { tendSteps } from '../../src/orders/tend-steps.ts';
import { waitFor } from '../support/wait.ts';
import { desk } from './order-desk.ts';
import { setupOrders } from './order-setup.ts';

const ORDER = { account: 'A-2', orderedBy: 'P-1', lines: [{ product: '4711', quantity: '1' }] };

async function storefront() {
  const setup = await setupOrders();
  const { context, rows } = setup;
  return {
    ...setup,
    /** Rows as a storefront writes them. */
    write: (payloads: readonly unknown[]) =>
      rows('insert into order_inbox (payload) select value from jsonb_array_elements(?::jsonb)', [JSON.stringify(payloads)]),
    async takeAll() {
      for (let batch = await takeInbox(context); batch; batch = await takeInbox(context));
    },
    inbox: () =>
      rows<{ state: string; order_id: string | null; problems: unknown }>('select state, order_id, problems from order_inbox order by id'),
    orders: () => rows<{ reference: string }>('select reference from orders order by id'),
  };
}

describe('the inbox', () => {
  it('becomes orders; a row that cannot be taken keeps its problems and stops none of the others', async () => {
    const { write, takeAll, inbox, orders } = await storefront();
    const good = Array.from({ length: 130 }, (_, n) => ({ ...ORDER, reference: `R-${n}` }));
    await write([
      ...good,
      { ...ORDER, reference: 'R-X', account: 'A-9' },
      'no order',
      { ...ORDER, reference: 'R-1', note: 'other' },
      good[0],
    ]);
    await takeAll();
    const rows = await inbox();
    expect(await orders()).toHaveLength(130);
    expect(rows.slice(130)).toMatchObject([
      { state: 'refused', order_id: null, problems: [{ code: 'ORDER_INVALID', path: 'account', reason: 'there is no account "A-9"' }] },
      { state: 'refused', problems: [{ code: 'ORDER_INVALID', path: '' }] },
      { state: 'refused', problems: [{ code: 'ORDER_CONFLICT' }] },
      { state: 'taken', order_id: rows[0]?.order_id },
    ]);
  });

  it('refuses a row whose reference is none, and takes the others', async () => {
    const { write, takeAll, inbox, orders } = await storefront();
    await write([
      { ...ORDER, reference: { toString: 1 } },
      { ...ORDER, reference: ['R-1'] },
      { ...ORDER, reference: 'R-2' },
    ]);
    await takeAll();
    const refused = { state: 'refused', problems: [{ code: 'ORDER_INVALID', path: 'reference' }] };
    expect(await inbox()).toMatchObject([refused, refused, { state: 'taken' }]);
    expect(await orders()).toEqual([{ reference: 'R-2' }]);
  });

  it('is emptied by several at once without taking a row twice', async () => {
    const { write, takeAll, inbox, orders } = await storefront();
    await write(Array.from({ length: 300 }, (_, n) => ({ ...ORDER, reference: `R-${n % 150}` })));
    await Promise.all([takeAll(), takeAll(), takeAll()]);
    expect(await orders()).toHaveLength(150);
    expect(new Set((await inbox()).map(({ state }) => state))).toEqual(new Set(['taken']));
  });

  it('loses nothing and doubles nothing when the one who takes it is killed on the way', async () => {
    const { write, takeAll, inbox, orders, url, rows } = await storefront();
    await write(Array.from({ length: 400 }, (_, n) => ({ ...ORDER, reference: `R-${n}` })));
    const taker = spawn(process.execPath, [path.join(import.meta.dirname, 'fixtures/inbox-taker.js'), url], { stdio: 'inherit' });
    const ended = new Promise((resolve) => taker.once('close', resolve));
    await waitFor(async () => (await rows<{ n: number }>("select count(*)::int as n from order_inbox where state = 'taken'"))[0]?.n, {
      everyMs: 5,
    });
    taker.kill('SIGKILL');
    await ended;
    await waitFor(
      async () => (await rows("select from pg_locks where relation = 'order_inbox'::regclass and mode = 'RowShareLock'")).length === 0,
    );
    const before = (await inbox()).filter(({ state }) => state === 'new').length;
    await takeAll();
    expect(before).toBeGreaterThan(0);
    expect(await orders()).toHaveLength(400);
    expect((await inbox()).filter(({ state }) => state !== 'taken')).toEqual([]);
  });

  it('needs of a storefront no more than the right to write into it', async () => {
    const { db, rows, takeAll, orders } = await storefront();
    const role = 'storefront_of_this_test';
    await rows(`drop role if exists ${role}`);
    await rows(`create role ${role}`);
    await rows(`grant insert (payload) on order_inbox to ${role}`);
    await db.transaction(async (trx) => {
      await trx.raw(`set local role ${role}`);
      await trx.raw('insert into order_inbox (payload) values (?::jsonb)', [JSON.stringify({ ...ORDER, reference: 'R-1' })]);
    });
    await expect(db.transaction((trx) => trx.raw(`set local role ${role}`).then(() => trx.raw('select 1 from orders')))).rejects.toThrow(
      'permission denied',
    );
    await takeAll();
    await rows(`drop owned by ${role}; drop role ${role}`);
    expect(await orders()).toEqual([{ reference: 'R-1' }]);
  });
});

describe('steps nobody looks after', () => {
  it('go to whoever should decide now: people who left lose them, and so do deputies whose time has passed', async () => {
    const { context, alter, rows, id, clock } = await desk();
    const holders = () =>
      rows<{ person_id: string }>('select person_id from step_holders').then((all) => all.map(({ person_id }) => person_id));
    expect(await tendSteps(context)).toMatchObject({ looked: 0, handoffIds: [] });
    await rows(`insert into delegations (from_person_id, to_person_id, starts_at, ends_at, created_by, created_at)
      values (${id('P-2')}, ${id('P-5')}, '2026-11-23', '2026-11-25', 'test', now())`);
    await tendSteps(context);
    expect(await holders()).toEqual([id('P-5')]);
    clock.now = new Date('2026-11-25T00:00:00Z');
    await tendSteps(context);
    expect(await holders()).toEqual([id('P-2')]);
    await alter('P-2', { status: 'left' });
    await tendSteps(context);
    expect(await holders()).toEqual([id('P-3')]);
  });

  it('are released when all who are left have approved', async () => {
    const { context, approve, alter, state, handoffs } = await desk([{ mode: 'all', approvers: [{ role: 'approver', in: 'company' }] }]);
    await approve('P-2');
    expect(await state()).toBe('pending_approval');
    await alter('P-3', { status: 'left' });
    expect((await tendSteps(context)).handoffIds).toHaveLength(1);
    expect([await state(), await handoffs()]).toEqual(['released', ['create 1 pending']]);
  });
});
