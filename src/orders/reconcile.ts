/**
 * The nightly comparison, both ways (FEATURES F9): every hand-off the ERP has accepted is looked up there by its reference, and every
 * order pulled from there with a reference of ours must be one we handed off. It changes nothing but its own record.
 */
import { findOrders } from '../connector/find-orders.ts';
import { type Finding, reconcileOrder } from '../domain/orders/reconcile-order.ts';
import { assertHeld, type Lease, withLease } from '../store/leases.ts';
import { acceptedDigests } from '../store/orders/differences.ts';
import { loadHandedOff } from '../store/orders/progress.ts';
import {
  addFindings,
  beginReconciliation,
  findStrays,
  finishReconciliation,
  lastReconciledAt,
  nextToCompare,
  type Reconciliation,
  type Stray,
} from '../store/orders/reconciliations.ts';
import type { HandoffContext } from './order-context.ts';
import { findOrderTarget, openTarget, type Target } from './order-targets.ts';

const LEASE_MS = 30_000;
/** Written down together; what a kill costs. */
const CHUNK = 25;
const MOST_STRAYS = 500;
const DAY_MS = 86_400_000;
/** Orders are doubled and removed by people later, too. */
const LOOK_BACK_DAYS = 7;

export interface ReconcileRequest {
  readonly connection: string;
  /** Who asked: `schedule`, `cli`. One that was begun for the same reason and not ended is gone on with. */
  readonly trigger: string;
  readonly since?: Date;
}

/** Throws CONNECTION_UNKNOWN, and ALREADY_RUNNING when another compares this connection. */
export async function reconcile(context: HandoffContext, { connection, trigger, since }: ReconcileRequest): Promise<Reconciliation> {
  const { db, holder, signal } = context;
  const target = findOrderTarget(context, connection);
  return withLease(db, { name: `reconcile:${connection}`, holder, ttlMs: LEASE_MS, signal }, async (lease) => {
    const now = context.now();
    const from = since ?? (await windowOf(context, connection, now));
    const begun = await db.transaction(async (trx) => {
      await assertHeld(trx, lease);
      return beginReconciliation(trx, { connection, trigger, since: from, now });
    });
    await compareHandoffs(context, target, begun, lease);
    return conclude(context, target, begun.id, lease);
  });
}

async function windowOf({ db }: HandoffContext, connection: string, now: Date): Promise<Date> {
  const weekAgo = new Date(now.getTime() - LOOK_BACK_DAYS * DAY_MS);
  const last = await lastReconciledAt(db, connection);
  if (last === null) return new Date(0);
  return last < weekAgo ? last : weekAgo;
}

async function compareHandoffs(context: HandoffContext, target: Target, begun: Reconciliation, lease: Lease): Promise<void> {
  const { db, settings } = context;
  const session = openTarget({ ...context, signal: lease.signal }, target);
  let { position } = begun;
  for (;;) {
    const chunk = await nextToCompare(db, { ...begun, position }, CHUNK);
    const last = chunk.at(-1);
    if (!last) return;
    const ids = chunk.map(({ orderId }) => orderId);
    const orders = new Map((await loadHandedOff(db, ids)).map((order) => [order.orderId, order]));
    const accepted = await acceptedDigests(db, ids);
    const there = await findOrders(
      target.orders,
      session,
      [...orders.values()].map(({ externalKey }) => externalKey),
    );
    const findings: Finding[] = [];
    for (const { orderId, isCancelled, soldTo } of chunk) {
      const order = orders.get(orderId);
      if (!order) continue;
      const found = there.get(order.externalKey) ?? [];
      const finding = reconcileOrder({ ...order, isCancelled, soldTo, isKnownCancelled: order.progress?.state === 'cancelled' }, found, {
        priceTolerance: settings.orders.confirmTolerance,
        isAccepted: (digest) => accepted.has(`${orderId} ${digest}`),
      });
      if (finding) findings.push(finding);
    }
    position = last.handoffId;
    await db.transaction(async (trx) => {
      await assertHeld(trx, lease);
      await addFindings(trx, begun.id, { position, compared: chunk.length, findings });
    });
  }
}

/** The other way round, of what was pulled. */
async function conclude(context: HandoffContext, { connection }: Target, id: string, lease: Lease): Promise<Reconciliation> {
  const { db, settings } = context;
  const isPulled = connection.entities.some(({ entity }) => entity === 'document');
  const strays = isPulled ? await findStrays(db, connection.name, settings.orders.keyPrefix, MOST_STRAYS) : [];
  const notes = isPulled
    ? []
    : [`orders that only ${connection.name} knows are not looked for: it pulls no documents; add \`document\` to its entities`];
  return db.transaction(async (trx) => {
    await assertHeld(trx, lease);
    return finishReconciliation(trx, id, { findings: strays.map(tellStray), notes, now: context.now() });
  });
}

function tellStray({ reference, number, orderId, handoffState }: Stray): Finding {
  const base = { kind: 'unknown', orderId, reference, numbers: number === null ? [] : [number] } as const;
  const there = number === null ? `${reference} is there` : `${reference} is there as ${number}`;
  if (orderId === null)
    return {
      ...base,
      text: `${there} and no order of ours; see whether another installation uses the same orders.keyPrefix, or who typed it`,
    };
  const state = handoffState === null ? 'was never handed off' : `is ${handoffState}`;
  return { ...base, text: `${there}, and our hand-off ${state}; see \`kontor orders receipt ${reference}\`` };
}
