/** The entity sets of the simulated company: rows of the world in the words of API v2.0. */
import type { World, WorldAccount, WorldAddress, WorldOrder, WorldProduct } from '../world.ts';
import { compareIds } from '../world.ts';
import type { EntitySet, PropertyType, Row, Sets, Value } from './odata/types.ts';

export const COMPANY = {
  id: 'c0000000-0000-4000-8000-0000000000aa',
  systemVersion: '25.1.28086.0',
  name: 'CRONUS',
  displayName: 'CRONUS "Süd" & Co.',
  businessProfileId: '',
};
export const LOCAL_CURRENCY = 'EUR';
const NO_ID = '00000000-0000-0000-0000-000000000000';
/** Each price list shows in one place only here: an item has one list price. */
export const LIST_OF_ITEMS = 'RETAIL';

/** Product of every stock row that was ever told: deleted ones leave an entry in the ledger, as every movement does. */
export type StockTold = Map<string, string>;

interface View {
  /** Behind the primary database: orders of this moment are not there yet. */
  readonly isReplica: boolean;
  readonly stockTold: StockTold;
}

/** Business Central has no null for texts and decimals. */
const text = (value: string | null): string => value ?? '';
const latest = (...stamps: ReadonlyArray<Date | undefined>): string =>
  new Date(Math.max(...stamps.map((stamp) => stamp?.getTime() ?? 0))).toISOString();
const types = (names: string, type: PropertyType): Record<string, PropertyType> =>
  Object.fromEntries(names.split(' ').map((name) => [name, type]));

export function businessCentralSets(world: World, view: View): Sets {
  const set = (
    properties: Record<string, PropertyType>,
    rows: () => readonly Row[],
    navigations: EntitySet['navigations'] = {},
  ): EntitySet => ({
    properties: { id: 'guid', ...properties },
    keys: ['id'],
    rows,
    navigations,
  });
  const stamp: Record<string, PropertyType> = { lastModifiedDateTime: 'instant' };
  const one = (to: string, rows: (row: Row) => readonly Row[]) => ({ to, many: false, rows });
  const accountOf = ({ id }: Row) => world.row('account', String(id));
  const orders = () =>
    world.rows('order').filter(({ changedAt }) => !view.isReplica || world.now().getTime() - changedAt.getTime() > 30_000);
  const linesOf = (row: Row) => linesOfOrder(world, String(row.orderId));
  const lineTypes = {
    sequence: 'integer',
    ...types('lineType lineObjectNumber description unitOfMeasureCode', 'string'),
    ...types('quantity unitPrice', 'decimal'),
  } as const;
  const headTypes = {
    ...types('number externalDocumentNumber customerNumber currencyCode status orderNumber', 'string'),
    ...types('customerId', 'guid'),
    ...stamp,
  } as const;

  return {
    companyInformation: set(types('displayName currencyCode', 'string'), () => [
      { id: COMPANY.id, displayName: COMPANY.displayName, currencyCode: LOCAL_CURRENCY },
    ]),
    customers: set(
      {
        ...types(
          'number displayName type addressLine1 addressLine2 city state country postalCode phoneNumber email website salespersonCode taxRegistrationNumber currencyCode blocked',
          'string',
        ),
        ...types('currencyId paymentTermsId', 'guid'),
        creditLimit: 'decimal',
        ...stamp,
      },
      () => world.rows('account').map((account) => customer(world, account)),
      {
        paymentTerm: one('paymentTerms', (row) => {
          const code = accountOf(row)?.paymentTerms;
          return code ? [{ id: NO_ID, code }] : [];
        }),
        customerFinancialDetail: one('customerFinancialDetails', (row) => [
          { id: String(row.id), balance: accountOf(row)?.balance ?? '0', overdueAmount: '0' },
        ]),
      },
    ),
    paymentTerms: set(types('code', 'string'), () => []),
    customerFinancialDetails: set(types('balance overdueAmount', 'decimal'), () => []),
    contacts: set(
      {
        ...types('number type displayName companyNumber phoneNumber mobilePhoneNumber email', 'string'),
        privacyBlocked: 'boolean',
        ...stamp,
      },
      () => [
        ...world.rows('contact').map((person) => ({
          id: person.id,
          number: `KT-${person.id.slice(-4)}`,
          type: 'Person',
          displayName: [person.firstName, person.lastName].filter(Boolean).join(' '),
          companyNumber: world.row('account', person.accountId)?.number ?? '',
          phoneNumber: text(person.phone),
          mobilePhoneNumber: '',
          email: text(person.email),
          privacyBlocked: !person.active,
          lastModifiedDateTime: latest(person.changedAt),
        })),
        ...world
          .rows('account')
          .map((account) => ({
            id: account.id.replace(/^a/, 'e'),
            number: `KT-C-${account.number}`,
            type: 'Company',
            displayName: account.name,
            companyNumber: '',
            phoneNumber: '',
            mobilePhoneNumber: '',
            email: '',
            privacyBlocked: false,
            lastModifiedDateTime: latest(account.changedAt),
          })),
      ],
    ),
    customerContacts: set(
      { ...types('firstName lastName professionalTitle email primaryPhoneNumber customerName', 'string'), customerId: 'guid' },
      () =>
        world
          .rows('contact')
          .map((person) => ({
            id: person.id,
            firstName: text(person.firstName),
            lastName: person.lastName,
            professionalTitle: text(person.jobTitle),
            email: text(person.email),
            primaryPhoneNumber: text(person.phone),
            customerId: person.accountId,
            customerName: world.row('account', person.accountId)?.name ?? '',
          })),
    ),
    items: set(
      {
        ...types('number displayName type baseUnitOfMeasureCode', 'string'),
        priceIncludesTax: 'boolean',
        blocked: 'boolean',
        ...types('inventory unitPrice', 'decimal'),
        ...stamp,
      },
      () => world.rows('product').map((product) => item(world, product, view.stockTold)),
    ),
    itemLedgerEntries: set({ itemNumber: 'string', quantity: 'decimal', ...stamp }, () => ledger(world, view.stockTold)),
    salesOrders: set(
      { ...headTypes, fullyShipped: 'boolean', orderId: 'string' },
      () =>
        orders()
          .filter(({ location }) => location === 'open')
          .map((order) => salesOrder(world, order)),
      { salesOrderLines: { to: 'lines', many: true, rows: linesOf } },
    ),
    salesShipments: set(
      { ...headTypes, orderId: 'string' },
      () =>
        orders()
          .filter(isShipped)
          .map((order) => ({ ...posted(world, order), id: order.id.replace(/^a/, 'd'), number: `LS-${order.number}` })),
      { salesShipmentLines: { to: 'lines', many: true, rows: linesOf } },
    ),
    salesInvoices: set(
      { ...headTypes, orderId: 'string' },
      () =>
        orders()
          .filter(({ location }) => location === 'posted')
          .map((order) => ({ ...posted(world, order), id: order.id.replace(/^a/, 'b'), number: `RE-${order.number}`, status: 'Open' })),
      { salesInvoiceLines: { to: 'lines', many: true, rows: linesOf } },
    ),
    lines: set(lineTypes, () => []),
  };
}

