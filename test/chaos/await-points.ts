/** Counts what a push waits for, and lets a trap spring at a chosen place. The product knows nothing of it: its database, targets and queue are wrapped. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { AnyConnector } from '../../src/connector/contract.ts';
import type { OrderTarget } from '../../src/connector/orders.ts';
import type { JobQueue } from '../../src/queue/open-queue.ts';
import type { Database } from '../../src/store/database.ts';

/** One run of one push. */
export interface Walk {
  readonly handoffId: string;
  /** What was waited for, in order. */
  readonly names: string[];
}

export type Spring = (walk: Walk, when: 'before' | 'during', name: string) => void;

const walks = new AsyncLocalStorage<Walk>();
let spring: Spring = () => undefined;

export function onAwait(act: Spring): void {
  spring = act;
}

export function walking<Result>(walk: Walk, work: () => Result): Result {
  return walks.run(walk, work);
}

export function currentWalk(): Walk | undefined {
  return walks.getStore();
}

async function pass<Result>(name: string, call: () => PromiseLike<Result>): Promise<Result> {
  const walk = walks.getStore();
  if (!walk) return call();
  walk.names.push(name);
  spring(walk, 'before', name);
  // A statement of knex begins when it is waited for.
  const result = Promise.resolve(call());
  spring(walk, 'during', name);
  return result;
}

export function countedDatabase(db: Database): Database {
  return new Proxy(db, {
    apply: (target, self, given) => countedStatement(Reflect.apply(target, self, given) as object, callerName()),
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name === 'raw') return (...given: unknown[]) => countedStatement(Reflect.apply(value, target, given) as object, callerName());
      if (name === 'transaction') return (work: (trx: Database) => Promise<unknown>) => countedTransaction(target, work);
      return value;
    },
  });
}

function countedTransaction(db: Database, work: (trx: Database) => Promise<unknown>): Promise<unknown> {
  return pass('begin', () =>
    db.transaction(async (trx) => {
      const result = await work(countedDatabase(trx));
      await pass('commit', async () => undefined);
      return result;
    }),
  );
}

function countedStatement<Statement extends object>(statement: Statement, name: string): Statement {
  const counted: Statement = new Proxy(statement, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (key === 'then') return (...reactions: [never, never]) => pass(name, () => value.call(target)).then(...reactions);
      return (...given: unknown[]) => {
        const answer = Reflect.apply(value, target, given);
        return answer === target ? counted : answer;
      };
    },
  });
  return counted;
}

/** The function of src/store that asks. */
function callerName(): string {
  const frame = new Error('where').stack?.split('\n').find((line) => line.includes('/src/store/'));
  const [, name, file] = /at (?:async )?(?:new )?([\w.#$<>]+) .*\/([\w-]+)\.[jt]s/.exec(frame ?? '') ?? [];
  if (file === 'rate-gates') return 'gate';
  if (file === 'token-vault') return 'vault';
  return name ?? 'statement';
}

export function countedConnector(connector: AnyConnector, lagMs: () => number): AnyConnector {
  const { orders } = connector;
  if (!orders) return connector;
  // biome-ignore lint/suspicious/noExplicitAny: targets of connectors of every configuration
  const counted: OrderTarget<any> = {
    ...orders,
    traits: {
      ...orders.traits,
      get lookupLagMs() {
        return lagMs();
      },
    },
    find: (session, reference) => pass('find', () => orders.find(session, reference)),
    ...(orders.findMany && { findMany: (session, references) => pass('find', async () => orders.findMany?.(session, references) ?? []) }),
    create: (session, order) => pass('create', () => orders.create(session, order)),
    steps: orders.steps.map((step) => ({ ...step, run: (session, order) => pass(step.name, () => step.run(session, order)) })),
  };
  return { ...connector, orders: counted };
}

export function countedQueue(queue: JobQueue): JobQueue {
  return { ...queue, addMany: (job, payloads) => pass('wake next', () => queue.addMany(job, payloads)) };
}
