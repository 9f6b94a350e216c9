/**
 * What became of accepted orders: asks their ERP, reads the documents that were pulled since, moves progress forward, and compares what
 * is confirmed with what was approved. Safe to run twice, late, or beside a pull; one at a time by a lease.
 */
import { findOrders } from '../connector/find-orders.ts';
import type { AnySession } from '../connector/open-session.ts';
import type { PlacedOrder } from '../connector/orders.ts';
import { advance, isFinal, progressOf } from '../domain/orders/progress.ts';
import { digestOfDifferences, matchThreeWays } from '../domain/orders/three-way-match.ts';
import { KontorError } from '../errors.ts';
import { assertHeld, type Lease, withLease } from '../store/leases.ts';
import { type FoundDifferences, saveDifferences } from '../store/orders/differences.ts';
import { documentsOfOrders, loadMark, ordersWithNewDocuments, type StoredDocument, saveMark } from '../store/orders/documents.ts';
import {
  type HandedOff,
  loadHandedOff,
  noteLooked,
  ordersChangedAt,
  ordersToAsk,
  type ProgressNews,
  saveProgress,
} from '../store/orders/progress.ts';
import { inHalves } from './in-halves.ts';
import type { HandoffContext } from './order-context.ts';
import { openTarget, orderTargets, type Target } from './order-targets.ts';
import { settleBudgetsOf } from './settle-budgets.ts';
import { toldOfOrder } from './told-of-order.ts';

const LEASE = 'feedback';
const LEASE_MS = 30_000;
const CHUNK = 100;
/** Of one connection in one go; the rest is asked for by the next, longest waiting first. */
const MOST_ASKED = 2_000;
const ASK_AGAIN = { leastS: 60, mostS: 3_600 };
/** A pull stamps its rows when it applies them, and commits later. */
const COMMIT_LAG_MS = 10 * 60_000;
const MARK = 'documents';

export interface FeedbackTaken {
  /** Orders their ERP was asked for. */
  asked: number;
  /** Orders the ERP has no answer for, whether by id or by reference. */
  silent: number;
  /** Orders whose state is another now. */
  moved: number;
  /** Differences that are news. */
  differences: number;
  /** Connections that could not be asked this time. */
  failed: Array<{ connection: string; code: string; message: string }>;
}

interface Turn {
  readonly context: HandoffContext;
  readonly lease: Lease;
  readonly taken: FeedbackTaken;
  /** Of single orders, which kept no other from being served. */
  readonly failures: unknown[];
}

/** Throws ALREADY_RUNNING when another takes it; what could not be done for one order, once all others are served. */
export async function takeFeedback(context: HandoffContext): Promise<FeedbackTaken> {
  const request = { name: LEASE, holder: context.holder, ttlMs: LEASE_MS, signal: context.signal };
  return withLease(context.db, request, async (lease) => {
    const taken: FeedbackTaken = { asked: 0, silent: 0, moved: 0, differences: 0, failed: [] };
    const turn: Turn = { context, lease, taken, failures: [] };
    for (const target of orderTargets(context)) await askTarget(turn, target);
    await readNewDocuments(turn);
    if (turn.failures.length > 0) throw turn.failures[0];
    return taken;
  });
}

async function askTarget(turn: Turn, target: Target): Promise<void> {
  const { context, lease, taken } = turn;
  const { name } = target.connection;
  const ids = await ordersToAsk(context.db, name, { ...ASK_AGAIN, now: context.now() }, MOST_ASKED);
  if (ids.length === 0) return;
  try {
    const session = openTarget({ ...context, signal: lease.signal }, target);
    for (const chunk of chunksOf(ids)) {
      const now = context.now();
      const orders = await loadHandedOff(context.db, chunk);
      const answers = await ask(target, session, orders);
      taken.asked += orders.length;
      taken.silent += orders.filter(({ orderId }) => !answers.has(orderId)).length;
      await settleEach(turn, { orders, answers, now });
    }
  } catch (error) {
    // One system that does not answer must not keep the others waiting.
    if (!(error instanceof KontorError) || lease.signal.aborted) throw error;
    taken.failed.push({ connection: name, code: error.code, message: error.message });
  }
}

