/** Orders through accidents: exactly one of each, whatever was lost on the way. */
import type { AccidentName, AccidentOptions, SimRequest } from '../simulator/server.ts';
import { STORM } from '../simulator/server.ts';
import { startStorm } from './accident-checks.ts';
import { atOnce, orSay } from './at-once.ts';
import { ledgerFindings, type OrderScene, placedFindings, withOrders } from './orders.ts';
import type { Check, CheckContext } from './types.ts';

const SIDE_BY_SIDE = 16;
/** Of a storm: several orders on their way at a time. */
const ORDERS_AT_ONCE = 6;

const survivesAccidents: Check = {
  name: 'makes exactly one order through each accident on each of its requests',
  about: 'orders',
  isLong: true,
  async run(context) {
    const count = await withOrders(context, async (scene) => {
      await scene.place(scene.order(1));
      return scene.simulator.requests.length;
    });
    const cases = STORM.flatMap((name) => [...Array(count).keys()].map((after) => ({ name, options: { after } })));
    // More often than reads are repeated in place: the whole way is gone again.
    const stubborn = (['answer-lost', 'bad-gateway', 'half-body', 'error-inside'] as const).flatMap((name) => [
      { name, options: { on: 'write', times: 2 } as const },
      { name, options: { on: 'read', times: 5 } as const },
    ]);
    return atOnce([...cases, ...stubborn], SIDE_BY_SIDE, (one) => survives(context, one));
  },
};

function survives(context: CheckContext, { name, options }: { name: AccidentName; options: AccidentOptions }): Promise<readonly string[]> {
  const when = `${name}, ${JSON.stringify(options)}`;
  return orSay(when, () =>
    withOrders(context, async (scene) => {
      scene.simulator.accidents.next(name, { ...options, retryAfterSeconds: 0 });
      const order = scene.order(1);
      const { order: placed } = await scene.place(order);
      scene.simulator.accidents.calm();
      return [...placedFindings(scene, order, placed, when), ...ledgerFindings(scene, order, when)];
    }),
  );
}

/** The answer to the creation is lost, and then the search fails, for longer than it is repeated in place: nobody may conclude that there is none. */
const survivesFailedSearch: Check = {
  name: 'does not take a search that failed for a search that found nothing',
  about: 'orders',
  run: (context) =>
    atOnce(['unavailable', 'half-body', 'wrong-content-type', 'error-inside'] as const, SIDE_BY_SIDE, (name) => {
      const when = `an answer to the creation lost, then ${name} at the search`;
      return orSay(when, () =>
        withOrders(context, async (scene) => {
          const { accidents, dialect } = scene.simulator;
          const isSearch = (request: SimRequest): boolean => scene.world.count('order') > 0 && !dialect.isWrite(request);
          accidents.next('answer-lost', { on: 'write' });
          accidents.next(name, { on: isSearch, times: 4 });
          const order = scene.order(1);
          await scene.place(order);
          return ledgerFindings(scene, order, when);
        }),
      );
    }),
};

const STORM_ORDERS = 50;

const survivesStorm: Check = {
  name: 'pushes 50 orders through a storm: none lost, none doubled',
  about: 'orders',
  isLong: true,
  run: (context) =>
    withOrders(context, async (scene) => {
      startStorm(scene.simulator.accidents, 7, { rate: 0.3, everyNth: 40 });
      const turns = Array.from({ length: STORM_ORDERS }, (_, turn) => turn + 1);
      const findings = await atOnce(turns, ORDERS_AT_ONCE, (turn) => orSay(`order ${turn} of a storm`, () => playOrder(scene, turn)));
      const count = scene.world.count('order');
      return count === STORM_ORDERS ? findings : [...findings, `after a storm over ${STORM_ORDERS} orders the system holds ${count}`];
    }),
};

async function playOrder(scene: OrderScene, turn: number): Promise<string[]> {
  const order = scene.order(turn);
  const { order: placed } = await scene.place(order);
  const when = `order ${turn} of a storm`;
  return [...placedFindings(scene, order, placed, when), ...ledgerFindings(scene, order, when)];
}

export const orderAccidentChecks: readonly Check[] = [survivesAccidents, survivesFailedSearch, survivesStorm];
