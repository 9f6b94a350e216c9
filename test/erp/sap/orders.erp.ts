import { describe, expect, it } from 'vitest';
import { sapS4hana } from '../../../connectors/sap-s4hana/index.ts';
import type { OrderToPlace, PlacedOrder } from '../../../src/connector/orders.ts';
import { placeOrder } from '../../../src/connector/place-order.ts';
import { RetryLaterError } from '../../../src/errors.ts';
import { ACCIDENTS, ask, proxied, realSap, sapSession, told } from './scene.ts';

const ORDERS = Number(process.env.ERP_ORDERS ?? 500);
const target = sapS4hana.orders;

function orderOf(turn: number, prefix: string): OrderToPlace {
  const lines = [
    { reference: `${turn}-1`, product: 'TG11', quantity: String(1 + (turn % 9)), unitPrice: '249.9', text: 'Agreed' },
    { reference: `line-${turn}-2`, product: 'TG12', quantity: '1000', unitPrice: '0.01' },
  ];
  const reference = `${prefix}-${String(turn).padStart(6, '0')}`;
  const note = `Gate ${turn}, "after" 7 o'clock`;
  return {
    reference,
    soldTo: String(1_000_001 + turn),
    shipTo: '1000001/3000001/ship_to',
    orderedOn: '2026-03-02',
    currency: 'EUR',
    note,
    lines,
  };
}

/** As the hand-off would: looked up and gone on with, never repeated blindly. */
async function push(session: ReturnType<typeof sapSession>, order: OrderToPlace): Promise<PlacedOrder> {
  if (!target) throw new Error('the connector takes no orders');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await placeOrder(target, session, order)).placed;
    } catch (error) {
      if (!(error instanceof RetryLaterError) || attempt >= 60) throw error;
    }
  }
}

interface Stored {
  readonly SalesOrder: string;
  readonly PurchaseOrderByCustomer: string;
  readonly SoldToParty: string;
  readonly to_Item: Array<{ Material: string; RequestedQuantity: number; to_PricingElement: Array<{ ConditionRateValue: number }> }>;
  readonly to_Partner: Array<{ PartnerFunction: string; AddressID: string }>;
  readonly to_Text: Array<{ LongText: string }>;
}

describe.skipIf(!told())("SAP's own sales order model", () => {
  it(`receives ${ORDERS} orders through accidents and ended sessions: none lost, none doubled, every line whole`, async () => {
    const proxy = await proxied();
    const session = sapSession(proxy.url);
    const prefix = `ORD${Date.now()}`;
    proxy.accidents.storm({ seed: 11, rate: 0.12, names: ACCIDENTS });

    const all = Array.from({ length: ORDERS }, (_, turn) => orderOf(turn, prefix));
    const queue = [...all];
    const worker = async (): Promise<void> => {
      for (let order = queue.shift(); order; order = queue.shift()) {
        const placed = await push(session, order);
        expect(placed).toMatchObject({ reference: order.reference, soldTo: order.soldTo, state: 'accepted' });
        expect(placed.lines).toEqual(order.lines.map(({ product, quantity, unitPrice }) => ({ product, quantity, unitPrice })));
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    proxy.accidents.calm();

    const stored: Stored[] = [];
    const filter = `$filter=startswith(PurchaseOrderByCustomer,'${prefix}')&$orderby=PurchaseOrderByCustomer`;
    const parts = '$expand=to_Item($expand=to_PricingElement),to_Partner,to_Text';
    for (let skip = 0; skip === stored.length; skip += 100) {
      const { value } = (await ask('GET', `API_SALES_ORDER_SRV/A_SalesOrder?${filter}&${parts}&$top=100&$skip=${skip}`)) as {
        value: Stored[];
      };
      stored.push(...value);
    }
    expect(stored.map((order) => order.PurchaseOrderByCustomer)).toEqual(all.map(({ reference }) => reference));
    expect(stored.map((order) => order.SoldToParty)).toEqual(all.map(({ soldTo }) => soldTo));
    expect(
      stored.map(({ to_Item }) =>
        to_Item.map((item) => [item.Material, Number(item.RequestedQuantity), Number(item.to_PricingElement[0]?.ConditionRateValue)]),
      ),
    ).toEqual(all.map(({ lines }) => lines.map(({ product, quantity, unitPrice }) => [product, Number(quantity), Number(unitPrice)])));
    expect(stored.every(({ to_Partner }) => to_Partner[0]?.PartnerFunction === 'SH' && to_Partner[0].AddressID === '3000001')).toBe(true);
    expect(stored.map(({ to_Text }) => to_Text[0]?.LongText)).toEqual(all.map(({ note }) => note));
    expect(new Set(proxy.accidents.names()).size).toBeGreaterThan(5);
  });

  it('tells a refused order in the words of the system, and leaves nothing behind', async () => {
    const session = sapSession(realSap().url);
    const order = { ...orderOf(1, `REF${Date.now()}`), soldTo: '' };

    await expect(push(session, order)).rejects.toMatchObject({
      code: 'ERP_REFUSED',
      message: expect.stringContaining('Sold-to party is missing'),
    });

    expect(await target?.find(session, order.reference)).toEqual([]);
  });

  it('finds an order by its exact reference, and tells how it stands', async () => {
    const session = sapSession(realSap().url);
    const prefix = `STA${Date.now()}`;
    const placed = await push(session, orderOf(1, prefix));
    await push(session, { ...orderOf(1, prefix), reference: `${prefix}-000001X` });

    await ask('PATCH', `API_SALES_ORDER_SRV/A_SalesOrder('${placed.id}')`, {
      OverallSDProcessStatus: 'B',
      OverallTotalDeliveryStatus: 'C',
    });

    expect(await target?.find(session, `${prefix}-000001`)).toMatchObject([{ id: placed.id, state: 'shipped' }]);
    expect(await target?.status(session, [placed.id, '999'])).toMatchObject([{ id: placed.id, state: 'shipped' }]);
  });
});
