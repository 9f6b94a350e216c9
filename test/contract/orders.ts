/** Places orders the way the engine does, and looks into the ledger. */
import { lookupLagOf, type OrderTarget, type OrderToPlace, type PlacedOrder } from '../../src/connector/orders.ts';
import { cancelOrder, placeOrder, reviseOrder } from '../../src/connector/place-order.ts';
import { type KontorError, RetryLaterError } from '../../src/errors.ts';
import type { WorldOrder, WorldProduct } from '../simulator/world.ts';
import { type Scene, withScene } from './scene.ts';
import { canonical } from './truth.ts';
import type { CheckContext, OrderStage } from './types.ts';

export interface OrderScene extends Scene {
  // biome-ignore lint/suspicious/noExplicitAny: targets of connectors of every configuration
  readonly target: OrderTarget<any>;
  readonly orders: OrderStage;
  /** The n-th order, for the reference of that turn or another. */
  order(turn: number, reference?: string): OrderToPlace;
  /** Until it is there: what may heal is tried again, a bounded number of times. */
  place(order: OrderToPlace): Promise<Placed>;
  /** The same with a line less, a line more, another quantity and another price. */
  revised(order: OrderToPlace): OrderToPlace;
  cancel(order: OrderToPlace): Promise<Changed>;
  revise(order: OrderToPlace): Promise<Changed>;
}

export interface Placed {
  readonly order: PlacedOrder;
  readonly failures: readonly KontorError[];
}

export interface Changed {
  /** `null`: cancelled, and nothing of it is kept. */
  readonly order: PlacedOrder | null;
  readonly changed: boolean;
}

/** Tries after which an order is given up; storms need several. */
const PATIENCE = 40;

export function withOrders<T>(context: CheckContext, play: (scene: OrderScene) => Promise<T>, settings = {}): Promise<T> {
  return withScene(context, { accounts: 6, products: 4, pageSize: 50, settings }, async (scene) => play(await orderScene(scene)));
}

/** Whose orders can be changed after they were placed. */
export function withOpenOrders<T>(context: CheckContext, play: (scene: OrderScene) => Promise<T>): Promise<T> {
  const { orders } = context.stage;
  return withOrders(context, play, typeof orders === 'object' ? orders.whileOpen?.settings : {});
}

async function orderScene(scene: Scene): Promise<OrderScene> {
  const { connector, stage, world } = scene;
  const target = connector.orders;
  if (!target) throw new Error(`connector ${connector.name} takes no orders`);
  const orders = typeof stage.orders === 'object' ? stage.orders : {};
  const soldTo = await soldToId(scene);
  const [bill, ship] = await Promise.all((['bill_to', 'ship_to'] as const).map((role) => addressOf(scene, soldTo, role)));
  const products = world.rows('product');
  // Requests that looked these up are no part of what is checked.
  scene.simulator.requests.length = 0;

  const order = (turn: number, reference?: string): OrderToPlace => {
    const made: OrderToPlace = {
      reference: reference ?? orders.reference?.(turn) ?? `ORD-2026-${String(turn).padStart(6, '0')}`,
      soldTo,
      ...(bill === undefined ? {} : { billTo: bill }),
      ...(ship === undefined ? {} : { shipTo: ship }),
      orderedOn: world.now().toISOString().slice(0, 10),
      currency: 'EUR',
      lines: products.slice(0, 3).map(({ number, unit }, place) => ({
        reference: `${turn}-${place + 1}`,
        product: number,
        quantity: ['3', '12.5', '1'][place] ?? '1',
        unit,
        unitPrice: ['249.9', '0.75', '1000'][place] ?? '1',
      })),
    };
    return orders.order?.(made, world) ?? made;
  };
  const patiently = async <Answer>(play: () => Promise<Answer>): Promise<{ answer: Answer; failures: readonly KontorError[] }> => {
    const failures: KontorError[] = [];
    for (;;) {
      try {
        return { answer: await play(), failures };
      } catch (error) {
        if (!(error instanceof RetryLaterError) || failures.length >= PATIENCE) throw error;
        failures.push(error);
        // What must not be found yet may be found later.
        world.tick(lookupLagOf(target, scene.session.config));
      }
    }
  };
  const changed = ({ answer }: { answer: { placed: PlacedOrder | null; changed: boolean } }): Changed => ({
    order: answer.placed,
    changed: answer.changed,
  });
  return {
    ...scene,
    target,
    orders,
    order,
    async place(one) {
      const { answer, failures } = await patiently(() => placeOrder(target, scene.session, one));
      return { order: answer.placed, failures };
    },
    revised: (one) => revisedOrder(one, products[3]),
    cancel: async (one) => changed(await patiently(() => cancelOrder(target, scene.session, one))),
    revise: async (one) => changed(await patiently(() => reviseOrder(target, scene.session, one))),
  };
}

