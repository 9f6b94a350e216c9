import { describe, expect, it } from 'vitest';
import { openCompany } from '../../connectors/tryton/company.ts';
import { flattenAddress, flattenParty } from '../../connectors/tryton/flatten.ts';
import { tryton } from '../../connectors/tryton/index.ts';
import { saleOf } from '../../connectors/tryton/sale-of.ts';
import { date, datetime, decode } from '../../connectors/tryton/typed-json.ts';
import { verdicts } from '../../connectors/tryton/verdicts.ts';
import { judge } from '../../src/connector/http/verdicts.ts';
import type { OrderToPlace } from '../../src/connector/orders.ts';
import { placeOrder } from '../../src/connector/place-order.ts';
import { RELATION_UP } from '../simulator/dialects/tryton/models.ts';
import { trytonScene } from './tryton-setup.ts';

const MODULES = ['customer_payment_term', 'credit_limit_amount', 'receivable', 'sale_price_list', 'relations'];

describe('answers of a Tryton', () => {
  it.each([
    ['refused', 200, ['UserError', ['The code on party must be unique.', '', null]], 'The code on party must be unique.'],
    ['denied', 200, ['UserError', ['You are not allowed to access "Sale".', '', null]], 'You are not allowed to access "Sale".'],
    ['refused', 200, ['UserWarning', ['credit', 'Limit exceeded.', '']], 'Limit exceeded. (a warning that a person has to accept)'],
    ['conflict', 200, ['ConcurrencyException', 'Records were modified in the meanwhile'], 'Records were modified in the meanwhile'],
    [
      'busy',
      200,
      ['could not serialize access due to concurrent update\n', 'Traceback'],
      'could not serialize access due to concurrent update',
    ],
    [
      'refused',
      200,
      ['null value in column "party" violates not-null constraint\nDETAIL:  Failing row contains (7, Anna Weiß, 1980-03-02).\n', ''],
      'null value in column "party" violates not-null constraint',
    ],
    ['busy', 200, ['database is locked', ''], 'database is locked'],
    ['unavailable', 200, ['server closed the connection unexpectedly', ''], 'server closed the connection unexpectedly'],
    ['refused', 200, ["'nosuchfield'", 'Traceback: secrets'], "'nosuchfield'"],
    ['login', 401, undefined, undefined],
    ['limited', 429, undefined, undefined],
    ['missing', 404, undefined, undefined],
    ['denied', 403, undefined, undefined],
    ['unavailable', 500, undefined, undefined],
  ])('mean %s: %i %j', (verdict, status, error, words) => {
    const json = error === undefined ? undefined : { id: 1, error };
    const answer = { status, headers: {}, json, text: '', serverAt: null };

    expect(judge(answer, verdicts, new Date())).toMatchObject({ verdict, words });
  });

  it('carry typed values, which become texts and never floats', () => {
    const answer = {
      limit: { __class__: 'Decimal', decimal: '0.10' },
      on: { __class__: 'date', year: 2026, month: 3, day: 2 },
      at: { __class__: 'datetime', year: 2026, month: 3, day: 2, hour: 8, minute: 0, second: 1, microsecond: 7 },
      lang: 4,
      'lang.': { id: 4, code: 'de' },
      odd: { __class__: 'Unheard', of: 1 },
    };

    expect(decode(answer)).toEqual({
      limit: '0.10',
      on: '2026-03-02',
      at: '2026-03-02T08:00:01.000007Z',
      lang: { id: 4, code: 'de' },
      odd: { __class__: 'Unheard', of: 1 },
    });
    expect(decode(datetime(new Date('2026-03-02T08:00:01.250Z')))).toBe('2026-03-02T08:00:01.250000Z');
    expect(decode(date('2026-03-02'))).toBe('2026-03-02');
  });
});

describe('records of a Tryton', () => {
  it('say nothing of fields whose modules are not installed, and are read all the same', async () => {
    const { world, read } = await trytonScene({ without: MODULES.map((field) => `party.party.${field}`) });
    world.add('account', { name: 'Nordwind', paymentTerms: 'NET30', creditLimit: '5.00' });

    const [account] = await read('account', { parentRelation: RELATION_UP });

    expect(account?.values).toMatchObject({ name: 'Nordwind', status: 'active' });
    for (const field of ['paymentTerms', 'creditLimit', 'balance', 'priceList', 'parent'])
      expect(account?.values).not.toHaveProperty(field);
  });

  it("bring mail and telephone in use and without a name: archived and named ones are not the party's", () => {
    const mechanism = (value: string, more: object) => ({ type: 'email', value, name: null, active: true, ...more });
    const row = {
      id: 1,
      active: 1,
      contact_mechanisms: [
        mechanism('old@example.com', { active: false }),
        mechanism('anna@example.com', { name: 'Anna' }),
        mechanism('info@example.com', {}),
      ],
    };

    expect(flattenParty(row, 'EUR', new Set(), undefined)).toMatchObject({ email: 'info@example.com', phone: null, state: 'active' });
  });

  it('give an address once per role, for both when it has no flag, and end it when it is archived', () => {
    const address = {
      id: 7,
      street: 'Kai 1\r\nTor 3',
      active: true,
      invoice: false,
      delivery: false,
      write_date: '2026-03-02T08:00:00.000000Z',
    };
    const roles = (row: object) => flattenAddress({ ...address, ...row }).map(({ role, isDefault }) => [role, isDefault]);

    expect(roles({})).toEqual([
      ['bill_to', false],
      ['ship_to', false],
    ]);
    expect(roles({ delivery: true })).toEqual([['ship_to', true]]);
    expect(roles({ delivery: 1, invoice: 1 })).toEqual([
      ['bill_to', true],
      ['ship_to', true],
    ]);
    expect(flattenAddress({ ...address, active: false })[0]).toMatchObject({ validTo: '2026-03-02', lines: ['Kai 1', 'Tor 3'] });
  });
});

