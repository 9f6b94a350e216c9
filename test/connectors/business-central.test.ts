import { businessCentral } from '../../connectors/business-central/index.ts';
import { describeConnector } from '../connector-contract.ts';
import { businessCentralDialect } from '../simulator/dialects/business-central.ts';
import { LIST_OF_ITEMS, LOCAL_CURRENCY, ownAddress } from '../simulator/dialects/business-central-rows.ts';
import { guid } from '../simulator/ids.ts';
import type { WorldAccount } from '../simulator/world.ts';

const stage = { dialect: businessCentralDialect, world: { newId: guid } };
const sum = (values: readonly string[]) => String(values.reduce((total, value) => total + Number(value), 0));

describeConnector(businessCentral, {
  ...stage,
  entities: {
    account: {
      truth(values, { id }, world) {
        const { currency } = world.row('account', id) as WorldAccount;
        // Limit and balance are in the company's currency; a limit of 0 is none, and there is no way to say "no balance".
        const isLocal = currency === LOCAL_CURRENCY;
        const [creditLimit, balance] = isLocal ? [values.creditLimit || null, values.balance ?? 0] : [null, null];
        // Nothing in Business Central closes a customer for good.
        return { ...values, creditLimit, balance, status: values.status === 'closed' ? 'blocked' : values.status };
      },
    },
    contact: {
      truth: (values) => ({ ...values, status: values.status === 'left' ? 'suspended' : values.status }),
    },
    address: {
      // A customer has one address, with its own name; the standard API shows no ship-to addresses.
      truth(values, { id }, world) {
        const account = world.row('address', id)?.accountId ?? '';
        if (ownAddress(world, account)?.id !== id || values.role === 'pay_to') return null;
        return { ...values, name: values.account };
      },
    },
    // Below, with pages small enough for three items.
    price: false,
    stock: false,
  },
});

describeConnector(businessCentral, {
  ...stage,
  settings: (settings) => ({ ...settings, pageSize: 2 }),
  orders: false,
  entities: {
    account: false,
    contact: false,
    address: false,
    price: {
      // An item has one list price, for everyone and any quantity.
      truth(values, { id }, world) {
        const price = world.row('price', id);
        if (price?.priceList !== LIST_OF_ITEMS || price.minQuantity !== '1') return null;
        return { product: values.product, unitPrice: values.unitPrice, currency: LOCAL_CURRENCY };
      },
    },
    stock: {
      // One sum for all locations.
      truth(values, { id }, world) {
        const all = world.rows('stock').filter(({ product }) => product === values.product);
        if (all.every((row) => row.id >= id) === false) return null;
        return { site: 'ALL', product: values.product, onHand: sum(all.map(({ onHand }) => onHand)) };
      },
    },
  },
});
