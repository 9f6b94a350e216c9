/** The sales order service of version 4 takes partners, but not the number of one of their addresses. */
import type { OrderToPlace } from '../../src/connector/orders.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import { ADDRESS_PARTS } from './accounts.ts';
import { standardAddress } from './flatten-account.ts';
import { SERVICE } from './http.ts';
import { lookUp, type SapSession } from './partners.ts';
import { listIn, textIn } from './rows.ts';

/** A customer's standard address is where SAP would send it by itself, so its number may be left out; any other would be lost without a word. */
export async function withoutAddressIds(session: SapSession, order: OrderToPlace): Promise<OrderToPlace> {
  const own = [ownAddress(order.shipTo), ownAddress(order.billTo)].filter((one) => one !== undefined);
  if (own.length === 0) return order;
  const partners = await lookUp(session, {
    set: `${SERVICE.partner}/A_BusinessPartner`,
    by: ['Customer'],
    values: own.map(({ customer }) => customer),
    expand: ADDRESS_PARTS.slice(0, 2),
  });
  const standard = new Map(
    partners.map((partner) => [textIn(partner, 'Customer'), standardAddress(listIn(partner, 'to_BusinessPartnerAddress'))]),
  );
  for (const { customer, address } of own) {
    if (textIn(standard.get(customer), 'AddressID') === address) continue;
    throw new NeedsOperatorError(
      'ERP_REFUSED',
      `order ${order.reference} names address ${address} of customer ${customer}, which is not its standard address; the sales order service of version 4 takes no other: set \`salesOrders: v2\``,
    );
  }
  const { shipTo, billTo, ...rest } = order;
  const [ship, bill] = [ownAddress(shipTo)?.customer ?? shipTo, ownAddress(billTo)?.customer ?? billTo];
  return { ...rest, ...(ship === undefined ? {} : { shipTo: ship }), ...(bill === undefined ? {} : { billTo: bill }) };
}

/** By our ids of addresses (addresses.ts). */
function ownAddress(id: string | undefined): { customer: string; address: string } | undefined {
  const [customer = '', address, role] = id?.split('/') ?? [];
  return address === undefined || role === undefined || /^[A-Z]{2}$/.test(address) ? undefined : { customer, address };
}
