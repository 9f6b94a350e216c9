import { dolibarr } from '../../connectors/dolibarr/index.ts';
import { describeConnector } from '../connector-contract.ts';
import { dolibarrDialect } from '../simulator/dialects/dolibarr.ts';
import { contactAddress, levelOf, ownAddress } from '../simulator/dialects/dolibarr-shapes.ts';

const denied = { status: 401, json: { error: { code: 401, message: 'Unauthorized: Access not allowed for login kontor' } } };

describeConnector(dolibarr, {
  dialect: dolibarrDialect,
  denied,
  entities: {
    account: {
      truth: (values) => ({
        ...values,
        // Dolibarr blocks nobody, names levels by number, and keeps limits in the main currency.
        status: values.status === 'blocked' ? 'active' : values.status,
        priceList: level(values.priceList),
        locale: values.locale === 'de' ? 'de-DE' : values.locale === 'en' ? 'en-US' : null,
        creditLimit: values.currency === 'EUR' ? values.creditLimit : null,
      }),
    },
    address: {
      // The third party's own, and that of a contact who has one.
      truth(values, { id }, world) {
        const accountId = world.row('address', id)?.accountId ?? '';
        if (values.role !== 'pay_to' && ownAddress(world, accountId)?.id === id) return { ...values, name: values.account };
        const [person] = world.ofAccount('contact', accountId).filter((one) => contactAddress(world, one)?.id === id);
        return person ? { ...values, name: [person.firstName, person.lastName].filter(Boolean).join(' ') } : null;
      },
    },
    // Below, with pages small enough for three products.
    price: false,
    stock: false,
  },
});

describeConnector(dolibarr, {
  dialect: dolibarrDialect,
  denied,
  settings: (settings) => ({ ...settings, pageSize: 2 }),
  orders: false,
  entities: {
    account: false,
    contact: false,
    address: false,
    price: {
      // A price of a product in each level, in the main currency; no quantities, no customers, no dates.
      truth(values, { id }, world) {
        const price = world.row('price', id);
        if (price?.accountId !== null || price.minQuantity !== '1' || levelOf(price.priceList) === null) return null;
        return { ...values, priceList: level(values.priceList), minQuantity: null };
      },
    },
    stock: {
      // The site of a product has one row there: the last one counts.
      truth(values, { id }, world) {
        const same = world.rows('stock').filter(({ product, site }) => product === values.product && site === values.site);
        return same.at(-1)?.id === id ? values : null;
      },
    },
  },
});

function level(priceList: unknown): string | null {
  const found = levelOf(typeof priceList === 'string' ? priceList : null);
  return found === null ? null : String(found);
}
