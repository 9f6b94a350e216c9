/** Looks after steps whose holders are no longer those who should decide: people who left or are away, deputies who came or went, nobody at all. */
import { advance } from '../approvals/advance.ts';
import { activateSteps } from '../approvals/assign.ts';
import { holdOpen } from '../approvals/reassign.ts';
import { NeedsOperatorError } from '../errors.ts';
import { type StaleStep, staleSteps } from '../store/approvals/delegations.ts';
import { markStuck } from '../store/approvals/stuck-steps.ts';
import { follow } from './decide.ts';
import { inHalves } from './in-halves.ts';
import type { OrderContext } from './order-context.ts';
import { Skipped, type SkippedSteps } from './skipped-steps.ts';

const BATCH = 200;

export interface TendedSteps {
  readonly looked: number;
  /** To be woken: what all who are left had approved is approved. */
  readonly handoffIds: string[];
  /** Since this look, by what is in the way; those of before stay on the radar and are not told again. */
  readonly stuck: readonly SkippedSteps[];
}

/** In batches, each in a transaction of its own. Throws what is wrong with the first step that something is wrong with which nobody could know of. */
export async function tendSteps(context: OrderContext): Promise<TendedSteps> {
  const { db, now: clock } = context;
  const handoffIds: string[] = [];
  const stuck = new Skipped();
  const failures: unknown[] = [];
  let looked = 0;
  let after: StaleStep | undefined;
  do {
    const stale = await staleSteps(db, clock(), BATCH, after);
    looked += stale.length;
    const failed: Array<{ stepId: string; error: NeedsOperatorError }> = [];
    await inHalves(
      stale,
      async (some) => void handoffIds.push(...(await tendBatch(context, some, stuck))),
      ({ stepId }, error) => (error instanceof NeedsOperatorError ? failed.push({ stepId, error }) : failures.push(error)),
    );
    for (const stepId of await leave(context, failed)) stuck.add(stepId, failed.find((one) => one.stepId === stepId)?.error);
    after = stale.length < BATCH ? undefined : stale.at(-1);
  } while (after);
  if (failures.length > 0) throw failures[0];
  return { looked, handoffIds, stuck: stuck.byReason };
}

/** Answers those that were not stuck before. */
async function leave({ db, now }: OrderContext, failed: ReadonlyArray<{ stepId: string; error: NeedsOperatorError }>): Promise<string[]> {
  if (failed.length === 0) return [];
  return db.transaction((trx) => markStuck(trx, failed.map(({ stepId, error }) => ({ stepId, because: error.message })), now())); // biome-ignore format: one call
}

async function tendBatch({ db, settings, now: clock }: OrderContext, stale: readonly StaleStep[], told: Skipped): Promise<string[]> {
  if (stale.length === 0) return [];
  const now = clock();
  return db.transaction(async (trx) => {
    const { open, orders, deciders } = await holdOpen(trx, stale);
    const { stuck } = await activateSteps(trx, open.map(({ stepId }) => stepId), now); // biome-ignore format: one call
    for (const { stepId, error, isNew } of stuck) if (isNew) told.add(stepId, error);
    const isStuck = new Set(stuck.map(({ stepId }) => stepId));
    const handoffIds: string[] = [];
    for (const { orderId, stepId } of open) {
      const order = orders.get(orderId);
      if (!order || !deciders.has(stepId) || isStuck.has(stepId)) continue;
      const { order: progress } = await advance(trx, orderId, stepId, now);
      const handoffId = await follow(trx, settings, order, progress, now);
      if (handoffId !== null) handoffIds.push(handoffId);
    }
    return handoffIds;
  });
}
