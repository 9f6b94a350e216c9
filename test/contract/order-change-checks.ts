/** Orders that are changed or cancelled after they were placed: brought to what is wanted, once, or refused and left as they are. */
import { differencesBetween } from '../../src/connector/differences-between.ts';
import type { OrderToPlace, PlacedOrder } from '../../src/connector/orders.ts';
import { KontorError, NeedsOperatorError } from '../../src/errors.ts';
import { type AccidentName, type AccidentOptions, STORM } from '../simulator/server.ts';
import { atOnce, orSay } from './at-once.ts';
import { type OrderScene, withOpenOrders } from './orders.ts';
import type { Check, CheckContext } from './types.ts';

const LANES = 8;

const canCancel = ({ connector }: CheckContext) => connector.orders?.cancel !== undefined;
const canRevise = ({ connector }: CheckContext) => connector.orders?.revise !== undefined;

const cancels: Check = {
  name: 'cancels an order once, finds it cancelled, and asks for it never again',
  about: 'orders',
  applies: canCancel,
  run: (context) =>
    withOpenOrders(context, async (scene) => {
      const [order, other] = [scene.order(1), scene.order(2)];
      await scene.place(order);
      await scene.place(other);
      const first = await scene.cancel(order);
      const found = await scene.target.find(scene.session, order.reference);
      const written = writesOf(scene);
      const second = await scene.cancel(order);
      return [
        ...(first.changed ? [] : ['it says that nothing was to be done']),
        ...(second.changed || writesOf(scene) > written ? ['an order that is cancelled is cancelled again'] : []),
        ...found.flatMap(({ state }) => (state === 'cancelled' ? [] : [`a cancelled order is found as ${state}`])),
        ...(found.length > 0 || scene.target.traits.removesCancelled === true
          ? []
          : ['a cancelled order is not found, which is not declared']),
        ...cancelledFindings(scene, order, 'cancelled'),
        ...contentFindings(scene, other, 'beside one that was cancelled'),
      ];
    }),
};

const cancelsThroughAccidents: Check = {
  name: 'cancels an order through each accident on each of its requests',
  about: 'orders',
  isLong: true,
  applies: canCancel,
  run: (context) =>
    throughAccidents(context, async (scene, order, when) => {
      await scene.cancel(order);
      return cancelledFindings(scene, order, when);
    }),
};

const revises: Check = {
  name: 'brings an order to other content, and leaves alone what is so already',
  about: 'orders',
  applies: canRevise,
  run: (context) =>
    withOpenOrders(context, async (scene) => {
      const [order, other] = [scene.order(1), scene.order(2)];
      await scene.place(order);
      await scene.place(other);
      const wanted = scene.revised(order);
      const first = await scene.revise(wanted);
      const written = writesOf(scene);
      const second = await scene.revise(wanted);
      const wasWritten = writesOf(scene) > written;
      const back = await scene.revise(order);
      return [
        ...(first.changed ? [] : ['it says that nothing was to be done']),
        ...(second.changed || wasWritten ? ['an order that is as it should be is changed again'] : []),
        ...foundFindings(wanted, first.order, 'changed'),
        ...foundFindings(order, back.order, 'changed back'),
        ...contentFindings(scene, order, 'changed, and changed back'),
        ...contentFindings(scene, other, 'beside one that was changed'),
      ];
    }),
};

const revisesThroughAccidents: Check = {
  name: 'changes an order through each accident on each of its requests',
  about: 'orders',
  isLong: true,
  applies: canRevise,
  run: (context) =>
    throughAccidents(context, async (scene, order, when) => {
      const wanted = scene.revised(order);
      await scene.revise(wanted);
      return contentFindings(scene, wanted, when);
    }),
};

const refusesTooLate: Check = {
  name: 'neither cancels nor changes what is shipped or invoiced, and says why',
  about: 'orders',
  applies: (context) => canCancel(context) || canRevise(context),
  run: async (context) => [
    ...(await refusesAfter(context, 'was shipped', ({ world }, id) => world.stepOrder(id, 'shipped'))),
    ...(await refusesAfter(context, 'was posted', ({ world }, id) => world.post(id))),
  ],
};

function refusesAfter(
  context: CheckContext,
  when: string,
  happens: (scene: OrderScene, id: string) => boolean,
): Promise<readonly string[]> {
  return withOpenOrders(context, async (scene) => {
    const order = scene.order(1);
    await scene.place(order);
    const [there] = scene.world.ordersByReference(order.reference);
    if (!there || !happens(scene, there.id)) return [`the world could not bring it about that the order ${when}`];
    const { cancel, revise } = scene.target;
    const errors = [
      ...(cancel ? [await errorOf(() => scene.cancel(order))] : []),
      ...(revise ? [await errorOf(() => scene.revise(scene.revised(order)))] : []),
    ];
    const state = scene.world.row('order', there.id)?.state;
    return [
      ...errors.flatMap((error) =>
        error instanceof NeedsOperatorError && error.code === 'ERP_REFUSED' && /"[^"]{3,}"/.test(error.message)
          ? []
          : [`what ${when} is not refused in the system's words: ${String(error)}`],
      ),
      ...(state === 'shipped' || state === 'invoiced' ? [] : [`an order that ${when} is ${state} afterwards`]),
      ...contentFindings(scene, order, `after it ${when}`),
    ];
  });
}

