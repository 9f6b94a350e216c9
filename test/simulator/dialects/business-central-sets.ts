/** The entity sets of the simulated company: rows of the world in the words of API v2.0. */
import type { World } from '../world.ts';
import {
  COMPANY,
  contacts,
  customer,
  customerContacts,
  isShipped,
  item,
  LOCAL_CURRENCY,
  ledger,
  linesOfOrder,
  NO_ID,
  posted,
  type StockTold,
  salesOrder,
} from './business-central-rows.ts';
import type { EntitySet, PropertyType, Row, Sets } from './odata/types.ts';

interface View {
  /** Behind the primary database: orders of this moment are not there yet. */
  readonly isReplica: boolean;
  readonly stockTold: StockTold;
}

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
      () => contacts(world),
    ),
    customerContacts: set(
      { ...types('firstName lastName professionalTitle email primaryPhoneNumber customerName', 'string'), customerId: 'guid' },
      () => customerContacts(world),
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
          .filter(({ location, state }) => location === 'open' && state !== 'cancelled') // Cancelled is deleted.
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
