/** Connectors that double an order, lose one, or take one for another. */
import { z } from 'zod';
import { template } from '../../connectors/_template/index.ts';
import type { AnyConnector } from '../../src/connector/contract.ts';
import type { AnySession } from '../../src/connector/open-session.ts';
import type { OrderTarget, PlacedOrder } from '../../src/connector/orders.ts';
import { NeedsOperatorError, RetryLaterError } from '../../src/errors.ts';
import type { Mutant } from './mutant.ts';
import { withOrders } from './wrap.ts';

const EXACTLY_ONE = 'makes exactly one order through each accident on each of its requests';

// biome-ignore lint/suspicious/noExplicitAny: targets of connectors of every configuration
type Target = OrderTarget<any>;
const ordering = (change: (target: Target) => Partial<Target>): AnyConnector => withOrders(template, change);

const answered = z.object({ items: z.array(z.object({ id: z.string() })) });

/** Takes whatever the system's lazy search answers. */
async function findByPrefix(target: Target, session: AnySession, reference: string): Promise<PlacedOrder[]> {
  const { json } = await session.http.send({ path: '/orders', query: { reference } });
  return target.status(session, answered.parse(json).items.map(({ id }) => id)); // biome-ignore format: one chain
}

const retriesBlindly = ordering((target) => ({
  async create(session, order) {
    try {
      return await target.create(session, order);
    } catch (error) {
      if (!(error instanceof RetryLaterError)) throw error;
      return target.create(session, order);
    }
  },
}));

const foundNothingOnError = ordering((target) => ({
  find: (session, reference) => target.find(session, reference).catch(() => []),
}));

const losesWords = ordering((target) => ({
  create: (session, order) =>
    target.create(session, order).catch((error: unknown) => {
      throw error instanceof NeedsOperatorError ? new NeedsOperatorError('ERP_REFUSED', 'the order was refused') : error;
    }),
}));

export const orderMutants: readonly Mutant[] = [
  {
    name: 'repeats a create whose answer was lost',
    connector: retriesBlindly,
    caughtBy: [EXACTLY_ONE, 'pushes 50 orders through a storm: none lost, none doubled'],
  },
  {
    name: 'takes a failed search for "there is none"',
    connector: foundNothingOnError,
    caughtBy: 'does not take a search that failed for a search that found nothing',
  },
  {
    name: 'finds by the beginning of a reference',
    connector: ordering((target) => ({ find: (session, reference) => findByPrefix(target, session, reference) })),
    caughtBy: 'keeps references apart that begin alike or differ in case only',
  },
  {
    name: 'does not look where posted orders go',
    connector: ordering((target) => ({
      find: async (session, reference) => (await target.find(session, reference)).filter(({ foundIn }) => foundIn === null),
    })),
    caughtBy: 'finds an order that was posted and has moved away, and makes no second one',
  },
  {
    name: 'takes every step for done',
    connector: ordering((target) => ({ steps: target.steps.map((step) => ({ ...step, isDone: () => true })) })),
    caughtBy: 'knows of an order that waits for a step that the step is not done',
  },
  {
    name: 'finds nothing, ever',
    connector: ordering(() => ({ find: async () => [] })),
    caughtBy: 'pushes an order once and whole, finds it, and pushes it never again',
  },
  {
    name: 'finds whatever there is',
    connector: ordering((target) => ({ find: (session) => findByPrefix(target, session, '') })),
    caughtBy: 'finds nothing that was never pushed',
  },
  {
    name: 'leaves out the last line',
    connector: ordering((target) => ({
      create: (session, order) => target.create(session, { ...order, lines: order.lines.slice(0, -1) }),
    })),
    caughtBy: 'pushes an order once and whole, finds it, and pushes it never again',
  },
  {
    name: 'declares room for longer references than there is',
    connector: ordering((target) => ({ traits: { ...target.traits, maxReferenceLength: 60 } })),
    caughtBy: 'takes a reference of its declared length, and refuses a longer one before any call',
  },
  {
    name: 'keeps the words of a refusal to itself',
    connector: losesWords,
    caughtBy: 'passes on the words in which an order is refused, and leaves nothing behind',
  },
];