/** By id; those that have left for another table, as some systems do with finished orders, by reference. */
async function ask(
  { orders: target }: Target,
  session: AnySession,
  orders: readonly HandedOff[],
): Promise<Map<string, readonly PlacedOrder[]>> {
  const ids = orders.flatMap(({ erpId }) => erpId ?? []);
  const found = new Map((await target.status(session, ids)).map((placed) => [placed.id, placed]));
  const gone = orders.filter(({ erpId }) => !found.has(erpId ?? ''));
  const moved = await findOrders(
    target,
    session,
    gone.map(({ externalKey }) => externalKey),
  );
  const answers = new Map<string, readonly PlacedOrder[]>();
  for (const { orderId, erpId, externalKey } of orders) {
    const placed = found.get(erpId ?? '');
    const all = placed ? [placed] : (moved.get(externalKey) ?? []);
    if (all.length > 0) answers.set(orderId, all);
  }
  return answers;
}

/** Documents that came with a pull, also of orders that are final or whose ERP is not asked. */
async function readNewDocuments(turn: Turn): Promise<void> {
  const { context, lease, failures } = turn;
  const { db } = context;
  const since = await loadMark(db, MARK);
  const until = new Date(context.now().getTime() - COMMIT_LAG_MS);
  for (const chunk of chunksOf(await ordersWithNewDocuments(db, since))) {
    const orders = await loadHandedOff(db, chunk);
    await settleEach(turn, { orders, answers: new Map(), now: context.now() });
  }
  if (failures.length > 0) return;
  await db.transaction(async (trx) => {
    await assertHeld(trx, lease);
    await saveMark(trx, MARK, until);
  });
}

interface Looked {
  readonly orders: readonly HandedOff[];
  readonly answers: ReadonlyMap<string, readonly PlacedOrder[]>;
  readonly now: Date;
}

async function settleEach(turn: Turn, looked: Looked): Promise<void> {
  await inHalves(
    looked.orders,
    (orders) => settle(turn, { ...looked, orders }),
    (_order, error) => turn.failures.push(error),
  );
}

async function settle({ context, lease, taken }: Turn, { orders, answers, now }: Looked): Promise<void> {
  const documents = byOrder(await documentsOfOrders(context.db, orders.map(({ orderId }) => orderId))); // biome-ignore format: one call
  const news: ProgressNews[] = [];
  const silent: HandedOff[] = [];
  const compared: string[] = [];
  const found: FoundDifferences[] = [];
  for (const order of orders) {
    const { orderId, connection, progress: held, sent } = order;
    const told = toldOfOrder(answers.get(orderId) ?? [], documents.get(orderId) ?? []);
    const progress = progressOf(sent.lines, told);
    if (!progress) {
      silent.push(order);
      continue;
    }
    const reached = advance(held, progress);
    news.push({ orderId, connection, progress: reached });
    // What was pulled may be older than the last answer: it must not bring back a difference that has healed since.
    if (!answers.has(orderId) && isAskedFor(context, order)) continue;
    compared.push(orderId);
    if (reached.state !== 'cancelled' && order.state !== 'cancelled') found.push(...differencesOf(context, order, told));
  }
  const { moved, differences } = await context.db.transaction(async (trx) => {
    await assertHeld(trx, lease);
    const moved = await saveProgress(trx, news, now);
    await noteLooked(trx, silent, now);
    const differences = await saveDifferences(trx, compared, found, now);
    // What was read from documents may be an invoice or a credit note, which move no order.
    const looked = orders.map(({ orderId }) => orderId);
    await settleBudgetsOf(trx, answers.size === 0 ? looked : await ordersChangedAt(trx, looked, now), now, context.settings.orders);
    return { moved, differences };
  });
  taken.moved += moved;
  taken.differences += differences;
}

function isAskedFor(context: HandoffContext, { connection, progress }: HandedOff): boolean {
  const isTarget = orderTargets(context).some((target) => target.connection.name === connection);
  return isTarget && !(progress && isFinal(progress));
}

function differencesOf(
  { settings }: HandoffContext,
  { orderId, approved, sent, approvedRevision: revision }: HandedOff,
  confirmed: ReturnType<typeof toldOfOrder>,
): FoundDifferences[] {
  const differences = matchThreeWays({ approved, sent, confirmed, priceTolerance: settings.orders.confirmTolerance });
  return differences.length === 0 ? [] : [{ orderId, revision, differences, digest: digestOfDifferences(differences) }];
}

function byOrder(documents: readonly StoredDocument[]): Map<string, StoredDocument[]> {
  const all = new Map<string, StoredDocument[]>();
  for (const document of documents) all.set(document.orderId, [...(all.get(document.orderId) ?? []), document]);
  return all;
}

function chunksOf(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, turn) => ids.slice(turn * CHUNK, (turn + 1) * CHUNK));
}
