/**
 * SAP S/4HANA against its simulator: what every connector must do, with sales orders in version 2 and in version 4. The other files of this
 * name have what only this one must.
 */
import { describe } from 'vitest';
import { sapS4hana } from '../../connectors/sap-s4hana/index.ts';
import { describeConnector } from '../connector-contract.ts';
import type { Stage, Values } from '../contract/types.ts';
import { sapS4Dialect } from '../simulator/dialects/sap-s4.ts';
import { sapNumber } from '../simulator/ids.ts';

/** Names stand in four fields of 40 characters, which the mapping joins with a blank. */
function named(name: Values[string]): Values[string] {
  if (typeof name !== 'string') return name;
  return [0, 40, 80, 120].map((start) => name.slice(start, start + 40).trim()).filter((part) => part !== '').join(' '); // biome-ignore format: one chain
}

/** Orders wait for their release; a page's rows belong together in so many filters that they are asked for in batches. */
const SETTINGS = { orderBlock: { delivery: 'Z1', billing: 'Z2' }, filterSize: 2, rejectionReason: '50' };

const stage: Stage = {
  dialect: () => sapS4Dialect(),
  settings: (settings) => ({ ...settings, ...SETTINGS }),
  world: { newId: sapNumber },
  entities: {
    account: {
      // The balance is kept by accounting, whose services are not read.
      truth: (values, { id }) => ({ ...values, number: id, name: named(values.name), parent: named(values.parent) }),
    },
    contact: { truth: (values) => ({ ...values, account: named(values.account) }) },
    address: { truth: (values) => ({ ...values, account: named(values.account) }) },
    price: {
      truth: (values) => ({
        ...values,
        account: named(values.account),
        // A condition without a scale is for any quantity, and there is no condition without a first day.
        minQuantity: values.minQuantity === '1' ? null : values.minQuantity,
        validFrom: values.validFrom ?? '2020-01-01',
      }),
    },
    stock: {
      // SAP counts by material and plant; the world may hold several rows of both, which are one record here: that of the first.
      truth(values, { id }, world) {
        const parts = world.rows('stock').filter(({ site, product }) => site === values.site && product === values.product);
        const sum = (field: 'onHand' | 'available') => String(parts.reduce((total, part) => total + Number(part[field]), 0));
        return parts[0]?.id === id ? { ...values, onHand: sum('onHand'), available: sum('available') } : null;
      },
    },
  },
  denied: {
    status: 403,
    json: { error: { code: '/IWFND/MED/170', message: { lang: 'en', value: 'No authorization to access service' } } },
  },
};

describe('sales orders of version 2, reads in batches', () => describeConnector(sapS4hana, stage));

describe('sales orders of version 4, reads one by one', () =>
  describeConnector(sapS4hana, {
    ...stage,
    settings: (settings) => ({ ...settings, ...SETTINGS, salesOrders: 'v4', batch: false }),
    // The rest is read as above; an order needs a customer and its addresses.
    entities: { ...stage.entities, contact: false, price: false, stock: false },
  }));
