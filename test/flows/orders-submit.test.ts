import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderInvalid } from '../../src/domain/orders/problem.ts';
import { submitOrder, submitOrders } from '../../src/orders/submit.ts';
import { loadRevision } from '../../src/store/orders/orders.ts';
import { type SetupChange, setupOrders } from './order-setup.ts';

const ORDER = { reference: 'R-1', account: 'A-2', orderedBy: 'P-1', lines: [{ product: '4711', quantity: '4' }] };

async function shop(change: SetupChange = {}) {
  const setup = await setupOrders(change);
  const submit = (given: object = {}, origin = 'shop') => submitOrder(setup.context, origin, { ...ORDER, ...given });
  return {
    ...setup,
    submit,
    /** What was stored. */
    async content(given: object = {}) {
      const { order } = await submit(given);
      return (await loadRevision(setup.db, order.id)).content;
    },
    async problems(given: object = {}): Promise<string[]> {
      const error = await submit(given).catch((cause) => cause as OrderInvalid);
      if (!('problems' in error)) throw error;
      return error.problems.map(({ path, reason }) => `${path}: ${reason}`);
    },
    orders: () => setup.rows<{ reference: string; state: string }>('select reference, state from orders order by id'),
  };
}

/** One line of 4711 and its unit price and amount. */
async function priceOf({ content }: Awaited<ReturnType<typeof shop>>, line: object, given: object = {}): Promise<string> {
  const reference = JSON.stringify([line, given]);
  const { lines, currency } = await content({ ...given, reference, lines: [{ product: '4711', quantity: '4', ...line }] });
  return lines.map(({ quantity, unitPrice, amount }) => `${quantity} x ${unitPrice} = ${amount} ${currency}`).join();
}

