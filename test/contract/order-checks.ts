/** Orders: what was never pushed is not found, what was pushed is found exactly once, and a refusal carries the system's words. */
import { KontorError, NeedsOperatorError } from '../../src/errors.ts';
import { ledgerFindings, type OrderScene, placedFindings, withOrders } from './orders.ts';
import type { Check } from './types.ts';

const findsNothing: Check = {
  name: 'finds nothing that was never pushed',
  about: 'orders',
  run: (context) =>
    withOrders(context, async (scene) => {
      const { target, session, order } = scene;
      const before = await target.find(session, order(1).reference);
      await scene.place(order(2));
      const after = await target.find(session, order(1).reference);
      return [...before, ...after].map(({ reference }) => `it finds ${reference} for ${order(1).reference}, which was never pushed`);
    }),
};

const findsOnce: Check = {
  name: 'pushes an order once and whole, finds it, and pushes it never again',
  about: 'orders',
  run: (context) =>
    withOrders(context, async (scene) => {
      const { target, session, world } = scene;
      const order = scene.order(1);
      const { order: placed } = await scene.place(order);
      const found = await target.find(session, order.reference);
      await scene.place(order);
      const known = await target.status(session, [placed.id]);
      return [
        ...placedFindings(scene, order, placed, 'placed'),
        ...ledgerFindings(scene, order, 'placed twice in a row'),
        ...(found.length === 1 ? [] : [`it finds ${found.length} orders after one was pushed`]),
        ...found.flatMap((one) => placedFindings(scene, order, one, 'found')),
        ...(found[0]?.id === placed.id ? [] : [`found as ${found[0]?.id}, placed as ${placed.id}`]),
        ...(known.length === 1 && known[0]?.id === placed.id ? [] : [`status of one order gave ${known.length}`]),
        ...(found[0]?.foundIn === null || found.length === 0 ? [] : [`found in ${found[0]?.foundIn} while it is open`]),
        ...target.steps.filter((step) => !step.isDone(placed)).map(({ name }) => `step ${name} is not done`),
        ...(world.count('order') === 1 ? [] : [`the system holds ${world.count('order')} orders`]),
      ];
    }),
};

const findsMany: Check = {
  name: 'finds several orders with one question as it finds each alone',
  about: 'orders',
  applies: ({ connector }) => connector.orders?.findMany !== undefined,
  run: (context) =>
    withOrders(context, async (scene) => {
      const { target, session } = scene;
      const references = [1, 2, 3, 4].map((turn) => scene.order(turn).reference);
      const asked = references.slice(0, 3);
      // The second is never pushed, the last is not asked for.
      for (const turn of [1, 3, 4]) await scene.place(scene.order(turn));
      const together = (await target.findMany?.(session, asked)) ?? [];
      const alone = (await Promise.all(asked.map((reference) => target.find(session, reference)))).flat();
      const told = (orders: typeof alone) =>
        orders
          .map((one) => JSON.stringify(one))
          .sort()
          .join('\n');
      return told(together) === told(alone)
        ? []
        : [`asked for ${asked.join(', ')} at once it finds\n${told(together)}\nnot\n${told(alone)}`];
    }),
};

const checksSteps: Check = {
  name: 'knows of an order that waits for a step that the step is not done',
  about: 'orders',
  applies: ({ connector }) => (connector.orders?.steps.length ?? 0) > 0,
  run: (context) =>
    withOrders(context, async (scene) => {
      const { target, session } = scene;
      const order = scene.order(1);
      await target.create(session, order);
      const [waiting] = await target.find(session, order.reference);
      if (!waiting) return ['an order that was created and waits for its steps is not found'];
      const findings = target.steps.every((step) => step.isDone(waiting)) ? ['all steps seem done after creation alone'] : [];
      await scene.place(order);
      return [...findings, ...ledgerFindings(scene, order, 'taken up again after its creation')];
    }),
};

/** Pairs that lazy searches take for one: longer, in front, in other case. */
function likeReferences({ order, target }: OrderScene): string[] {
  const base = order(7).reference;
  const { maxReferenceLength, referencePattern } = target.traits;
  const all = [base, `${base}1`, `1${base}`, base.toLowerCase(), base.slice(0, -1)];
  const fits = (reference: string) => reference.length <= maxReferenceLength && new RegExp(`^(?:${referencePattern})$`).test(reference);
  return [...new Set(all)].filter(fits);
}

