/** `kontor orders`: purchase requests; how they come in, what is decided about them, and what became of them. */
import { type Command, Option } from 'commander';
import { predictDecision } from '../../approvals/predict-decision.ts';
import type { Trace } from '../../approvals/trace.ts';
import type { OrderState } from '../../domain/orders/order.ts';
import { findPerson } from '../../orders/people.ts';
import { loadDecisions } from '../../store/approvals/decisions.ts';
import { loadEvaluations } from '../../store/approvals/evaluations.ts';
import type { Database } from '../../store/database.ts';
import { loadRevision } from '../../store/orders/orders.ts';
import { orderBudgets } from '../../store/views/order-budgets.ts';
import { listOrderLog, listSteps, loadAddressLabels } from '../../store/views/order-details.ts';
import { listVisibleOrders, loadVisibleOrder } from '../../store/views/visible-orders.ts';
import type { App } from '../app.ts';
import { ACCOUNT_REFERENCE, civilDay, requireAccount, rowId, wholeNumber, withExamples } from '../arguments.ts';
import { drawOrder, drawOrders, type ShownOrder } from '../draw-order.ts';
import { drawWhy } from '../draw-why.ts';
import { ORDER_REFERENCE, requireOrder } from '../require-order.ts';
import { addHandoffCommands } from './handoffs.ts';
import { addDecisionCommands } from './orders-decide.ts';
import { addFeedbackCommands } from './orders-feedback.ts';
import { addHistoryCommands } from './orders-history.ts';
import { addRejudgeCommand } from './orders-rejudge.ts';
import { addSubmitCommand } from './orders-submit.ts';

const STATES: readonly OrderState[] = [
  'pending_approval',
  'released',
  'declined',
  'withdrawn',
  'expired',
  'rejected_by_system',
  'cancelled',
];

export function addOrdersCommand(program: Command, app: App): void {
  const orders = program.command('orders').description('orders: how they come in, who decides about them, and what became of them');
  addSubmitCommand(orders, app);
  addList(orders, app);
  addShow(orders, app);
  addWhy(orders, app);
  addDecisionCommands(orders, app);
  addRejudgeCommand(orders, app);
  addHandoffCommands(orders, app);
  addFeedbackCommands(orders, app);
  addHistoryCommands(orders, app);
}

interface ListOptions {
  readonly state?: OrderState;
  readonly account?: string;
  readonly person?: string;
  readonly since?: string;
  readonly limit: number;
  readonly before?: string;
}

function addList(orders: Command, app: App): void {
  const list = orders
    .command('list', { isDefault: true })
    .description('orders, newest first')
    .addOption(new Option('--state <state>', 'only in this state').choices(STATES))
    .option('--account <account>', `only of this one: ${ACCOUNT_REFERENCE}`)
    .option('--person <person>', 'only those this person ordered, or had ordered: external id, or id:NUMBER')
    .addOption(new Option('--since <date>', 'only those submitted on this day or later (YYYY-MM-DD, UTC)').argParser(civilDay))
    .option('--limit <number>', 'how many', wholeNumber(1, 1000), 20)
    .option('--before <id>', 'only older than this one', rowId)
    .action(async ({ state, account, person, since, limit, before }: ListOptions) => {
      const { db } = await app.store(await app.settings([]));
      const accountId = account === undefined ? undefined : (await requireAccount(db, account)).id;
      const personId = person === undefined ? undefined : (await findPerson(db, person)).id;
      const from = since === undefined ? undefined : new Date(`${since}T00:00:00Z`);
      app.out.answer(await listVisibleOrders(db, { origin: null, state, accountId, personId, since: from, limit, before }), drawOrders);
    });
  withExamples(list, [
    'kontor orders list --state pending_approval',
    'kontor orders list --account A-1001 --since 2026-11-01',
    'kontor orders list --person P-7 --json',
  ]);
}

function addShow(orders: Command, app: App): void {
  const show = orders
    .command('show')
    .description('one order: what is ordered, who is asked, what was decided, and what happened when')
    .argument('<order>', ORDER_REFERENCE)
    .action(async (reference: string) => {
      const { db } = await app.store(await app.settings([]));
      const { id, companyId } = await requireOrder(db, reference);
      app.out.answer(await showOrder(db, { id, companyId }), drawOrder);
    });
  withExamples(show, ['kontor orders show KO-17', 'kontor orders show WEB-2041 --json']);
}

async function showOrder(db: Database, { id, companyId }: { id: string; companyId: string }): Promise<ShownOrder> {
  const order = await loadVisibleOrder(db, id);
  const { content, editedById, createdAt } = await loadRevision(db, id);
  const addresses = await loadAddressLabels(
    db,
    [content.shipTo, content.billTo].filter((one) => one !== null),
  );
  const steps = await listSteps(db, id);
  return {
    order,
    content,
    revised: editedById === null ? null : createdAt,
    shipTo: (content.shipTo && addresses.get(content.shipTo)) || null,
    billTo: (content.billTo && addresses.get(content.billTo)) || null,
    steps,
    decisions: await loadDecisions(db, id),
    expected: await predictDecision(db, { id, companyId, steps }, new Date()),
    log: await listOrderLog(db, id),
  };
}

function addWhy(orders: Command, app: App): void {
  const why = orders
    .command('why')
    .description(
      'why an order was let through, held or refused: rules tried with their numbers, approvers considered and why each was skipped',
    )
    .argument('<order>', ORDER_REFERENCE)
    .option('--all', 'of every revision, not only the newest look')
    .action(async (reference: string, { all = false }: { all?: boolean }) => {
      const { db } = await app.store(await app.settings([]));
      const { id, externalKey, state, approvedBy, companyId } = await requireOrder(db, reference);
      const looks = await loadEvaluations(db, id);
      const evaluations = (all ? looks : looks.slice(0, 1)).map(({ trace, ...look }) => ({ ...look, trace: trace as Trace }));
      const [steps, budgets] = [await listSteps(db, id), await orderBudgets(db, id)];
      const expected = await predictDecision(db, { id, companyId, steps }, new Date());
      app.out.answer({ order: { id, externalKey, state, approvedBy }, evaluations, steps, budgets, expected }, drawWhy);
    });
  withExamples(why, ['kontor orders why KO-17', 'kontor orders why WEB-2041 --all --json']);
}