describe('an order', () => {
  it('that no rule stops is released with its hand-off in one step, filled in from the profile', async () => {
    const { submit, rows, id } = await shop({ orders: { target: 'erp' } });
    const { order, kind } = await submit();
    expect({ kind, ...order }).toMatchObject({
      kind: 'taken',
      state: 'released',
      approvedBy: 'rules',
      externalKey: `KO-${order.id}`,
      accountId: id('A-2'),
      companyId: id('A-1'),
      orderedById: id('P-1'),
      total: 5_000,
      currency: 'EUR',
    });
    const [{ content }] = (await rows('select content from order_revisions')) as [{ content: object }];
    expect(content).toMatchObject({
      soldTo: id('A-2'),
      shipTo: id('D-1'),
      billTo: id('D-2'),
      orderedOn: '2026-11-23',
      costCentre: '4100',
      paymentTerms: 'N30',
      lines: [{ reference: '1', product: '4711', productName: 'Ladle', quantity: '4', unit: 'PCE', unitPrice: '12.5', amount: 5_000 }],
    });
    expect(await rows('select order_id, kind, state, connection, revision from handoffs')).toEqual([
      { order_id: order.id, kind: 'create', state: 'pending', connection: 'erp', revision: 1 },
    ]);
  });

  it('is named by external ids in any case, by customer number, or by our own id', async () => {
    const { submit, alter, id } = await shop();
    await alter('A-2', { number: '10077' });
    const accounts = ['a-2', '10077', `id:${id('A-2')}`];
    const orders = await Promise.all(accounts.map((account, n) => submit({ account, reference: `R-${n}`, orderedBy: 'p-1' })));
    expect(orders.map(({ order }) => order.accountId)).toEqual(accounts.map(() => id('A-2')));
  });

  it('names nobody twice: a reference that fits several is told with all of them', async () => {
    const { problems, rows, id } = await shop();
    await rows(`insert into sources (connection, entity) values ('crm', 'account')`);
    await rows(`insert into links (source_id, key, external_id, local_id, first_seen_at)
      select id, 'a-2', 'A-2', ${id('A-3')}, now() from sources where connection = 'crm'`);
    expect(await problems()).toEqual([`account: "A-2" fits several (id:${id('A-2')}, id:${id('A-3')})`]);
  });

  it('is told everything that is wrong with it at once, and leaves no trace', async () => {
    const { problems, alter, orders } = await shop();
    await alter('P-1', { status: 'left' });
    expect(
      await problems({
        onBehalfOf: 'P-77',
        shipTo: 'D-9',
        billTo: 'D-3',
        costCentre: '9',
        paymentTerms: 'N90',
        requestedDeliveryOn: '2026-11-22',
        shippingCost: '1.005',
        lines: [
          { product: 'X', quantity: '1' },
          { product: '4711', quantity: '1', unitPrice: '12' },
          { reference: '1', product: '4711', quantity: '1' },
        ],
      }),
    ).toEqual([
      'orderedBy: Greta Brandt is left',
      'onBehalfOf: there is no person "P-77"',
      'requestedDeliveryOn: 2026-11-22 has passed; today is 2026-11-23',
      'shipTo: "D-9" belongs neither to the account nor to one above it',
      'billTo: "D-3" is a ship_to address',
      'costCentre: "9" is none of Hansa Nord',
      'paymentTerms: "N90" is not what was agreed, which is "N30"',
      'shippingCost: 1.005 is no amount of EUR',
      'lines[2].reference: "1" also names lines[0]',
      'lines[0].product: "X" has no price for this account',
      'lines[1].unitPrice: 12 is given and 12.5 EUR was agreed',
    ]);
    expect(await orders()).toEqual([]);
  });

  it('is refused while its account or one above it may not order, each by its state', async () => {
    const { problems, alter } = await shop();
    await alter('A-1', { status: 'blocked' });
    await alter('A-2', { status: 'on_hold' });
    expect(await problems()).toEqual([
      'account: Hansa Nord is on_hold and may not order',
      'account: Hansa, above it, is blocked and may not order',
    ]);
    await alter('A-2', { status: 'active' });
    await alter('A-1', { status: 'closed' });
    expect(await problems()).toEqual(['account: Hansa, above it, is closed and may not order']);
  });

  it("may be ordered by anybody of the account's company, and by nobody else", async () => {
    const { submit, problems } = await shop();
    expect((await submit({ orderedBy: 'P-5' })).kind).toBe('taken');
    expect(await problems({ reference: 'R-2', orderedBy: 'P-9' })).toEqual([
      'orderedBy: Bent Holm does not belong to the company of the account',
    ]);
  });

  it('goes to an address that holds on the day of delivery', async () => {
    const { problems, submit, address } = await shop();
    await address('D-4', { account: 'A-2', valid_from: '2026-12-01', valid_to: '2027-01-01' });
    expect(await problems({ shipTo: 'D-4' })).toEqual(['shipTo: "D-4" holds only from 2026-12-01 on, not on 2026-11-23']);
    expect(await problems({ shipTo: 'D-4', requestedDeliveryOn: '2027-01-01' })).toEqual(['shipTo: "D-4" no longer holds on 2027-01-01']);
    expect((await submit({ shipTo: 'D-4', requestedDeliveryOn: '2026-12-31' })).kind).toBe('taken');
  });

  it('goes to the default of the nearest account that has addresses, and nowhere in particular where that is unclear', async () => {
    const { content, address, alter, id } = await shop();
    await address('D-4', { account: 'A-2' });
    expect((await content({ reference: 'R-1' })).shipTo).toBeNull();
    await alter('D-4', { is_default: true });
    expect((await content({ reference: 'R-2' })).shipTo).toBe(id('D-4'));
    expect((await content({ reference: 'R-3', account: 'A-3' })).shipTo).toBe(id('D-3'));
  });

  it('counts days where the account is: near midnight in Hamburg it is not today in London', async () => {
    const { content, problems, alter } = await shop({ now: '2026-11-23T23:30:00Z' });
    expect((await content()).orderedOn).toBe('2026-11-24');
    expect(await problems({ reference: 'R-2', requestedDeliveryOn: '2026-11-23' })).toHaveLength(1);
    await alter('A-2', { time_zone: 'Europe/London' });
    expect((await content({ reference: 'R-2', requestedDeliveryOn: '2026-11-23' })).orderedOn).toBe('2026-11-23');
  });
});

