/** An order as the body of one deep insert: header, items with their agreed price, partners and note, in one unit of work there. */
import type { Json } from '../../src/connector/contract.ts';
import type { OrderLine, OrderToPlace } from '../../src/connector/orders.ts';
import { blocksOf } from './placed-order.ts';
import { type SalesOrderService, serviceOf } from './sales-order-service.ts';
import type { SapSettings } from './settings.ts';

type Body = { [name: string]: Json };

export function orderBody(order: OrderToPlace, config: SapSettings): Body {
  const { salesArea, orderType, noteText, language } = config;
  const service = serviceOf(config);
  const { names, list, date } = service;
  const { purchaseOrderNumber = '', paymentTerms, requestedDeliveryOn, note } = order;
  const partners = [partnerOf('SH', order.shipTo, order.soldTo), partnerOf('BP', order.billTo, order.soldTo)].flat();
  return {
    SalesOrderType: orderType,
    SalesOrganization: salesArea.organization,
    DistributionChannel: salesArea.channel,
    OrganizationDivision: salesArea.division,
    SoldToParty: order.soldTo,
    PurchaseOrderByCustomer: order.reference,
    CustomerPurchaseOrderDate: date(order.orderedOn),
    TransactionCurrency: order.currency,
    // The only other field of the header for a purchase order number; a longer one would be cut.
    ...(purchaseOrderNumber !== '' && purchaseOrderNumber.length <= 35 ? { PurchaseOrderByShipToParty: purchaseOrderNumber } : {}),
    ...(requestedDeliveryOn === undefined ? {} : { RequestedDeliveryDate: date(requestedDeliveryOn) }),
    ...(paymentTerms === undefined ? {} : { CustomerPaymentTerms: paymentTerms }),
    ...Object.fromEntries(blocksOf(config)),
    [names.items]: list(order.lines.map((line, place) => itemOf(line, (place + 1) * 10, order.currency, config, service))),
    ...(partners.length === 0 ? {} : { [names.partners]: list(partners) }),
    ...(note === undefined || note === '' || noteText === null
      ? {}
      : { [names.texts]: list([{ Language: language, LongTextID: noteText, LongText: note }]) }),
  };
}

function itemOf(
  line: OrderLine,
  number: number,
  currency: string,
  { priceCondition }: SapSettings,
  { names, list, hasItemNumber }: SalesOrderService,
): Body {
  const price = {
    ConditionType: priceCondition,
    [names.rate]: line.unitPrice,
    ConditionCurrency: currency,
    ConditionQuantity: '1',
    ...(line.unit === undefined ? {} : { [names.rateUnit]: line.unit }),
  };
  return {
    SalesOrderItem: String(number),
    [names.product]: line.product,
    RequestedQuantity: line.quantity,
    ...(line.unit === undefined ? {} : { [names.unit]: line.unit }),
    ...(line.text === undefined ? {} : { SalesOrderItemText: line.text.slice(0, 40) }),
    ...referenceOf(line.reference, hasItemNumber),
    ...(priceCondition === null ? {} : { [names.prices]: list([price]) }),
  };
}

/** Six characters fit the customer's item number, 35 the purchase order number of an item; a longer reference has no room. */
function referenceOf(reference: string, hasItemNumber: boolean): Body {
  if (hasItemNumber && reference.length <= 6) return { UnderlyingPurchaseOrderItem: reference };
  return reference.length <= 35 ? { PurchaseOrderByCustomer: reference } : {};
}

/**
 * Our ids of addresses (addresses.ts) say whose address it is: `CUSTOMER/ADDRESS/role` is one of the customer's own,
 * `CUSTOMER/FUNCTION/OTHER` that of another customer. Anything else is a customer number.
 */
export function partnerOf(role: 'SH' | 'BP', id: string | undefined, soldTo: string): Body[] {
  if (id === undefined) return [];
  const [customer = '', middle, last] = id.split('/');
  if (middle === undefined || last === undefined) return id === soldTo ? [] : [{ PartnerFunction: role, Customer: id }];
  return [
    /^[A-Z]{2}$/.test(middle)
      ? { PartnerFunction: role, Customer: last }
      : { PartnerFunction: role, Customer: customer, AddressID: middle },
  ];
}