function revisedOrder(order: OrderToPlace, more: WorldProduct | undefined): OrderToPlace {
  const [first, second] = order.lines;
  if (!first || !second || !more) throw new Error('a change needs two lines and another product');
  const added = {
    ...first,
    reference: `${first.reference}0`,
    product: more.number,
    ...(first.unit === undefined ? {} : { unit: more.unit }),
    quantity: '4',
  };
  return { ...order, lines: [{ ...first, quantity: '5' }, { ...second, unitPrice: '0.8' }, added] };
}

/** An account that may buy, in the currency of the orders, by the connector's own id. */
async function soldToId(scene: Scene): Promise<string> {
  const buyer = scene.world.rows('account').find(({ active, blocked, currency }) => active && !blocked && currency === 'EUR');
  if (!buyer) throw new Error('the world has no account that may buy');
  if (!scene.connector.sources.account) return buyer.id;
  const { held } = await scene.pull({}, 'account');
  const found = [...held.values()].find(({ values }) => values.name === buyer.name || values.number === buyer.number);
  return found?.externalId ?? buyer.id;
}

async function addressOf(scene: Scene, account: string, role: string): Promise<string | undefined> {
  if (!scene.connector.sources.address || scene.stage.entities?.address === false) return undefined;
  const { held } = await scene.pull({}, 'address');
  return [...held.values()].find(({ values }) => values.account === account && values.role === role)?.externalId;
}

/** What the ledger holds under a reference is this order, once, whole, and as far as its steps lead. */
export function ledgerFindings(scene: OrderScene, wanted: OrderToPlace, when: string): string[] {
  const there = scene.world.ordersByReference(wanted.reference);
  if (there.length !== 1) return [`${when}: the system holds ${there.length} orders ${wanted.reference}, not one`];
  const order = there[0] as WorldOrder;
  const isConfirmed = scene.target.steps.length === 0 || !['draft', 'quoted', 'cancelled'].includes(order.state);
  return [
    ...lineFindings(scene, wanted, order.lines, `${when}, in the system`),
    ...(isConfirmed ? [] : [`${when}: the order was left as ${order.state}, although it has steps (${order.steps.join(', ')} were done)`]),
  ];
}

/** What the connector says of an order is what was sent. */
export function placedFindings(scene: OrderScene, wanted: OrderToPlace, placed: PlacedOrder, when: string): string[] {
  const { ignore = [] } = scene.orders;
  return [
    ...(placed.reference === wanted.reference ? [] : [`${when}: it carries reference ${placed.reference}, not ${wanted.reference}`]),
    ...(placed.soldTo === wanted.soldTo || ignore.includes('soldTo')
      ? []
      : [`${when}: it is sold to ${placed.soldTo}, not ${wanted.soldTo}`]),
    ...(placed.state === 'placed' || placed.state === 'cancelled'
      ? [`${when}: its state is ${placed.state} ("${placed.stateThere}")`]
      : []),
    ...lineFindings(scene, wanted, placed.lines, when),
  ];
}

type Line = { readonly product: string | null; readonly quantity: string; readonly unitPrice: string | null };

function lineFindings({ orders: { ignore = [] } }: OrderScene, wanted: OrderToPlace, there: readonly Line[], when: string): string[] {
  const textOf = ({ product, quantity, unitPrice }: Line): string =>
    [
      ignore.includes('product') ? '' : product,
      ignore.includes('quantity') ? '' : canonical(quantity),
      ignore.includes('unitPrice') || unitPrice === null ? '' : canonical(unitPrice),
    ].join(' x ');
  const [sent, found] = [wanted.lines.map(textOf).join('; '), there.map(textOf).join('; ')];
  return sent === found ? [] : [`${when}: its lines are ${found}, not ${sent}`];
}
