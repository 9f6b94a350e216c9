/** The third part of the demo: five weeks of a budget and its approvals, played on a clock that is passed in. */
import { join } from 'node:path';
import { delegate } from '../../approvals/delegate.ts';
import { importAbsences } from '../../approvals/import-absences.ts';
import { openPeriods } from '../../budgets/open-periods.ts';
import { putBudgets } from '../../budgets/put-budgets.ts';
import { instantOf } from '../../domain/work-calendar/wall-clock.ts';
import type { NotifyContext } from '../../notify/notify-context.ts';
import { sendDue } from '../../notify/send-due.ts';
import { decideOrder } from '../../orders/decide.ts';
import { escalateApprovals } from '../../orders/escalate-approvals.ts';
import type { HandoffContext } from '../../orders/order-context.ts';
import { findPerson } from '../../orders/people.ts';
import { pushHandoff } from '../../orders/push.ts';
import { relayHandoffs } from '../../orders/relay.ts';
import { submitOrders } from '../../orders/submit.ts';
import { tendBudgets } from '../../orders/tend-budgets.ts';
import { tendSteps } from '../../orders/tend-steps.ts';
import { findByReferences } from '../../store/orders/find-orders.ts';
import { readBudgetFile } from '../read-budget-file.ts';
import { readOrderFile } from '../read-order-file.ts';
import { AWAY, BUDGET, LOOK_EVERY_MINUTES, SUPERIOR, TURNS, type Turn, ZONE } from './month-story.ts';

const ORIGIN = 'demo';
const FORMATS = { decimal: '.', date: 'yyyy-MM-dd' } as const;
const MINUTE_MS = 60_000;

/** What a worker has: nobody else may touch the database meanwhile, whose clock would be another. */
export type MonthContext = NotifyContext & HandoffContext;

interface Stage {
  /** With the clock of the story. */
  readonly context: MonthContext;
  /** Where the sample files are. */
  readonly folder: string;
  /** By reference, as they came out of the file. */
  readonly orders: ReadonlyMap<string, unknown>;
}

/** Once, however often the demo is played. */
export async function playMonth(real: MonthContext, folder: string): Promise<void> {
  const { rows } = await real.db.raw('select 1 from budgets where code = ?', [BUDGET]);
  if (rows.length > 0) return;
  let now = at(TURNS[0]?.at ?? '');
  const context: MonthContext = { ...real, now: () => now };
  const file = await readOrderFile(join(folder, 'month.yaml'), folder, FORMATS, real.signal);
  const orders = new Map(file.orders.map(({ input }) => [String(input.reference), input]));
  for (const turn of TURNS) {
    for (const until = at(turn.at); now < until; ) {
      now = new Date(Math.min(until.getTime(), now.getTime() + LOOK_EVERY_MINUTES * MINUTE_MS));
      await look(context);
    }
    await take({ context, folder, orders }, turn);
    await look(context);
  }
}

function at(wall: string): Date {
  const instant = instantOf(wall, ZONE);
  if (!instant) throw new Error(`the demo's story names no time: ${wall}`);
  return instant;
}

/** What a worker does every minute or so. */
async function look(context: MonthContext): Promise<void> {
  context.signal.throwIfAborted();
  await openPeriods(context.db, context.now());
  await tendSteps(context);
  await escalateApprovals(context, context.signal);
  for (const id of (await relayHandoffs(context)).due.flat()) await pushHandoff(context, id);
  await tendBudgets(context);
  await sendDue(context);
}

async function take(stage: Stage, turn: Turn): Promise<void> {
  if (turn.kind === 'begin') return begin(stage);
  if (turn.kind === 'absence') return goAway(stage);
  if (turn.kind === 'order') return order(stage, turn.reference);
  if (turn.kind === 'approve') return approve(stage, turn.reference, turn.comment);
}

async function begin({ context, folder }: Stage): Promise<void> {
  const file = await readBudgetFile(join(folder, 'budgets.yaml'), folder, FORMATS, context.signal);
  await context.db.transaction((trx) => putBudgets(trx, { what: file.name, given: file.given, bad: file.bad, by: ORIGIN }, context.now()));
}

async function goAway({ context }: Stage): Promise<void> {
  const { db, now } = context;
  const [from, until] = [at(AWAY.from), at(AWAY.until)];
  const [absent, deputy] = [await findPerson(db, AWAY.person), await findPerson(db, AWAY.deputy)];
  const entry = { person: AWAY.person, from, until, key: 'easter', place: 'the demo' };
  await importAbsences(db, { source: ORIGIN, entries: [entry], problems: [], allowEmpty: false }, now());
  const delegation = { fromPersonId: absent.id, toPersonId: deputy.id, orderId: null, startsAt: from, endsAt: until };
  await db.transaction((trx) => delegate(trx, { ...delegation, reason: 'holidays', createdBy: ORIGIN }, now()));
}

async function order({ context, orders }: Stage, reference: string): Promise<void> {
  const [outcome] = await submitOrders(context, ORIGIN, [orders.get(reference)]);
  if (outcome?.kind === 'refused') throw outcome.error;
}

async function approve({ context }: Stage, reference: string, comment: string): Promise<void> {
  const found = (await findByReferences(context.db, ORIGIN, [reference])).get(reference)?.order;
  const { id: personId } = await findPerson(context.db, SUPERIOR);
  if (found?.state !== 'pending_approval') return;
  await decideOrder(context, { orderId: found.id, personId, verdict: 'approve', comment, channel: ORIGIN });
}
