/** What is odd about Odoo apart from its orders. */
import { describe, expect, it } from 'vitest';
import { check } from '../../connectors/odoo/check.ts';
import { withoutNoise } from '../../connectors/odoo/fields.ts';
import { flattenAccount, flattenAddress } from '../../connectors/odoo/flatten.ts';
import { sapNumber } from '../simulator/ids.ts';
import { World } from '../simulator/world.ts';
import { setup } from './odoo-setup.ts';

const NOTHING = { priceLists: new Map<number, string>(), countries: new Map<number, string>(), currency: null };

describe('which protocol is spoken', () => {
  it.each([
    [14, 'auto', '/jsonrpc'],
    [17, 'auto', '/jsonrpc'],
    [19, 'auto', '/json/2/res.partner/search_read'],
    [19, 'json-2', '/json/2/res.partner/search_read'],
    [19, 'json-rpc', '/jsonrpc'],
  ] as const)('Odoo %i, told %s: %s', async (version, protocol, path) => {
    const { drafts, requests } = await setup({ version, protocol });
    expect((await drafts('account')).drafts).toHaveLength(3);
    expect(requests.at(-1)?.path).toBe(path);
  });

  it('asks who we are once a session, not once a page', async () => {
    const { drafts, requests, bodies } = await setup({ version: 16 }, { pageSize: 1 });
    await drafts('account');
    await drafts('contact');
    expect(requests.filter(({ path }) => path === '/web/version')).toHaveLength(1);
    expect(bodies.filter((body) => JSON.stringify(body).includes('"authenticate"'))).toHaveLength(1);
  });

  it.each([
    ['the user', { user: undefined }, 'CONFIG_INVALID', /needs `database` and `user`/],
    ['the database', { database: 'test' }, 'ERP_REFUSED', /database "test" does not exist/],
    ['the key', { apiKey: 'wrong' }, 'ERP_LOGIN_REFUSED', /does not know this user with this key/],
  ])('says what is wrong with %s before 19', async (_, settings, code, message) => {
    const { session } = await setup({ version: 17 }, settings);
    await expect(check(session)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('works in the company and the language of the settings', async () => {
    const { drafts, bodies } = await setup({ version: 19 }, { company: 1, language: 'de_DE' });
    await drafts('account');
    expect(bodies).toContainEqual(
      expect.objectContaining({ context: { active_test: false, tz: 'UTC', lang: 'de_DE', allowed_company_ids: [1] } }),
    );
  });
});

describe('what is read', () => {
  it('takes codes of countries from their table where partners do not tell them (14)', async () => {
    const { drafts, world } = await setup({ version: 14 });
    const countries = new Set((await drafts('address')).drafts.map(({ values }) => values.country));
    expect(countries).toEqual(
      new Set(
        world
          .rows('address')
          .filter(({ roles }) => !roles.includes('pay_to'))
          .map(({ country }) => country),
      ),
    );
  });

  it('ends the price of an item that became a formula, and does not begin with formulas', async () => {
    const formulas = new Set<string>();
    const { drafts, world } = await setup({ version: 17, formulas });
    const first = await drafts('price');
    const [item] = world.rows('price');
    formulas.add(item?.id ?? '');
    world.tick(60_000);
    world.change('price', item?.id ?? '', {});
    const ended = (await drafts('price', first.cursor)).drafts.filter(({ externalId }) => externalId.split('/')[0] === item?.id);
    expect(ended.map(({ values }) => values.validTo)).toEqual(['2026-03-02']);
    const again = await drafts('price');
    expect([first.drafts.length, again.drafts.length]).toEqual([world.count('price'), world.count('price') - 1]);
  });

  it('hears of zero although Odoo deletes a quant that is empty', async () => {
    const { drafts, world } = await setup({ version: 19 });
    const { cursor } = await drafts('stock');
    const [stock] = world.rows('stock');
    world.change('stock', stock?.id ?? '', { onHand: '0', available: '0' });
    const zero = (await drafts('stock', cursor)).drafts.filter(
      ({ values }) => values.site === stock?.site && values.product === stock?.product,
    );
    expect(zero.map(({ values }) => [values.onHand, values.available])).toEqual([['0', '0']]);
  });

  it('sums up what lies on several shelves, without the noise of floats', async () => {
    const { drafts, world } = await setup({ version: 16 });
    const [stock] = world.rows('stock');
    if (!stock) throw new Error('no stock');
    world.change('stock', stock.id, { onHand: '0.1', available: '0.1' });
    world.add('stock', { ...stock, onHand: '0.2', available: '0.1' });
    const sum = (await drafts('stock')).drafts.filter(({ values }) => values.site === stock.site && values.product === stock.product);
    expect(sum.map(({ values }) => [values.onHand, values.available])).toEqual([['0.3', '0.2']]);
  });

  it('makes one mail address of several, nothing of a slash, and keeps amounts as they are', () => {
    const row = {
      id: 1,
      email: 'Sales <sales@example.com>, info@example.com',
      credit: 0.1 + 0.2,
      credit_limit: 500,
    };
    const fields = new Map(Object.keys(row).map((name) => [name, 'char']));
    expect(flattenAccount(row, fields, NOTHING)).toMatchObject({
      email: 'sales@example.com',
      balance: 0.3,
      creditLimit: 500,
      state: 'active',
    });
    expect([1e21, 12_345_678_901_234.5, -0.1].map(withoutNoise)).toEqual([1e21, 12_345_678_901_234.5, -0.1]);
  });

  it('takes the limit of the company for that of customers without their own, and none where the company uses none', () => {
    const limit = (row: { [name: string]: number | boolean }) =>
      flattenAccount(row, new Map(Object.keys(row).map((name) => [name, 'char'])), NOTHING).creditLimit;
    // `credit_limit` is then the company's default (account/models/partner.py).
    expect(limit({ credit_limit: 500, use_partner_credit_limit: false, show_credit_limit: true })).toBe(500);
    expect(limit({ credit_limit: 500, use_partner_credit_limit: true, show_credit_limit: false })).toBeNull();
    expect(limit({ credit_limit: 0, show_credit_limit: true })).toBeNull();
    // Before 16 there is no such switch.
    expect(limit({ credit_limit: 500 })).toBe(500);
  });

  it('gives what lies below a person to the company above both', () => {
    const row = {
      id: 9,
      type: 'delivery',
      parent_id: [8, 'Zoë'],
      commercial_partner_id: [7, 'Acme'],
      is_company: false,
      active: false,
      write_date: '2026-03-02 08:00:00',
    };
    const found = flattenAddress({ ...row, state_id: [3, 'New York (US)'] }, new Map(), NOTHING);
    expect(found).toMatchObject([{ account: 7, role: 'ship_to', region: 'New York', validTo: '2026-03-02' }]);
    expect(flattenAddress({ id: 7, is_company: true, parent_id: null, street: null, city: null }, new Map(), NOTHING)).toEqual([]);
  });
});

describe('check', () => {
  it('says who answers, and what is granted', async () => {
    const { session } = await setup({ version: 16 });
    const { summary, warnings, permissions } = await check(session);
    expect([summary, warnings]).toEqual(['Odoo 16.0 over JSON-RPC, Hafen Handels GmbH', []]);
    expect(permissions).toContainEqual({ name: 'sale.order create', granted: true });
  });

  it.each([17, 19] as const)('tells rights that are missing from modules that are (%i)', async (version) => {
    const { session } = await setup({ version, forbidden: ['sale.order'], without: ['stock.quant', 'stock.warehouse'] });
    const { warnings } = await check(session);
    expect(warnings).toEqual([
      'Odoo has no stock.quant; install the module that brings it, or leave out stock',
      'Odoo has no stock.warehouse; install the module that brings it, or leave out stock',
      'the user may not read sale.order; grant it (README), or leave out orders',
      'the user may not create sale.order; grant it (README), or leave out orders',
      'the user may not write sale.order; grant it (README), or leave out orders',
    ]);
  });

  const KEYS = [
    { name: 'Kontor', expiration_date: '2026-03-12 08:00:00' },
    { name: 'other', expiration_date: '2026-05-30 00:00:00' },
    { name: 'for ever', expiration_date: false as const },
  ];

  it.each([
    [{}, ['API key "Kontor" ends in 10 days; make a new one in Odoo and put it into the configuration']],
    [{ keyName: 'other' }, []],
    [{ keyName: 'gone' }, ['the user has no API key "gone"; correct `keyName`']],
    [{ keyWarningDays: 9 }, []],
  ])('warns before the key ends: %o', async (settings, expected) => {
    const { session } = await setup({ version: 19, keys: KEYS }, settings);
    expect((await check(session)).warnings).toEqual(expected);
  });

  it('says when nobody tells how old the key is', async () => {
    const { session } = await setup({ version: 19, forbidden: ['res.users.apikeys'] });
    expect((await check(session)).warnings).toEqual([expect.stringMatching(/does not tell when the API key ends/)]);
  });

  it('misses the company of the settings', async () => {
    const world = new World({ newId: sapNumber }).seed({ accounts: 1 });
    const { session } = await setup({ version: 19 }, { company: 5 }, world);
    expect((await check(session)).warnings).toEqual([expect.stringMatching(/sees no company 5/)]);
  });
});