describe('the contract price', () => {
  it('is that of the account before that of its list before that for everyone, by quantity', async () => {
    const setup = await shop();
    expect(await priceOf(setup, {})).toBe('4 x 12.5 = 5000 EUR');
    expect(await priceOf(setup, { quantity: '10' })).toBe('10 x 12 = 12000 EUR');
    expect(await priceOf(setup, { product: '4714' })).toBe('4 x 99 = 39600 EUR');
    expect(await priceOf(setup, { product: '4714' }, { account: 'A-3', orderedBy: 'P-5' })).toBe('4 x 120 = 48000 EUR');
    expect(await priceOf(setup, { product: '4712' })).toBe('4 x 3.999 = 1600 EUR');
    expect(await priceOf(setup, { product: '4713', quantity: '250' })).toBe('250 x 2.5 = 62500 EUR');
  });

  it('holds on the day of the order, in its currency and unit; what comes nearest is named', async () => {
    const setup = await shop();
    const { price, alter, problems } = setup;
    await alter('K-1', { valid_to: '2026-11-23' });
    const of = (line: object, given: object = {}) => problems({ ...given, lines: [{ product: '4711', quantity: '4', ...line }] });
    expect(await of({})).toEqual(['lines[0].product: "4711" has no price for this account: only from a quantity of 10 on']);
    expect(await of({}, { currency: 'USD' })).toEqual(['lines[0].product: "4711" has no price for this account: only in EUR']);
    expect(await of({ unit: 'BOX' })).toEqual(['lines[0].product: "4711" has no price for this account: only by PCE']);
    await alter('K-2', { valid_from: '2026-12-01' });
    expect(await of({ quantity: '10' })).toEqual(['lines[0].product: "4711" has no price for this account: only from 2026-12-01 on']);
    await price('K-8', { price_list: 'TRADE', product: '4711', unit_price: '11', valid_from: '2026-11-23' });
    expect(await priceOf(setup, {})).toBe('4 x 11 = 4400 EUR');
  });

  it('may be off by the tolerance, and the given price counts then', async () => {
    const setup = await shop({ orders: { priceTolerance: 0.01 } });
    expect(await priceOf(setup, { unitPrice: '12.60' })).toBe('4 x 12.6 = 5040 EUR');
    expect(await setup.problems({ reference: 'R-2', lines: [{ product: '4711', quantity: '4', unitPrice: '12.63' }] })).toEqual([
      'lines[0].unitPrice: 12.63 is given and 12.5 EUR was agreed',
    ]);
  });

  it('is asked of nobody where given prices are believed, and still counts where there is one', async () => {
    const setup = await shop({ orders: { prices: 'given' } });
    expect(await priceOf(setup, { product: 'X', unitPrice: '7.5' })).toBe('4 x 7.5 = 3000 EUR');
    expect(await setup.problems({ reference: 'R-2', lines: [{ product: 'X', quantity: '4' }] })).toEqual([
      'lines[0].product: "X" has no price for this account',
    ]);
    expect(await setup.problems({ reference: 'R-2', lines: [{ product: '4711', quantity: '4', unitPrice: '1' }] })).toEqual([
      'lines[0].unitPrice: 1 is given and 12.5 EUR was agreed',
    ]);
  });

  it('of another system is none, nor is one that still waits for its account', async () => {
    const { problems, rows, id, price } = await shop();
    await rows(`insert into sources (connection, entity) values ('other', 'price')`);
    await rows(`update links set source_id = (select id from sources where connection = 'other') where local_id = ${id('K-3')}`);
    await price('K-9', { product: '4799', unit_price: '1' });
    await rows(`insert into pending_references (source_id, key, field, target_source_id, target_key)
      select source_id, key, 'account', source_id, 'a-9' from links where local_id = ${id('K-9')}`);
    const line = (product: string) => problems({ lines: [{ product, quantity: '1' }] });
    expect([await line('4712'), await line('4799')].flat()).toHaveLength(2);
  });
});

