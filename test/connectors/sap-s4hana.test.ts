/** SAP S/4HANA against its simulator: what every connector must do. sap-s4hana-quirks.test.ts has what only this one must. */
import { sapS4hana } from '../../connectors/sap-s4hana/index.ts';
import { describeConnector } from '../connector-contract.ts';
import type { Values } from '../contract/types.ts';
import { sapS4Dialect } from '../simulator/dialects/sap-s4.ts';
import { sapNumber } from '../simulator/ids.ts';

/** Names stand in four fields of 40 characters, which the mapping joins with a blank. */
function named(name: Values[string]): Values[string] {
  if (typeof name !== 'string') return name;
  return [0, 40, 80, 120].map((start) => name.slice(start, start + 40).trim()).filter((part) => part !== '').join(' '); // biome-ignore format: one chain
}

describeConnector(sapS4hana, {
  dialect: () => sapS4Dialect(),
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
});
