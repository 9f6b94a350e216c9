import { describe, expect, it } from 'vitest';
import { flattenAccount, flattenContactAddress, flattenOwnAddress, flattenPrice, flattenStock } from '../../connectors/dolibarr/flatten.ts';
import { dolibarr } from '../../connectors/dolibarr/index.ts';
import { verdicts } from '../../connectors/dolibarr/verdicts.ts';
import { judge } from '../../src/connector/http/verdicts.ts';
import { placeOrder } from '../../src/connector/place-order.ts';
import { dolibarrDialect } from '../simulator/dialects/dolibarr.ts';
import { type ErpOptions, erpScene } from './erp-setup.ts';

async function scene(options: ErpOptions = {}) {
  const one = await erpScene(dolibarr, dolibarrDialect(), options);
  const buyer = one.world.add('account', { name: 'Nordwind GmbH', paymentTerms: 'NET30' });
  for (const number of ['P-1', 'P-2']) one.world.add('product', { number });
  return { ...one, buyer };
}

/** Changes what is answered to requests of a path. */
const answering =
  (path: RegExp, change: (json: never) => unknown): NonNullable<ErpOptions['dialect']> =>
  (one) => ({
    ...one,
    async handle(request, ...rest) {
      const answer = await one.handle(request, ...rest);
      return path.test(request.path) ? { ...answer, json: change(answer.json as never) } : answer;
    },
  });

describe("Dolibarr's lists", () => {
  it('are read on where a page is short because a row could not be loaded', async () => {
    const { world, read } = await scene({
      settings: { pageSize: 3 },
      dialect: answering(/\/thirdparties$/, (rows: unknown[]) => rows.filter((row) => (row as { id: string }).id !== '2')),
    });
    for (let turn = 2; turn <= 8; turn += 1) world.add('account', { name: `Customer ${turn}` });

    const { drafts } = await read('account');

    expect(drafts.map(({ externalId }) => externalId)).toEqual(['1', '3', '4', '5', '6', '7', '8']);
  });

  it('may be narrowed by a filter of their own language, and a wrong one is told', async () => {
    const { world, read } = await scene();
    world.add('account', { name: 'Südwind AG' });

    expect((await read('account', { filter: "(t.nom:=:'Südwind AG')" })).drafts).toHaveLength(1);
    await expect(read('account', { filter: '(t.colour:=:1)' })).rejects.toMatchObject({
      code: 'ERP_REFUSED',
      message: expect.stringContaining("Unknown column 't.colour'"),
    });
  });
});