describe('a Tryton as a connection', () => {
  it('is told by its version and company, with the rights that are missing', async () => {
    const { session } = await trytonScene({ forbidden: ['sale.sale'] });

    const info = await tryton.check(session);

    expect(info.summary).toBe('Tryton 6.0.29, Seller AG');
    expect(info.permissions).toContainEqual({ name: 'create sale.sale', granted: false });
    expect(info.warnings).toContain('the user may not create sale.sale; add the user to the groups that the page of the connector lists');
  });

  it('logs in again when the session ends, and only then', async () => {
    const { simulator, read, world } = await trytonScene();
    for (const name of ['A', 'B', 'C', 'D', 'E']) world.add('account', { name });
    simulator.accidents.next('session-expired', { after: 5 });

    expect(await read('account')).toHaveLength(5);

    expect(simulator.requests.filter(({ status }) => status === 401)).toHaveLength(1);
  });
});

describe('orders at a Tryton', () => {
  const order: OrderToPlace = {
    reference: 'ORD-1',
    soldTo: '1',
    orderedOn: '2026-03-02',
    currency: 'EUR',
    lines: [{ reference: 'L-1', product: 'A-1', quantity: '3', unitPrice: '249.90' }],
  };

  async function withCustomer(options: Parameters<typeof trytonScene>[0] = {}) {
    const scene = await trytonScene(options);
    scene.world.add('account', { name: 'Buyer' });
    scene.world.add('address', { accountId: '1', roles: ['ship_to'] });
    scene.world.add('address', { accountId: '1', roles: ['bill_to'] });
    scene.world.add('product', { number: 'A-1', unit: 'PCE' });
    return scene;
  }

  it.each([
    ['draft', false, ['placed']],
    ['quotation', false, ['placed', 'quoted']],
    ['confirmed', true, ['placed', 'quoted', 'confirmed']],
    ['processing', true, ['placed', 'quoted', 'confirmed', 'processing']],
    ['processing', false, ['placed', 'quoted', 'confirmed', 'processing']],
  ])('go as far as %s, with a queue there: %s', async (ordersUpTo, queue, steps) => {
    const { world, session } = await withCustomer({ queue, settings: { ordersUpTo } });
    if (!tryton.orders) throw new Error('takes no orders');

    const { placed } = await placeOrder(tryton.orders, session, order);

    expect(placed).toMatchObject({ state: 'accepted', lines: [{ product: 'A-1', quantity: '3', unitPrice: '249.9' }] });
    expect(world.ordersByReference('ORD-1').map((one) => one.steps)).toEqual([steps]);
  });

  it('take the addresses meant for it when the order names none, and carry the reference of each line', async () => {
    const { world, session } = await withCustomer();
    if (!tryton.orders) throw new Error('takes no orders');

    await placeOrder(tryton.orders, session, order);

    expect(world.ordersByReference('ORD-1')).toMatchObject([{ billTo: '2', shipTo: '1', lines: [{ lineReference: 'L-1' }] }]);
  });

  it('are not taken for none when the search answers what is no sale', async () => {
    const { session } = await trytonScene({ settings: { company: 1 } });
    const http = { send: async () => ({ json: { id: 1, result: [null] }, serverAt: null }) };
    const search = tryton.orders?.find({ config: session.config, http } as never, 'ORD-1');
    await expect(search).rejects.toMatchObject({ code: 'ERP_ANSWER_UNUSABLE' });
  });

  it("are sent with the customer's terms when the order names none, for Tryton fills in nothing", async () => {
    const { world, session } = await trytonScene();
    const buyer = world.add('account', { name: 'Buyer', paymentTerms: 'NET30' });
    const other = world.add('account', { name: 'Other', paymentTerms: '2% 10' });
    const cash = world.add('account', { name: 'Cash', paymentTerms: null });
    world.add('product', { number: 'A-1', unit: 'PCE' });
    const company = await openCompany(session);
    const termsFor = async (soldTo: string, more: object = {}) =>
      (await saleOf(session, company, { ...order, soldTo, ...more })).payment_term;

    const [net30, early] = [await termsFor(buyer.id), await termsFor(other.id)];
    expect([net30, early]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(net30).not.toBe(early);
    expect(await termsFor(buyer.id, { paymentTerms: '2% 10' })).toBe(early);
    // Then it is for Tryton's own default.
    expect(await termsFor(cash.id)).toBeUndefined();
  });

  it('are sent without terms where no module brings any for customers', async () => {
    const { world, session } = await trytonScene({ without: MODULES.map((field) => `party.party.${field}`) });
    world.add('account', { name: 'Buyer', paymentTerms: 'NET30' });
    world.add('product', { number: 'A-1', unit: 'PCE' });
    expect(await saleOf(session, await openCompany(session), order)).not.toHaveProperty('payment_term');
  });

  it.each([
    ['product B-9 is not there', { lines: [{ ...order.lines[0], product: 'B-9' }] }],
    ['is sold there in PCE, not in BOX', { lines: [{ ...order.lines[0], unit: 'BOX' }] }],
    ['"XTS" is there 0 times', { currency: 'XTS' }],
    ['account "C-1" is no id', { soldTo: 'C-1' }],
  ])('are not sent when %s', async (words, change) => {
    const { world, session } = await withCustomer();
    if (!tryton.orders) throw new Error('takes no orders');

    await expect(placeOrder(tryton.orders, session, { ...order, ...change } as OrderToPlace)).rejects.toThrow(words);

    expect(world.count('order')).toBe(0);
  });
});