describe('the same order again', () => {
  it('answers the order there is, even when it could no longer be taken; other content is a conflict by name', async () => {
    const { submit, alter, orders } = await shop();
    const first = await submit();
    await alter('A-2', { status: 'blocked' });
    const again = await submit({ lines: [{ quantity: 4, product: 4711, unitPrice: '' }], note: null });
    expect(again).toEqual({ kind: 'known', order: first.order });
    await expect(submit({ note: 'Ring twice' })).rejects.toMatchObject({
      code: 'ORDER_CONFLICT',
      message: expect.stringContaining(`belongs to order ${first.order.externalKey}`),
      details: { orderId: first.order.id },
    });
    await alter('A-2', { status: 'active' });
    expect((await submit({ note: 'Ring twice' }, 'other shop')).kind).toBe('taken');
    expect(await orders()).toHaveLength(2);
  });

  it('from many sides in the same moment gives one order and one hand-off', async () => {
    const { submit, rows } = await shop();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => submit()));
    expect(outcomes.filter(({ kind }) => kind === 'taken')).toHaveLength(1);
    expect(new Set(outcomes.map(({ order }) => order.id)).size).toBe(1);
    expect(await rows('select 1 from handoffs')).toHaveLength(1);
  });

  it('in the same moment with other content is taken once, and told to the other', async () => {
    const { submit, orders } = await shop();
    const outcomes = await Promise.allSettled(['a', 'b', 'c', 'd'].map((note) => submit({ note })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ORDER_CONFLICT' });
    }
    expect(await orders()).toHaveLength(1);
  });

  it('makes no second order in whatever order and company batches bring it', async () => {
    const { context, orders } = await shop();
    const seen = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(12), { minLength: 1, maxLength: 30 }), async (numbers) => {
        const batch = numbers.map((n) => ({ ...ORDER, reference: `R-${n}`, lines: [{ product: '4711', quantity: n + 1 }] }));
        const both = await Promise.all([submitOrders(context, 'shop', batch), submitOrders(context, 'shop', [...batch].reverse())]);
        both[1].reverse();
        for (const outcomes of both) {
          for (const [index, outcome] of outcomes.entries()) {
            const reference = `R-${numbers[index]}`;
            const id = outcome.kind === 'refused' ? '' : outcome.order.id;
            expect(id).toBe(seen.get(reference) ?? id);
            seen.set(reference, id);
          }
        }
        expect(new Set((await orders()).map(({ reference }) => reference)).size).toBe((await orders()).length);
      }),
      { numRuns: 25 },
    );
  });
});

describe('many orders', () => {
  it('are taken in batches; a bad one keeps none of the others', async () => {
    const { context, orders } = await shop();
    const inputs = Array.from({ length: 230 }, (_, n) => ({ ...ORDER, reference: `R-${n}`, ...(n % 50 === 7 && { account: 'A-99' }) }));
    const outcomes = await submitOrders(context, 'shop', [...inputs, null, inputs[0]]);
    const kinds = outcomes.map(({ kind }) => kind);
    expect(kinds.flatMap((kind, n) => (kind === 'refused' ? [n] : []))).toEqual([7, 57, 107, 157, 207, 230]);
    expect(kinds.at(-1)).toBe('known');
    expect(await orders()).toHaveLength(225);
    expect(outcomes[57]).toMatchObject({ reference: 'R-57', error: { code: 'ORDER_INVALID', problems: [{ path: 'account' }] } });
  });

  it('of one file are released in the order they stand in', async () => {
    const { context, rows } = await shop();
    const references = ['R-10', 'R-9', 'A', 'Z', 'R-1'];
    await submitOrders(
      context,
      'shop',
      references.map((reference) => ({ ...ORDER, reference })),
    );
    const released = await rows<{ reference: string }>(
      'select o.reference from handoffs h join orders o on o.id = h.order_id order by h.id',
    );
    expect(released.map(({ reference }) => reference)).toEqual(references);
  });

  it('survive one that fails where nobody expected it', async () => {
    const { context, orders, rows } = await shop();
    await rows(`alter table order_revisions add check (content ->> 'note' <> 'breaks')`);
    const inputs = ['a', 'breaks', 'c'].map((note, n) => ({ ...ORDER, reference: `R-${n}`, note }));
    const outcomes = await submitOrders(context, 'shop', inputs);
    expect(outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.error.code : outcome.kind))).toEqual([
      'taken',
      'INTERNAL',
      'taken',
    ]);
    expect(await orders()).toHaveLength(2);
  });
});