describe('records of Dolibarr', () => {
  const context = { currency: 'EUR', terms: new Map([['3', 'NET30']]) };

  it('have a parent, terms by their code, and a limit only in the main currency', () => {
    const party = { parent: '7', cond_reglement_id: 3, outstanding_limit: '1000.50000000', multicurrency_code: '' };

    expect(flattenAccount(party, context)).toMatchObject({
      parentId: '7',
      paymentTermsCode: 'NET30',
      creditLimit: '1000.5',
      accountCurrency: 'EUR',
    });
    expect(flattenAccount({ ...party, cond_reglement_id: '9' }, context)).toMatchObject({ paymentTermsCode: '9' });
    expect(flattenAccount({ ...party, parent: '0', multicurrency_code: 'USD' }, context)).toMatchObject({
      parentId: null,
      creditLimit: null,
      accountCurrency: 'USD',
    });
  });

  it('give the own address twice, and that of a contact as a place to ship to', () => {
    const there = { address: 'Hafen 1\nTor 3', zip: '20457', town: 'Hamburg' };

    expect([
      flattenOwnAddress({ id: '1', name: 'N', ...there }),
      flattenContactAddress({ id: '5', socid: '1', firstname: 'Zoë', lastname: 'Weiß', ...there }),
    ]).toMatchObject([[{ key: '1/bill_to' }, { key: '1/ship_to' }], [{ key: 'contact-5/ship_to', account: '1', addressee: 'Zoë Weiß' }]]);
    expect([
      flattenOwnAddress({ id: '1', address: ' ', zip: null, town: '' }),
      flattenContactAddress({ id: '5', socid: null, ...there }),
    ]).toEqual([[], []]);
  });

  it('have one price, or one in each level', () => {
    const row = { id: '4', ref: 'P-1', price: '10.00000000' };

    expect(flattenPrice(row, 'EUR')).toEqual([{ ...row, key: '4', level: null, currency: 'EUR', unitPrice: '10' }]);
    expect(flattenPrice({ ...row, multiprices: { 1: '9.50000000', 2: '0.00000000', 3: 8.25 } }, 'EUR')).toMatchObject([
      { key: '4/1', level: '1', unitPrice: '9.5' },
      { key: '4/3', level: '3', unitPrice: '8.25' },
    ]);
    expect(flattenPrice({ ...row, price: '0.00000000', multiprices: [] }, 'EUR')).toEqual([]);
  });

  it('have stock by warehouse, and none where PHP writes an empty list', async () => {
    expect(flattenStock({ id: '4', ref: 'P-1' }, [], new Map())).toEqual([]);
    expect(flattenStock({ id: '4', ref: 'P-1' }, { 2: { real: '5' } }, new Map([['2', { ref: 'W2', name: 'Kiel' }]]))).toMatchObject([
      { key: '4/2', site: 'W2', siteName: 'Kiel', real: '5' },
    ]);
    const { read, world } = await scene();
    world.add('stock', { site: 'W2', product: 'P-2', onHand: '7' });
    expect((await read('stock')).drafts.map(({ values }) => values)).toMatchObject([{ site: 'W2', product: 'P-2', onHand: '7' }]);
  });

  it('are read from versions that write numbers as numbers', async () => {
    const { read } = await scene({
      dialect: answering(/\/thirdparties$/, (rows: Record<string, unknown>[]) =>
        rows.map((row) => ({ ...row, id: Number(row.id), status: Number(row.status) })),
      ),
    });

    expect((await read('account')).drafts).toMatchObject([{ externalId: '1', values: { status: 'active', paymentTerms: 'NET30' } }]);
  });
});