/** The address that is the customer's own. Business Central's API shows no other. */
export function ownAddress(world: World, accountId: string): WorldAddress | undefined {
  return world
    .ofAccount('address', accountId)
    .filter(({ roles }) => roles.includes('bill_to'))
    .sort((a, b) => compareIds(a.id, b.id))[0];
}

function customer(world: World, account: WorldAccount): Row {
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

function item(world: World, product: WorldProduct, told: StockTold): Row {
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

function ledger(world: World, told: StockTold): Row[] {
  const there = world
    .rows('stock')
    .map((row) => ({ id: row.id, itemNumber: row.product, quantity: row.onHand, lastModifiedDateTime: latest(row.changedAt) }));
  const taken = world.tombstones.flatMap(({ kind, id, removedAt }) => {
    const itemNumber = kind === 'stock' ? told.get(id) : undefined;
    return itemNumber === undefined ? [] : [{ id, itemNumber, quantity: '0', lastModifiedDateTime: latest(removedAt) }];
  });
  return [...there, ...taken];
}

function isShipped({ state, location }: WorldOrder): boolean {
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

/** An order that nobody released is a draft; a cancelled one is deleted, which this world does not do. */
function salesOrder(world: World, order: WorldOrder): Row {
  return { ...head(world, order), status: order.state === 'draft' ? 'Draft' : 'Open', fullyShipped: isShipped(order) };
}

function posted(world: World, order: WorldOrder): Row {
  return { ...head(world, order), orderNumber: order.number };
}

function linesOfOrder(world: World, id: string): Row[] {
  return (world.row('order', id)?.lines ?? []).map(({ product, quantity, unitPrice }, place) => ({
    id: `${id.slice(0, -2)}${String(place).padStart(2, '0')}`,
    sequence: (place + 1) * 10_000,
    lineType: 'Item',
    lineObjectNumber: product,
    description: '',
    unitOfMeasureCode: 'PCE',
    quantity,
    unitPrice,
  }));
}
