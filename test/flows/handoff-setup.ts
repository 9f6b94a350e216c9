/** Released orders of Hansa, and a simulated ERP that takes them. */
import { template } from '../../connectors/_template/index.ts';
import { connectors } from '../../connectors/index.ts';
import { type ConnectionSettings, DEFAULT_FORMATS, DEFAULT_GUARDS } from '../../src/config/settings.ts';
import { materialHash, totalOf } from '../../src/domain/orders/material.ts';
import type { Order, OrderContent } from '../../src/domain/orders/order.ts';
import type { HandoffContext } from '../../src/orders/order-context.ts';
import { type Pushed, pushHandoff } from '../../src/orders/push.ts';
import { releaseOrder } from '../../src/orders/release.ts';
import { databaseBorder } from '../../src/store/border.ts';
import { insertOrder, loadRevision } from '../../src/store/orders/orders.ts';
import { orderReceipt } from '../../src/store/views/order-receipt.ts';
import { templateDialect } from '../simulator/dialects/template.ts';
import { type Simulator, startSimulator } from '../simulator/server.ts';
import { World } from '../simulator/world.ts';
import { type OrdersSetup, type SetupChange, setupOrders } from './order-setup.ts';

export interface HandoffSetup extends OrdersSetup {
  erp: Simulator;
  world: World;
  context: HandoffContext;
  /** As another worker would see it: other name, same database. */
  worker(name: string, change?: Partial<HandoffContext>): HandoffContext;
  /** A released order of an account: one line of 4711 at 12.50 if nothing else is said. */
  release(
    reference: string,
    change?: Partial<OrderContent> & { account?: string },
  ): Promise<{ orderId: string; handoffId: string; externalKey: string }>;
  push(handoffId: string, context?: HandoffContext): Promise<Pushed>;
  handoff(handoffId: string): Promise<{
    state: string;
    code: string | null;
    reason: string | null;
    attempts: number;
    erp_number: string | null;
    not_before: Date | null;
  }>;
  receipt(orderId: string): ReturnType<typeof orderReceipt>;
  /** What the ERP holds under the order's key. */
  there(externalKey: string): ReturnType<World['ordersByReference']>;
}

/** The caller closes `erp`. */
export async function setupHandoff(change: SetupChange = {}): Promise<HandoffSetup> {
  const world = new World({
    newId: (kind, turn) => (kind === 'account' ? (['A-1', 'A-2', 'A-3', 'B-1'][turn - 1] ?? `A-${turn}`) : `${kind}-${turn}`),
  });
  for (const [name, number] of [
    ['Hansa', 'A-1'],
    ['Hansa Nord', 'A-2'],
    ['Hansa Süd', 'A-3'],
    ['Holm', 'B-1'],
  ] as const)
    world.add('account', { name, number });
  for (const number of ['4711', '4712', '4713', '4714', '4715']) world.add('product', { number, name: number });
  const erp = await startSimulator(templateDialect(), { world });
  const connection: ConnectionSettings = {
    name: 'erp',
    connector: 'template',
    settings: erp.settings,
    formats: DEFAULT_FORMATS,
    entities: [{ entity: 'account', read: {}, mapping: {} }],
    schedule: null,
    guards: DEFAULT_GUARDS,
  };
  const orders = await setupOrders({ ...change, connections: [connection], orders: { target: 'erp', credit: 'ignore', ...change.orders } });
  const { db } = orders;
  const context: HandoffContext = { ...orders.context, connectors: [...connectors, template] };
  return {
    ...orders,
    erp,
    world,
    context,
    worker: (name, more = {}) => ({ ...context, holder: name, border: databaseBorder(db), ...more }),
    release: (reference, changed) => releaseIn(orders, reference, changed),
    push: (handoffId, as = context) => pushHandoff(as, handoffId),
    async handoff(handoffId) {
      const { rows } = await db.raw('select state, code, reason, attempts, erp_number, not_before from handoffs where id = ?', [handoffId]);
      return rows[0];
    },
    receipt: (orderId) => orderReceipt(db, orderId),
    there: (externalKey) => world.ordersByReference(externalKey),
  };
}

export function line(
  reference: string,
  product: string,
  quantity: string,
  unitPrice: string,
  amount: number,
): OrderContent['lines'][number] {
  return { reference, product, productName: null, quantity, unit: null, unitPrice, amount, category: null, supplier: null, text: null };
}

/** Past the rules: what they say is told elsewhere. */
export async function releaseIn(
  { db, settings, clock, id }: OrdersSetup,
  reference: string,
  { account = 'A-2', ...changed }: Partial<OrderContent> & { account?: string } = {},
): Promise<{ orderId: string; handoffId: string; externalKey: string }> {
  const isHolm = account.startsWith('B');
  const content: OrderContent = {
    soldTo: id(account),
    shipTo: null,
    billTo: null,
    currency: 'EUR',
    orderedOn: '2026-11-23',
    requestedDeliveryOn: null,
    purchaseOrderNumber: null,
    costCentre: null,
    paymentTerms: null,
    paymentMethod: null,
    note: null,
    shippingCost: 0,
    lines: [line('1', '4711', '2', '12.50', 2_500)],
    ...changed,
  };
  const hash = materialHash(content);
  return db.transaction(async (trx) => {
    const order = (await insertOrder(
      trx,
      {
        origin: 'test',
        reference,
        keyPrefix: settings.orders.keyPrefix,
        submittedDigest: hash,
        accountId: id(account),
        companyId: id(isHolm ? 'B-1' : 'A-1'),
        orderedById: id(isHolm ? 'P-9' : 'P-1'),
        onBehalfOfId: null,
        content,
        materialHash: hash,
        total: totalOf(content),
      },
      clock.now,
    )) as Order;
    const { handoffId } = await releaseOrder(trx, settings, order, await loadRevision(trx, order.id), 'rules', clock.now);
    return { orderId: order.id, handoffId, externalKey: order.externalKey };
  });
}
