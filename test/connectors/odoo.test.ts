/** The suite for every version and protocol; what is odd about Odoo is in odoo-quirks.test.ts. */
import { odoo } from '../../connectors/odoo/index.ts';
import { describeConnector, type Stage } from '../connector-contract.ts';
import type { Values } from '../contract/types.ts';
import { ownAddress } from '../simulator/dialects/odoo/partners.ts';
import { DEFAULT_LIST } from '../simulator/dialects/odoo/store.ts';
import { type OdooDialectOptions, odooDialect } from '../simulator/dialects/odoo.ts';
import { sapNumber } from '../simulator/ids.ts';
import type { World } from '../simulator/world.ts';

const ACCESS = {
  name: 'odoo.exceptions.AccessError',
  message: "You are not allowed to access 'Contact' records.",
  arguments: [],
  debug: '',
};

function stageOf(options: OdooDialectOptions): Stage {
  const isJson2 = options.version >= 19 && options.protocol !== 'json-rpc';
  return {
    dialect: () => odooDialect(options),
    // One table holds companies, people and addresses: ids of one are never those of another.
    world: { newId: sapNumber },
    denied: isJson2
      ? { status: 403, json: ACCESS }
      : { status: 200, json: { jsonrpc: '2.0', id: 1, error: { code: 200, message: '', data: ACCESS } } },
    entities: {
      account: {
        truth: (values) => ({
          ...values,
          // Amounts are in the currency of the company; a balance is never none, everybody has a price list.
          currency: 'EUR',
          balance: values.balance ?? 0,
          creditLimit: values.creditLimit || null,
          priceList: values.priceList ?? DEFAULT_LIST,
          locale: values.locale === null ? null : values.locale === 'de' ? 'de-DE' : 'en-US',
          // 19 knows no blocked customers.
          status: values.status === 'blocked' && options.version >= 19 ? 'active' : (values.status ?? null),
        }),
      },
      address: {
        truth(values, row, world) {
          const address = world.row('address', row.id);
          if (!address || address.roles.includes('pay_to')) return null;
          // The address of the company itself bears the company's name.
          return ownAddress(world, address.accountId)?.id === row.id ? { ...values, name: values.account ?? null } : values;
        },
      },
      // There are no prices of one account alone.
      price: { truth: (values) => (values.account === null ? values : null) },
      // Number, state and lines of a draft are those of people; the reference is kept on orders, tracking on deliveries.
      document: {
        truth(values, row, world) {
          const of = world.row('document', row.id);
          if (!of) return null;
          const isInvoice = of.kind === 'invoice' || of.kind === 'credit_note';
          return {
            ...values,
            reference: of.kind === 'order' ? (values.reference ?? null) : null,
            trackingNumber: of.kind === 'shipment' ? (values.trackingNumber ?? null) : null,
            currency: of.kind === 'shipment' ? null : (values.currency ?? null),
            ...(isInvoice && { state: of.state }),
          };
        },
      },
      documentLine: {
        // Moves of a delivery have no price, and those that stand for no ordered line are not the order's.
        truth(values, row, world) {
          const line = world.row('documentLine', row.id);
          const of = line && world.row('document', line.documentId);
          return of?.kind === 'shipment' ? { ...values, unitPrice: null } : values;
        },
      },
      // One record per warehouse and product, also where a warehouse has none of it.
      stock: { truth: (values, row, world) => [values, ...emptyPlaces(row.id, world)] },
    },
  };
}

/** The warehouses that have none of the product of this row; told with its first row. */
function emptyPlaces(id: string, world: World): Values[] {
  const rows = world.rows('stock');
  const of = rows.filter(({ product }) => product === world.row('stock', id)?.product);
  if (of[0]?.id !== id) return [];
  const sites = new Map(rows.map(({ site, siteName }) => [site, siteName]));
  return Array.from(sites)
    .filter(([site]) => !of.some((one) => one.site === site))
    .map(([site, siteName]) => ({ site, siteName, product: of[0]?.product, onHand: '0', available: '0' }));
}

describeConnector(odoo, stageOf({ version: 16 }));
describeConnector(odoo, stageOf({ version: 19 }));

// What differs here are the log-in and the orders; what is read is read as above.
const { entities, ...rest } = stageOf({ version: 17, protocol: 'json-rpc' });
describeConnector(odoo, {
  ...rest,
  entities: { ...entities, contact: false, address: false, price: false, stock: false, document: false, documentLine: false },
});