describe('an order for Dolibarr', () => {
  it('takes along what only its forms fill in: terms, VAT, and our references', async () => {
    const { session, target, order, buyer, heard } = await scene();

    const { placed } = await placeOrder(
      target,
      session,
      order(buyer.id, { purchaseOrderNumber: 'PO 7', note: 'Gate 3', requestedDeliveryOn: '2026-03-09' }),
    );

    expect(heard.find(({ path, method }) => method === 'POST' && path.endsWith('/orders'))?.json()).toEqual({
      socid: 1,
      date: Date.parse('2026-03-02T12:00:00Z') / 1000,
      delivery_date: Date.parse('2026-03-09T12:00:00Z') / 1000,
      ref_ext: 'ORD-2026-000042',
      ref_client: 'PO 7',
      note_public: 'Gate 3',
      cond_reglement_id: '1',
      lines: [
        { fk_product: 1, product_type: 0, qty: '3', subprice: '249.9', tva_tx: '20.0000', ref_ext: '42-1' },
        { fk_product: 2, product_type: 0, qty: '0.5', subprice: '12', tva_tx: '20.0000', ref_ext: '42-2' },
      ],
    });
    expect(placed).toMatchObject({ number: 'SO-1', state: 'accepted', stateThere: 'validated', reference: 'ORD-2026-000042' });
  });

  it('has no number until it is validated, and stays a draft where that is wanted', async () => {
    const { session, target, order, buyer, world } = await scene({ settings: { validateOrders: false } });

    const { placed } = await placeOrder(target, session, order(buyer.id));

    expect(placed).toMatchObject({ number: null, state: 'accepted', stateThere: 'draft' });
    expect(world.ordersByReference('ORD-2026-000042')).toMatchObject([{ state: 'draft' }]);
  });

  it('may be validated again by somebody who was late: nothing is done, and that is no failure', async () => {
    const { session, target, order, buyer, world } = await scene();
    const { placed } = await placeOrder(target, session, order(buyer.id));

    await target.steps[0]?.run(session, placed);

    expect(world.ordersByReference(placed.reference)).toMatchObject([{ steps: ['placed', 'confirmed'] }]);
  });

  it('is found where a person entered it with our reference as the customer reference', async () => {
    const { session, target, buyer, world } = await scene({
      dialect: answering(/\/orders$/, (rows: Record<string, unknown>[]) => rows.map((row) => ({ ...row, ref_ext: '' }))),
    });
    world.placeOrder({ reference: 'ORD-9', soldTo: buyer.id, lines: [], number: null });

    expect(await target.find(session, 'ORD-9')).toMatchObject([{ id: '1', reference: 'ORD-9', number: null, state: 'placed' }]);
    expect(await target.find(session, 'ORD-8')).toEqual([]);
  });

  it.each([
    ['in another currency', { currency: 'USD' }, 'is in USD'],
    ['to an address that is not the own one', { shipTo: 'contact-5/ship_to' }, 'contact-5/ship_to'],
    ['for a product that is not there', { lines: [{ reference: '1', product: 'X-9', quantity: '1', unitPrice: '1' }] }, '"X-9"'],
    ['for a product that no filter can name', { lines: [{ reference: '1', product: 'X(9)', quantity: '1', unitPrice: '1' }] }, '"X(9)"'],
  ])('is refused before anything is written: %s', async (_, more, words) => {
    const { session, target, order, buyer, heard } = await scene();

    await expect(placeOrder(target, session, order(buyer.id, more))).rejects.toMatchObject({
      code: 'ERP_REFUSED',
      message: expect.stringContaining(words),
    });

    expect(heard.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('is refused in the words that stand behind a text of PHP', async () => {
    const { session } = await scene();

    const create = session.http.send({ method: 'POST', path: 'orders', json: { socid: 99, date: 1, lines: [] } });

    await expect(create).rejects.toMatchObject({ code: 'ERP_REFUSED', message: expect.stringContaining('ErrorBadThirdParty') });
  });
});

describe('access to Dolibarr', () => {
  it('is told with the version, the user and every right that is missing', async () => {
    const { session } = await scene({
      dialect: answering(/\/users\/info$/, () => ({
        login: 'kontor',
        rights: { societe: { lire: 1, client: { voir: 0 } }, produit: { lire: '1' }, commande: { lire: 1, creer: 1 } },
      })),
    });

    const { summary, warnings, permissions } = await dolibarr.check(session);

    expect(summary).toBe('Dolibarr 17.0.2, user kontor');
    expect(permissions?.filter(({ granted }) => !granted).map(({ name }) => name)).toEqual([
      'societe.client.voir',
      'societe.contact.lire',
      'stock.lire',
    ]);
    expect(warnings).toHaveLength(3);
  });
});

describe("Dolibarr's answers", () => {
  const error = (code: number, message: string, more: object = {}) => JSON.stringify({ error: { code, message, ...more } });

  it.each([
    [404, error(404, 'Not Found: Thirdparties not found'), 'empty'],
    [404, error(404, 'Not Found: No product found'), 'empty'],
    [404, error(404, 'Not Found: No stock found'), 'empty'],
    [404, error(404, 'Not Found: Thirdparty not found'), 'missing'],
    [404, '<h1>Not Found</h1>', 'missing'],
    [304, '', 'empty'],
    [400, error(400, 'Bad Request: date field missing'), 'refused'],
    [401, error(401, 'Unauthorized: Error user not valid (not found with api key or bad status or bad validity dates)'), 'login'],
    [503, error(503, 'Service Unavailable: Error when searching login user from api key'), 'login'],
    [401, error(401, 'Unauthorized'), 'denied'],
    [403, error(403, 'Forbidden: Access not allowed for login kontor'), 'denied'],
    [500, error(500, 'Internal Server Error: Error creating thirdparty', { 1: 'ErrorCustomerCodeAlreadyUsed' }), 'refused'],
    [500, `<br />\n<b>Warning</b><br />\n${error(500, 'Internal Server Error: Error creating order')}`, 'refused'],
    [500, error(500, 'Internal Server Error: Error creating order', { 0: 'Deadlock found when trying to get lock' }), 'busy'],
    [500, '', 'unavailable'],
    [501, error(501, 'Not Implemented: API not found'), 'missing'],
    [503, error(503, "Service Unavailable: Error when retrieve thirdparties : Unknown column 't.x'"), 'refused'],
    [503, '<html>Apache</html>', 'unavailable'],
  ])('%i %s means %s', (status, text, verdict) => {
    expect(judge({ status, headers: {}, json: jsonOrNone(text), text, serverAt: null }, verdicts, new Date()).verdict).toBe(verdict);
  });
});

/** As the border gives it: `undefined` for what is no JSON. */
function jsonOrNone(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