const keepsApart: Check = {
  name: 'keeps references apart that begin alike or differ in case only',
  about: 'orders',
  run: (context) =>
    withOrders(context, async (scene) => {
      const references = likeReferences(scene);
      const findings: string[] = [];
      for (const [turn, reference] of references.entries()) await scene.place(scene.order(turn, reference));
      for (const [turn, reference] of references.entries()) {
        const found = await scene.target.find(scene.session, reference);
        const others = found.filter((one) => one.reference !== reference);
        if (found.length !== 1 || others.length > 0)
          findings.push(`${reference} finds ${found.map((one) => one.reference).join(', ') || 'nothing'} among ${references.join(', ')}`);
        findings.push(...ledgerFindings(scene, scene.order(turn, reference), `among ${references.join(', ')}`));
      }
      return findings;
    }),
};

const keepsToLength: Check = {
  name: 'takes a reference of its declared length, and refuses a longer one before any call',
  about: 'orders',
  run: (context) =>
    withOrders(context, async (scene) => {
      const { maxReferenceLength } = scene.target.traits;
      const base = scene.order(1).reference;
      // Not longer than any system could mean: some declare text without end.
      const longest = base + '7'.repeat(Math.max(0, Math.min(maxReferenceLength, 200) - base.length));
      const { order: placed } = await scene.place(scene.order(1, longest));
      const asked = scene.simulator.requests.length;
      const error = await errorOf(scene, scene.order(2, `${base}${'7'.repeat(maxReferenceLength)}`));
      return [
        ...placedFindings(scene, scene.order(1, longest), placed, `with a reference of ${longest.length} characters`),
        ...(error instanceof NeedsOperatorError && error.code === 'ERP_REFUSED' ? [] : ['a reference that is too long is not ERP_REFUSED']),
        ...(scene.simulator.requests.length === asked ? [] : ['a reference that is too long was sent']),
      ];
    }),
};

const findsMoved: Check = {
  name: 'finds an order that was posted and has moved away, and makes no second one',
  about: 'orders',
  run: (context) =>
    withOrders(context, async (scene) => {
      const { target, session, world } = scene;
      const order = scene.order(1);
      await scene.place(order);
      const [there] = world.ordersByReference(order.reference);
      if (!there || !world.post(there.id)) return ['the world could not post the order'];
      const found = await target.find(session, order.reference);
      const { order: again } = await scene.place(order);
      return [
        ...(found.length === 1 ? [] : [`it finds ${found.length} orders after the order was posted`]),
        ...found.flatMap(({ state }) => (state === 'placed' ? ['a posted order seems to wait for its steps'] : [])),
        ...(target.traits.alsoLookIn.length > 0 && again.foundIn === null ? ['it does not say where the posted order was found'] : []),
        ...ledgerFindings(scene, order, 'pushed again after it was posted'),
      ];
    }),
};

const tellsRefusal: Check = {
  name: 'passes on the words in which an order is refused, and leaves nothing behind',
  about: 'orders',
  run: (context) =>
    withOrders(context, async (scene) => {
      const good = scene.order(1);
      const wrong =
        scene.orders.refused?.(good) ??
        { ...good, lines: good.lines.map((line, place) => (place === 1 ? { ...line, product: 'NO-SUCH-PRODUCT' } : line)) }; // biome-ignore format: one order
      const error = await errorOf(scene, wrong);
      if (!(error instanceof NeedsOperatorError)) return [`an order that must be refused ended with ${String(error)}`];
      return [
        ...(/"[^"]{3,}"/.test(error.message) || error.message.includes('NO-SUCH-PRODUCT')
          ? []
          : [`the message does not carry the system's words: ${error.message}`]),
        ...(scene.world.count('order') === 0 ? [] : ['a refused order is there all the same']),
      ];
    }),
};

async function errorOf(scene: OrderScene, order: Parameters<OrderScene['place']>[0]): Promise<KontorError | null> {
  try {
    await scene.place(order);
    return null;
  } catch (error) {
    if (error instanceof KontorError) return error;
    throw error;
  }
}

export const orderChecks: readonly Check[] = [
  findsNothing,
  findsOnce,
  findsMany,
  checksSteps,
  keepsApart,
  keepsToLength,
  findsMoved,
  tellsRefusal,
];
