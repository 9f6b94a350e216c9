/** Rows of the world in the words of Business Central's API v2.0. */
import { compareIds, type World, type WorldAccount, type WorldAddress, type WorldOrder, type WorldProduct } from '../world.ts';
import type { Row, Value } from './odata/types.ts';

export const COMPANY = {
  id: 'c0000000-0000-4000-8000-0000000000aa',
  systemVersion: '25.1.28086.0',
  name: 'CRONUS',
  displayName: 'CRONUS "Süd" & Co.',
  businessProfileId: '',
};
export const LOCAL_CURRENCY = 'EUR';
export const NO_ID = '00000000-0000-0000-0000-000000000000';
/** Each price list shows in one place only here: an item has one list price. */
export const LIST_OF_ITEMS = 'RETAIL';

/** Product of every stock row that was ever told: deleted ones leave an entry in the ledger, as every movement does. */
export type StockTold = Map<string, string>;

/** Business Central has no null for texts and decimals. */
const text = (value: string | null): string => value ?? '';
const latest = (...stamps: ReadonlyArray<Date | undefined>): string =>
  new Date(Math.max(...stamps.map((stamp) => stamp?.getTime() ?? 0))).toISOString();

/** People, and the contact that every company has beside its customer. */
export function contacts(world: World): Row[] {
  const people = world.rows('contact').map((person) => ({
    id: person.id,
    number: `KT-${person.id.slice(-4)}`,
    type: 'Person',
    displayName: [person.firstName, person.lastName].filter(Boolean).join(' '),
    companyNumber: world.row('account', person.accountId)?.number ?? '',
    phoneNumber: text(person.phone),
    email: text(person.email),
    privacyBlocked: !person.active,
    lastModifiedDateTime: latest(person.changedAt),
  }));
  const companies = world.rows('account').map((account) => ({
    id: account.id.replace(/^a/, 'e'),
    number: `KT-C-${account.number}`,
    type: 'Company',
    displayName: account.name,
    companyNumber: '',
    phoneNumber: '',
    email: '',
    privacyBlocked: false,
    lastModifiedDateTime: latest(account.changedAt),
  }));
  return [...people, ...companies].map((row) => ({ ...row, mobilePhoneNumber: '' }));
}

/** The same people with their names in parts and their customer, and without a stamp. */
export function customerContacts(world: World): Row[] {
  return world.rows('contact').map((person) => ({
    id: person.id,
    firstName: text(person.firstName),
    lastName: person.lastName,
    professionalTitle: text(person.jobTitle),
    email: text(person.email),
    primaryPhoneNumber: text(person.phone),
    customerId: person.accountId,
    customerName: world.row('account', person.accountId)?.name ?? '',
  }));
}

/** The address that is the customer's own. Business Central's API shows no other. */
export function ownAddress(world: World, accountId: string): WorldAddress | undefined {
  return world
    .ofAccount('address', accountId)
    .filter(({ roles }) => roles.includes('bill_to'))
    .sort((a, b) => compareIds(a.id, b.id))[0];
}

export function customer(world: World, account: WorldAccount): Row {
  const address = ownAddress(world, account.id);
  const isLocal = account.currency === LOCAL_CURRENCY;
  const gone = world.tombstones.filter(({ kind }) => kind === 'address').map(({ removedAt }) => removedAt);
  return {
    id: account.id,
    number: account.number,
    displayName: account.name,
    type: 'Company',
    addressLine1: text(address?.street ?? null),
    addressLine2: text(address?.street2 ?? null),
    city: text(address?.city ?? null),
    state: text(address?.region ?? null),
    country: text(address?.country ?? null),
    postalCode: text(address?.postalCode ?? null),
    phoneNumber: text(account.phone),
    email: text(account.email),
    website: text(account.website),
    salespersonCode: '',
    taxRegistrationNumber: text(account.taxRegistration),
    currencyId: isLocal ? NO_ID : 'c4000000-0000-4000-8000-000000000001',
    currencyCode: account.currency,
    paymentTermsId: NO_ID,
    creditLimit: account.creditLimit ?? '0',
    blocked: account.active ? (account.blocked ? 'All' : '_x0020_') : 'All',
    // Whoever clears an address changes the customer.
    lastModifiedDateTime: latest(account.changedAt, address?.changedAt, ...(address ? [] : gone)),
  };
}

export function item(world: World, product: WorldProduct, told: StockTold): Row {
  const price = world
    .rows('price')
    .find((row) => row.product === product.number && row.priceList === LIST_OF_ITEMS && row.minQuantity === '1');
  const stock = world.rows('stock').filter((row) => row.product === product.number);
  for (const row of stock) told.set(row.id, row.product);
  return {
    id: product.id,
    number: product.number,
    displayName: product.name,
    type: 'Inventory',
    baseUnitOfMeasureCode: product.unit,
    priceIncludesTax: false,
    blocked: !product.active,
    inventory: String(stock.reduce((sum, { onHand }) => sum + Number(onHand), 0)),
    unitPrice: price?.unitPrice ?? '0',
    lastModifiedDateTime: latest(product.changedAt, price?.changedAt),
  };
}

export function ledger(world: World, told: StockTold): Row[] {
  const there = world
    .rows('stock')
    .map((row) => ({ id: row.id, itemNumber: row.product, quantity: row.onHand, lastModifiedDateTime: latest(row.changedAt) }));
  const taken = world.tombstones.flatMap(({ kind, id, removedAt }) => {
    const itemNumber = kind === 'stock' ? told.get(id) : undefined;
    return itemNumber === undefined ? [] : [{ id, itemNumber, quantity: '0', lastModifiedDateTime: latest(removedAt) }];
  });
  return [...there, ...taken];
}

export function isShipped({ state, location }: WorldOrder): boolean {
  return location === 'posted' || state === 'shipped' || state === 'invoiced';
}

function head(world: World, order: WorldOrder): Record<string, Value> {
  return {
    id: order.id,
    orderId: order.id,
    number: order.number,
    externalDocumentNumber: order.reference,
    customerId: order.soldTo,
    customerNumber: world.row('account', order.soldTo)?.number ?? '',
    currencyCode: order.currency,
    lastModifiedDateTime: latest(order.changedAt),
  };
}

/** An order that nobody released is a draft. */
export function salesOrder(world: World, order: WorldOrder): Row {
  return { ...head(world, order), status: order.state === 'draft' ? 'Draft' : 'Open', fullyShipped: isShipped(order) };
}

export function posted(world: World, order: WorldOrder): Row {
  return { ...head(world, order), orderNumber: order.number };
}

export function linesOfOrder(world: World, id: string): Row[] {
  return (world.row('order', id)?.lines ?? []).map(({ product, quantity, unitPrice, lineReference }, place) => ({
    id: lineReference ?? `${id.slice(0, -2)}${String(place).padStart(2, '0')}`,
    sequence: (place + 1) * 10_000,
    lineType: 'Item',
    lineObjectNumber: product,
    description: '',
    unitOfMeasureCode: 'PCE',
    quantity,
    unitPrice,
  }));
}
