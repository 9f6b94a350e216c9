/**
 * res.partner: companies, people and addresses in one table. A row has one address of its own; a world's address that serves for both invoices and
 * deliveries is shown as that of its company, others as rows below it, with a type. There is no pay-to.
 */
import type { World, WorldAccount, WorldAddress } from '../../world.ts';
import { COMPANY, DEFAULT_LIST, type Model, type ModelRow, type Store, stampText, type Values, type Version } from './store.ts';

const TEXTS = ['name', 'ref', 'vat', 'email', 'phone', 'website', 'function', 'street', 'street2', 'zip', 'city'];
const LANGUAGES: Readonly<Record<string, string>> = { de: 'de_DE', en: 'en_US' };

export function partnerModel(version: Version): Model {
  const fields = new Map<string, string>([
    ...TEXTS.map((name) => [name, 'char'] as const),
    ...['active', 'is_company'].map((name) => [name, 'boolean'] as const),
    ...['parent_id', 'commercial_partner_id', 'country_id', 'state_id', 'user_id', 'industry_id'].map(
      (name) => [name, 'many2one'] as const,
    ),
    ...['property_payment_term_id', 'property_product_pricelist', 'currency_id'].map((name) => [name, 'many2one'] as const),
    ['id', 'integer'],
    ['lang', 'selection'],
    ['type', 'selection'],
    ['write_date', 'datetime'],
    ['credit', 'monetary'],
    ['credit_limit', 'float'],
    ...(version >= 16 ? ([['country_code', 'char'], ['show_credit_limit', 'boolean']] as const) : []), // biome-ignore format: one list
    // Gone with 19: the telephone number is one, and a warning no longer blocks.
    ...(version < 19 ? ([['mobile', 'char'], ['sale_warn', 'selection']] as const) : []), // biome-ignore format: one list
  ]);
  return { fields, rows: (world, store) => [...accountRows(world, store), ...contactRows(world, store), ...addressRows(world, store)] };
}

/** The address of the company itself. */
export function ownAddress(world: World, accountId: string): WorldAddress | undefined {
  return world.ofAccount('address', accountId).find(isBoth);
}

function isBoth({ roles }: WorldAddress): boolean {
  return roles.includes('bill_to') && roles.includes('ship_to');
}

function accountRows(world: World, store: Store): ModelRow[] {
  return world.rows('account').map((account) => {
    const address = ownAddress(world, account.id);
    const stamp = address && address.changedAt > account.changedAt ? address.changedAt : account.changedAt;
    return partner(store, stamp, {
      ...ofAddress(store, address),
      id: Number(account.id),
      name: account.name,
      ref: account.number,
      active: account.active,
      is_company: true,
      type: 'contact',
      parent_id: account.parentId === null ? false : refer(world, account.parentId),
      commercial_partner_id: [Number(account.id), account.name],
      vat: account.taxRegistration ?? false,
      email: account.email ?? false,
      phone: account.phone ?? false,
      website: account.website ?? false,
      lang: account.language === null ? false : (LANGUAGES[account.language] ?? account.language),
      ...moneyOf(store, account),
      sale_warn: account.blocked ? 'block' : 'no-message',
    });
  });
}

/** Amounts are floats; a limit of 0 is none, a balance is never none. Everybody has a price list: there is a default. */
function moneyOf(store: Store, account: WorldAccount): Values {
  return {
    property_payment_term_id: store.terms.refer(account.paymentTerms),
    property_product_pricelist: store.priceList(account.priceList ?? DEFAULT_LIST),
    credit_limit: Number(account.creditLimit ?? 0),
    credit: Number(account.balance ?? 0),
  };
}

function contactRows(world: World, store: Store): ModelRow[] {
  return world.rows('contact').map((contact) =>
    partner(store, contact.changedAt, {
      id: Number(contact.id),
      name: [contact.firstName, contact.lastName].filter((part) => part !== null).join(' '),
      active: contact.active,
      type: 'contact',
      parent_id: refer(world, contact.accountId),
      commercial_partner_id: refer(world, contact.accountId),
      email: contact.email ?? false,
      phone: contact.phone ?? false,
      function: contact.jobTitle ?? false,
    }),
  );
}

function addressRows(world: World, store: Store): ModelRow[] {
  return world
    .rows('address')
    .filter(({ id, accountId, roles }) => ownAddress(world, accountId)?.id !== id && !roles.includes('pay_to'))
    .map((address) =>
      partner(store, address.changedAt, {
        ...ofAddress(store, address),
        id: Number(address.id),
        name: address.name ?? false,
        active: address.active,
        type: address.roles.includes('ship_to') ? 'delivery' : 'invoice',
        parent_id: refer(world, address.accountId),
        commercial_partner_id: refer(world, address.accountId),
      }),
    );
}

function ofAddress(store: Store, address: WorldAddress | undefined): Values {
  if (!address) return {};
  const { street, street2, postalCode, city, region, country } = address;
  return {
    street,
    street2: street2 ?? false,
    zip: postalCode,
    city,
    // States show their country behind their name (res.country.state, _compute_display_name).
    state_id: store.states.refer(region, (name) => `${name} (${country})`),
    country_id: store.countries.refer(country, (code) => new Intl.DisplayNames('en', { type: 'region' }).of(code) ?? code),
    country_code: country,
  };
}

/** What nobody set is false, in every type. */
function partner(store: Store, stamp: Date, values: Values): ModelRow {
  const none = Object.fromEntries(
    [...TEXTS, 'state_id', 'country_id', 'country_code', 'parent_id', 'lang', 'user_id'].map((name) => [name, false]),
  );
  const rest = { industry_id: false, mobile: false, is_company: false, sale_warn: 'no-message', credit: 0, credit_limit: 0 };
  const related = {
    property_payment_term_id: false,
    property_product_pricelist: store.priceList(DEFAULT_LIST),
    // The company's own switch.
    show_credit_limit: true,
  };
  return { stamp, values: { ...none, ...rest, ...related, currency_id: COMPANY.currency_id, ...values, write_date: stampText(stamp) } };
}

function refer(world: World, accountId: string): [number, string] {
  return [Number(accountId), world.row('account', accountId)?.name ?? ''];
}
