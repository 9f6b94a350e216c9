/** Connectors that double an order, lose one, or take one for another. */
import { z } from 'zod';
import { template } from '../../connectors/_template/index.ts';
import type { AnyConnector } from '../../src/connector/contract.ts';
import type { AnySession } from '../../src/connector/open-session.ts';
import type { OrderTarget, OrderToPlace, PlacedOrder } from '../../src/connector/orders.ts';
import { NeedsOperatorError, RetryLaterError } from '../../src/errors.ts';
import type { Dialect } from '../simulator/dialect.ts';
import { templateDialect } from '../simulator/dialects/template.ts';
import type { WorldOrderLine } from '../simulator/world.ts';
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

const CANCELS = 'cancels an order once, finds it cancelled, and asks for it never again';
const REVISES = 'brings an order to other content, and leaves alone what is so already';

/** What `change` does, without saying how it went. */
const quietly = (change: Target['cancel'] | Target['revise']) =>
  async (...given: Parameters<NonNullable<Target['revise']>>): Promise<void> => {
    await change?.(...given).catch(() => undefined);
  }; // biome-ignore format: one function

/** Lines that are no longer wanted stay. */
const keepsOldLines = ordering((target) => ({
  async revise(session, placed, order) {
    const gone = placed.lines.filter(({ product }) => !order.lines.some((line) => line.product === product));
    const kept = gone.map(({ product, quantity, unitPrice }) => ({
      reference: `${product}`,
      product: `${product}`,
      quantity,
      unitPrice: unitPrice ?? '0',
    }));
    await target.revise?.(session, placed, { ...order, lines: [...order.lines, ...kept] });
  },
}));

/** Does not know that an order was shipped, and its system lets whatever happen. */
const tellsShippedAsOpen = ordering((target) => ({
  find: async (session, reference) =>
    (await target.find(session, reference)).map((one) => ({
      ...one,
      foundIn: null,
      state: one.state === 'placed' ? one.state : 'accepted',
    })),
}));

function lenientDialect(): Dialect {
  const dialect = templateDialect();
  return {
    ...dialect,
    handle(request, world, context) {
      const id = request.method === 'PUT' || request.path.endsWith('/cancel') ? request.path.split('/')[2] : undefined;
      if (id === undefined) return dialect.handle(request, world, context);
      if (request.method === 'PUT') world.change('order', id, { lines: (request.json() as { lines: WorldOrderLine[] }).lines });
      else world.change('order', id, { state: 'cancelled' });
      return { status: 200, json: {} };
    },
  };
}

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
    name: 'finds the first of several and forgets the others',
    connector: ordering((target) => ({ findMany: (session, [first = '']) => target.find(session, first) })),
    caughtBy: 'finds several orders with one question as it finds each alone',
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
  { name: 'cancels nothing, and says so to nobody', connector: ordering(() => ({ cancel: async () => undefined })), caughtBy: CANCELS },
  {
    name: 'tells a cancelled order as an open one',
    connector: ordering((target) => ({
      find: async (session, reference) => (await target.find(session, reference)).map((one) => ({ ...one, state: 'accepted' })),
    })),
    caughtBy: CANCELS,
  },
  {
    name: 'takes a lost answer to a cancelling for a good one',
    connector: ordering(({ cancel }) => ({ cancel: (session, placed) => quietly(cancel)(session, placed, {} as OrderToPlace) })),
    caughtBy: 'cancels an order through each accident on each of its requests',
  },
  {
    name: 'changes an order by making another',
    connector: ordering(({ create }) => ({ revise: async (session, _, order) => void (await create(session, order)) })),
    caughtBy: REVISES,
  },
  { name: 'leaves lines that were taken out', connector: keepsOldLines, caughtBy: REVISES },
  {
    name: 'takes a lost answer to a change for a good one',
    connector: ordering(({ revise }) => ({ revise: quietly(revise) })),
    caughtBy: 'changes an order through each accident on each of its requests',
  },
  {
    name: 'does not know that an order was shipped, in a system that cancels and changes whatever it is asked to',
    connector: tellsShippedAsOpen,
    stage: { dialect: lenientDialect },
    caughtBy: 'neither cancels nor changes what is shipped or invoiced, and says why',
  },
];
