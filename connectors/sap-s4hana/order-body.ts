/** An order as the body of one deep insert: header, items with their agreed price, partners and note, in one unit of work there. */
import type { Json } from '../../src/connector/contract.ts';
import { type NotedField, noteOf } from '../../src/connector/order-note.ts';
import type { OrderLine, OrderToPlace } from '../../src/connector/orders.ts';
import { blocksOf } from './placed-order.ts';
import { serviceOf } from './sales-order-service.ts';
import type { SapSettings } from './settings.ts';

type Body = { [name: string]: Json };

/** The header has no field for these. */
const NOTED: readonly NotedField[] = ['note', 'contact', 'costCentre', 'paymentMethod', 'shippingCost', 'sites', 'approvals'];
/** Of the header's field for the buyer's number; a longer one would be cut. */
const NUMBER_LENGTH = 35;

export function orderBody(order: OrderToPlace, config: SapSettings): Body {
  const { salesArea, orderType } = config;
  const service = serviceOf(config);
  const { names, list } = service;
  const partners = [partnerOf('SH', order.shipTo, order.soldTo), partnerOf('BP', order.billTo, order.soldTo)].flat();
  const text = textOf(order, config);
  return {
    SalesOrderType: orderType,
    SalesOrganization: salesArea.organization,
    DistributionChannel: salesArea.channel,
    OrganizationDivision: salesArea.division,
    SoldToParty: order.soldTo,
    PurchaseOrderByCustomer: order.reference,
    TransactionCurrency: order.currency,
    ...headOf(order, config),
    [names.items]: list(order.lines.map((line, place) => itemOf(line, (place + 1) * 10, order, config))),
    ...(partners.length === 0 ? {} : { [names.partners]: list(partners) }),
    ...(text === null ? {} : { [names.texts]: list([text]) }),
  };
}

/** What may be changed afterwards, too. */
export function headOf(order: OrderToPlace, config: SapSettings): Body {
  const { date } = serviceOf(config);
  const { purchaseOrderNumber = '', paymentTerms, requestedDeliveryOn } = order;
  return {
    CustomerPurchaseOrderDate: date(order.orderedOn),
    // The only other field of the header for a purchase order number.
    ...(purchaseOrderNumber !== '' && purchaseOrderNumber.length <= NUMBER_LENGTH
      ? { PurchaseOrderByShipToParty: purchaseOrderNumber }
      : {}),
    ...(requestedDeliveryOn === undefined ? {} : { RequestedDeliveryDate: date(requestedDeliveryOn) }),
    ...(paymentTerms === undefined ? {} : { CustomerPaymentTerms: paymentTerms }),
    ...Object.fromEntries(blocksOf(config)),
  };
}

export function itemOf(line: OrderLine, number: number, { currency }: Pick<OrderToPlace, 'currency'>, config: SapSettings): Body {
  const { names, list, hasItemNumber } = serviceOf(config);
  const price = priceOf(line, currency, config);
  return {
    SalesOrderItem: String(number),
    [names.product]: line.product,
    ...quantityOf(line, config),
    ...(line.text === undefined ? {} : { SalesOrderItemText: line.text.slice(0, 40) }),
    ...referenceOf(line.reference, hasItemNumber),
    ...(price === null ? {} : { [names.prices]: list([price]) }),
  };
}

export function quantityOf({ quantity, unit }: OrderLine, config: SapSettings): Body {
  return { RequestedQuantity: quantity, ...(unit === undefined ? {} : { [serviceOf(config).names.unit]: unit }) };
}

/** The manual condition that carries the agreed price; `null` where SAP finds the price. */
export function priceOf({ unitPrice, unit }: OrderLine, currency: string, { priceCondition, salesOrders }: SapSettings): Body | null {
  const { names } = serviceOf({ salesOrders });
  if (priceCondition === null) return null;
  return {
    ConditionType: priceCondition,
    [names.rate]: unitPrice,
    ConditionCurrency: currency,
    ConditionQuantity: '1',
    ...(unit === undefined ? {} : { [names.rateUnit]: unit }),
  };
}

/** The header text, or `null`: there is nothing to say, or no place for it. */
export function textOf(order: OrderToPlace, { noteText, language }: SapSettings): Body | null {
  const isTooLong = (order.purchaseOrderNumber ?? '').length > NUMBER_LENGTH;
  const note = noteOf(order, isTooLong ? [...NOTED, 'purchaseOrderNumber'] : NOTED);
  return note === undefined || noteText === null ? null : { Language: language, LongTextID: noteText, LongText: note };
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
