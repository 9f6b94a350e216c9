/** Prices, stock and credit limits of the world as S/4HANA's services for them show them. */
import type { World, WorldAccount, WorldPrice, WorldStock } from '../world.ts';
import type { PropertyType, Row, Sets } from './odata/types.ts';
import { AREA, CREDIT_SEGMENT, partnerOf } from './sap-s4-partner-rows.ts';

const FOR_EVER = '9999-12-31';
const texts = (...names: string[]): Record<string, PropertyType> => Object.fromEntries(names.map((name) => [name, 'string' as const]));

export function creditSets(world: World): Sets {
  return {
    CreditManagementAccount: {
      properties: {
        BusinessPartner: 'alpha',
        ...texts('CreditSegment', 'CreditSegmentCurrency'),
        CreditLimitAmount: 'decimal',
        CreditLimitIsZero: 'boolean',
      },
      keys: ['BusinessPartner', 'CreditSegment'],
      rows: () => world.rows('account').flatMap(creditAccounts),
    },
  };
}

/** Another segment knows another limit. Without a limit the amount is 0 all the same, and a flag tells the difference. */
function creditAccounts({ id, creditLimit, currency }: WorldAccount): Row[] {
  const common = { BusinessPartner: partnerOf(id), CreditSegmentCurrency: currency };
  return [
    { ...common, CreditSegment: '2000', CreditLimitAmount: '1.00', CreditLimitIsZero: false },
    {
      ...common,
      CreditSegment: CREDIT_SEGMENT,
      CreditLimitAmount: creditLimit ?? '0.00',
      CreditLimitIsZero: creditLimit !== null && Number(creditLimit) === 0,
    },
  ];
}

/** Conditions that are none of ours stand among them: another type, another sales organization, a group of customers, no material. */
export function priceSets(world: World): Sets {
  const validities = (): Row[] =>
    world.rows('price').flatMap((price) => {
      const ours = validity(price);
      if (Number(price.id) % 5 !== 0) return [ours];
      const strange = (number: string, patch: Row): Row => ({ ...ours, ConditionRecord: `${price.id}${number}`, ...patch });
      return [
        ours,
        strange('1', { ConditionType: 'MWST' }),
        strange('2', { SalesOrganization: '2020' }),
        strange('3', { CustomerGroup: '07', Customer: '', PriceListType: '' }),
        strange('4', { Material: '' }),
      ];
    });
  const idOf = (row: Row): WorldPrice | undefined => world.row('price', String(row['#price']));
  return {
    A_SlsPrcgCndnRecdValidity: {
      properties: {
        ...texts(
          'ConditionRecord',
          'ConditionType',
          'SalesOrganization',
          'DistributionChannel',
          'Division',
          'PriceListType',
          'Material',
          'CustomerGroup',
        ),
        Customer: 'alpha',
        SoldToParty: 'alpha',
        ConditionValidityStartDate: 'date',
        ConditionValidityEndDate: 'date',
      },
      keys: ['ConditionRecord', 'ConditionValidityEndDate'],
      rows: validities,
      navigations: {
        to_SlsPrcgConditionRecord: {
          to: 'A_SlsPrcgConditionRecord',
          many: false,
          rows: (row) => [idOf(row)].flatMap((price) => (price ? [condition(price)] : [])),
        },
      },
    },
    A_SlsPrcgConditionRecord: {
      properties: {
        ...texts('ConditionRecord', 'ConditionRateValueUnit', 'ConditionQuantityUnit', 'ConditionCurrency'),
        ConditionRateValue: 'decimal',
        ConditionQuantity: 'decimal',
        ConditionIsDeleted: 'boolean',
      },
      keys: ['ConditionRecord'],
      rows: () => world.rows('price').map(condition),
      // Some systems leave scales out of an expansion of the validity: this is one of them.
      navigations: { to_SlsPrcgCndnRecordScale: { to: 'A_SlsPrcgCndnRecordScale', many: true, rows: () => [] } },
    },
    A_SlsPrcgCndnRecordScale: {
      properties: { ...texts('ConditionRecord', 'ConditionScaleLine'), ConditionScaleQuantity: 'decimal', ConditionRateValue: 'decimal' },
      keys: ['ConditionRecord', 'ConditionScaleLine'],
      rows: () =>
        world
          .rows('price')
          .filter(({ minQuantity }) => minQuantity !== '1')
          .map(scale),
    },
  };
}

function validity({ id, product, priceList, accountId, validFrom, validTo }: WorldPrice): Row {
  return {
    '#price': id,
    ConditionRecord: id,
    ConditionType: 'PPR0',
    SalesOrganization: AREA.SalesOrganization,
    DistributionChannel: AREA.DistributionChannel,
    Division: '',
    CustomerGroup: '',
    Customer: accountId ?? '',
    SoldToParty: '',
    PriceListType: priceList ?? '',
    Material: product,
    ConditionValidityStartDate: validFrom ?? '2020-01-01',
    ConditionValidityEndDate: validTo ?? FOR_EVER,
  };
}

function condition({ id, unitPrice, currency }: WorldPrice): Row {
  return {
    ConditionRecord: id,
    ConditionRateValue: unitPrice,
    ConditionRateValueUnit: currency,
    ConditionCurrency: '',
    ConditionQuantity: '1',
    ConditionQuantityUnit: 'PC',
    ConditionIsDeleted: false,
  };
}

function scale({ id, unitPrice, minQuantity }: WorldPrice): Row {
  return { ConditionRecord: id, ConditionScaleLine: '1', ConditionScaleQuantity: `${minQuantity}.000`, ConditionRateValue: unitPrice };
}

export function stockSets(world: World): Sets {
  return {
    A_MatlStkInAcctMod: {
      properties: {
        ...texts('Material', 'Plant', 'StorageLocation', 'Batch', 'InventoryStockType', 'InventorySpecialStockType', 'MaterialBaseUnit'),
        MatlWrhsStkQtyInMatlBaseUnit: 'decimal',
      },
      keys: ['Material', 'Plant', 'StorageLocation', 'Batch', 'InventoryStockType', 'InventorySpecialStockType'],
      rows: () => world.rows('stock').flatMap(stockRows),
    },
  };
}

/** Half of what is free lies at each of two storage locations; what is not free is blocked; a customer's consignment is nobody else's. */
function stockRows({ product, site, onHand, available }: WorldStock): Row[] {
  const common = { Material: product, Plant: site, Batch: '', MaterialBaseUnit: 'PC', InventorySpecialStockType: '' };
  const first = Math.floor(Number(available) / 2);
  const row = (location: string, kind: string, quantity: number, special = ''): Row => ({
    ...common,
    StorageLocation: location,
    InventoryStockType: kind,
    InventorySpecialStockType: special,
    MatlWrhsStkQtyInMatlBaseUnit: `${quantity}.000`,
  });
  return [
    row('171A', '01', first),
    row('171B', '01', Number(available) - first),
    row('171A', '07', Number(onHand) - Number(available)),
    row('', '01', 1_000_000, 'W'),
  ];
}