/**
 * An order each, placed in peace; then each accident on each request of what is played that writes, and on each that reads those after which
 * much or nothing seems to be there. That reads are repeated is proven with placing.
 */
async function throughAccidents(
  context: CheckContext,
  play: (scene: OrderScene, order: OrderToPlace, when: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const seen = await withOpenOrders(context, async (scene) => {
    const order = scene.order(1);
    await scene.place(order);
    scene.simulator.requests.length = 0;
    await play(scene, order, 'in peace');
    return [...scene.simulator.requests];
  });
  const each = (names: readonly AccidentName[], on: 'read' | 'write') =>
    names.flatMap((name) => seen.filter((one) => one.on === on).map((_, after) => ({ name, options: { on, after, times: 1 } })));
  const twice = (['answer-lost', 'bad-gateway', 'half-body'] as const).map((name) => ({
    name,
    options: { on: 'write' as const, times: 2 },
  }));
  const cases = [...each(STORM, 'write'), ...each(['error-inside', 'wrong-content-type'], 'read'), ...twice];
  // A scene for many cases, one after another: making one takes longer than to play a case.
  const lanes = Array.from({ length: LANES }, (_, lane) => cases.filter((_, turn) => turn % LANES === lane));
  return atOnce(lanes, LANES, (lane) => withOpenOrders(context, (scene) => playLane(scene, lane, play)));
}

async function playLane(
  scene: OrderScene,
  lane: ReadonlyArray<{ name: AccidentName; options: AccidentOptions }>,
  play: (scene: OrderScene, order: OrderToPlace, when: string) => Promise<readonly string[]>,
): Promise<string[]> {
  const findings: string[] = [];
  for (const [turn, { name, options }] of lane.entries()) {
    const when = `${name}, ${JSON.stringify(options)}`;
    const order = scene.order(turn + 1);
    await scene.place(order);
    scene.simulator.accidents.next(name, { ...options, retryAfterSeconds: 0 });
    findings.push(...(await orSay(when, () => play(scene, order, when))));
    scene.simulator.accidents.calm();
  }
  return findings;
}

function cancelledFindings(scene: OrderScene, { reference }: OrderToPlace, when: string): string[] {
  const there = scene.world.ordersByReference(reference);
  const live = there.filter(({ state }) => state !== 'cancelled');
  const isKept = there.length > 0 || scene.target.traits.removesCancelled === true;
  return [
    ...live.map(({ state }) => `${when}: the order is ${state} in the system, not cancelled`),
    ...(isKept ? [] : [`${when}: the order is gone from the system, which is not declared`]),
  ];
}

/** The one order in the system has these lines, in whatever order, and is as far as its steps lead. */
function contentFindings(scene: OrderScene, wanted: OrderToPlace, when: string): string[] {
  const there = scene.world.ordersByReference(wanted.reference);
  const [order] = there;
  if (!order || there.length > 1) return [`${when}: the system holds ${there.length} orders ${wanted.reference}, not one`];
  const lines = order.lines.filter(({ quantity }) => Number(quantity) !== 0);
  const isLeft = scene.target.steps.length > 0 && ['draft', 'quoted', 'cancelled'].includes(order.state);
  const differences = differencesBetween(wanted, { lines, soldTo: null, currency: null } as unknown as PlacedOrder);
  return [
    ...differences.map((difference) => `${when}: ${difference}`),
    ...(isLeft ? [`${when}: the order was left as ${order.state}`] : []),
  ];
}

function foundFindings(wanted: OrderToPlace, placed: PlacedOrder | null, when: string): string[] {
  return placed === null ? [`${when}: it is not found`] : differencesBetween(wanted, placed).map((difference) => `${when}: ${difference}`);
}

function writesOf({ simulator }: OrderScene): number {
  return simulator.requests.filter(({ on }) => on === 'write').length;
}

async function errorOf(play: () => Promise<unknown>): Promise<KontorError | null> {
  try {
    await play();
    return null;
  } catch (error) {
    if (error instanceof KontorError) return error;
    throw error;
  }
}

export const orderChangeChecks: readonly Check[] = [cancels, cancelsThroughAccidents, revises, revisesThroughAccidents, refusesTooLate];
