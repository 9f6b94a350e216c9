/** `kontor orders approve | decline | comment | withdraw | agree | delegate | revise`: what people do about an order, by the hand of an operator. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { agreeToChange } from '../../orders/agree.ts';
import { commentOrder } from '../../orders/comment.ts';
import { decideOrder } from '../../orders/decide.ts';
import { delegateApprovals } from '../../orders/delegate.ts';
import type { OrderContext } from '../../orders/order-context.ts';
import { findPerson } from '../../orders/people.ts';
import { reviseOrder } from '../../orders/revise.ts';
import { withdrawOrder } from '../../orders/withdraw.ts';
import type { App } from '../app.ts';
import { civilDay, rowId, wholeNumber, withExamples } from '../arguments.ts';
import { formatInstant } from '../format.ts';
import { parseDocument } from '../read-checked-file.ts';
import { ORDER_REFERENCE, requireOrder } from '../require-order.ts';
import { plain } from '../terminal.ts';

const DAY_MS = 86_400_000;

export function addDecisionCommands(orders: Command, app: App): void {
  addDecide(orders, app, 'approve', 'approve the step that asks this person; the last approval releases the order');
  addDecide(orders, app, 'decline', 'decline the order; one decline ends it');
  addComment(orders, app);
  addWithdraw(orders, app);
  addAgree(orders, app);
  addDelegate(orders, app);
  addRevise(orders, app);
}

/** What one person does about one order. */
function addAct(orders: Command, name: string, about: string, who = 'who acts'): Command {
  return orders
    .command(name)
    .description(about)
    .argument('<order>', ORDER_REFERENCE)
    .requiredOption('--as <person>', `${who}: external id, or id:NUMBER`);
}

interface Acting {
  readonly context: OrderContext;
  readonly orderId: string;
  readonly key: string;
  readonly personId: string;
}

async function acting(app: App, reference: string, as: string): Promise<Acting> {
  const settings = await app.settings([]);
  const { db } = await app.store(settings);
  const { id, externalKey } = await requireOrder(db, reference);
  const person = await findPerson(db, as);
  return { context: { db, settings, now: () => new Date() }, orderId: id, key: externalKey, personId: person.id };
}

interface DecideOptions {
  readonly as: string;
  readonly revision?: number;
  readonly step?: string;
  readonly comment?: string;
  readonly fromBudget?: string;
}

function addDecide(orders: Command, app: App, verdict: 'approve' | 'decline', about: string): void {
  const command = addAct(orders, verdict, about)
    .option('--revision <number>', 'the revision that was seen; refused if the order has changed since', wholeNumber(1, 1_000_000))
    .option('--step <id>', 'this step, where several ask', rowId)
    .option('--comment <text>', 'why')
    .action(async (reference: string, { as, revision, step, comment, fromBudget }: DecideOptions) => {
      const { context, key, ...who } = await acting(app, reference, as);
      const decided = await decideOrder(context, {
        ...who,
        verdict,
        revision,
        stepId: step,
        comment: comment ?? null,
        fromBudget,
        channel: 'cli',
      });
      app.out.answer({ ...who, ...decided }, () => {
        const said = decided.already && `${plain(decided.already.personName)} has decided so already, ${formatInstant(decided.already.at)}`;
        return [`order ${key} ${said ? `is ${sayState(decided.state)}: ${said}` : `is ${sayState(decided.state)} now`}`];
      });
    });
  if (verdict === 'approve') {
    command.option('--from-budget <code>', 'budget that gives what the order takes beyond its own; by somebody with authority over it');
  }
  withExamples(command, [
    `kontor orders ${verdict} KO-17 --as P-7`,
    `kontor orders ${verdict} WEB-2041 --as P-7 --revision 2 --comment "as agreed"`,
  ]);
}

function addComment(orders: Command, app: App): void {
  const command = addAct(orders, 'comment', 'say something about an order; decides nothing')
    .argument('<text>', 'what to say')
    .action(async (reference: string, text: string, { as }: { as: string }) => {
      const { context, key, orderId, personId } = await acting(app, reference, as);
      await commentOrder(context, { orderId, personId, text, channel: 'cli' });
      app.out.answer({ orderId, personId }, () => [`noted on order ${key}`]);
    });
  withExamples(command, ['kontor orders comment KO-17 "Can this wait until May?" --as P-7']);
}

interface WithdrawOptions {
  readonly as: string;
  readonly reason?: string;
  readonly change?: boolean;
  readonly whole?: boolean;
}

function addWithdraw(orders: Command, app: App): void {
  const command = addAct(orders, 'withdraw', 'take an order back; what may stand in the ERP is cancelled there', 'who ordered it')
    .addOption(new Option('--change', 'only the change that waits; the order stays as it was released').conflicts('whole'))
    .option('--whole', 'the whole order, although only a change of it waits')
    .option('--reason <text>', 'why')
    .action(async (reference: string, { as, reason, change, whole }: WithdrawOptions) => {
      const { context, key, orderId, personId } = await acting(app, reference, as);
      const what = change ? 'change' : whole ? 'order' : undefined;
      const withdrawn = await withdrawOrder(context, { orderId, personId, reason: reason ?? null, what });
      const there = withdrawn.handoffId === null ? '' : '; the ERP is told';
      app.out.answer({ orderId, ...withdrawn }, () => [`order ${key} is ${sayState(withdrawn.state)}${there}`]);
    });
  withExamples(command, [
    'kontor orders withdraw KO-17 --as P-1 --reason "ordered twice"',
    'kontor orders withdraw KO-17 --as P-1 --change',
  ]);
}

function addAgree(orders: Command, app: App): void {
  const about = 'agree to what an approver has changed, so that the order need not wait for the end of its window';
  const command = addAct(orders, 'agree', about, 'who ordered it').action(async (reference: string, { as }: { as: string }) => {
    const { context, key, orderId, personId } = await acting(app, reference, as);
    const { handoffIds } = await agreeToChange(context, { orderId, personId, channel: 'cli' });
    const now = handoffIds.length > 0 ? '; it leaves now' : '';
    app.out.answer({ orderId, handoffIds }, () => [`order ${key} stands as it was changed${now}`]);
  });
  withExamples(command, ['kontor orders agree KO-17 --as P-1']);
}

interface DelegateOptions {
  readonly as: string;
  readonly to: string;
  readonly until?: string;
  readonly reason?: string;
}

function addDelegate(orders: Command, app: App): void {
  const command = addAct(orders, 'delegate', 'hand one order to a deputy, who decides in both names', 'who is asked now')
    .requiredOption('--to <person>', 'who decides instead')
    .addOption(new Option('--until <date>', 'first day it comes back (YYYY-MM-DD, UTC); two weeks if absent').argParser(civilDay))
    .option('--reason <text>', 'why')
    .action(async (reference: string, { as, to, until, reason }: DelegateOptions) => {
      const { context, key, orderId, personId } = await acting(app, reference, as);
      const deputy = await findPerson(context.db, to);
      const endsAt = until === undefined ? new Date(context.now().getTime() + 14 * DAY_MS) : new Date(`${until}T00:00:00Z`);
      const request = { fromPersonId: personId, toPersonId: deputy.id, orderId, endsAt, reason: reason ?? null, createdBy: 'cli' };
      const { id } = await delegateApprovals(context, request);
      app.out.answer({ orderId, delegationId: id, to: deputy.id, endsAt }, () => [
        `order ${key} is with ${plain(deputy.name)} until ${formatInstant(endsAt)}`,
      ]);
    });
  withExamples(command, ['kontor orders delegate KO-17 --as P-7 --to P-9 --until 2026-12-01']);
}

interface ReviseOptions {
  readonly as: string;
  readonly from: number;
  readonly reason?: string;
}

function addRevise(orders: Command, app: App): void {
  const about = 'change an order; a change that matters voids what was decided and goes through the rules again';
  const command = addAct(orders, 'revise', about, 'who ordered it, or who is asked')
    .argument('<file>', 'JSON or YAML with what becomes different; lines are given as a whole')
    .requiredOption('--from <number>', 'the revision the change was made from', wholeNumber(1, 1_000_000))
    .option('--reason <text>', 'why')
    .action(async (reference: string, file: string, { as, from, reason }: ReviseOptions) => {
      const { value: change } = await parseDocument(resolve(app.surroundings.cwd, file), file, 'ORDER_INVALID');
      const { context, key, orderId, personId } = await acting(app, reference, as);
      const { order, revision, ...rest } = await reviseOrder(context, {
        orderId,
        personId,
        from,
        change,
        reason: reason ?? null,
        channel: 'cli',
      });
      app.out.answer({ orderId, revision: revision.n, state: order.state, ...rest }, () => {
        if (rest.changes.length === 0) return [`nothing is different; order ${key} stays at revision ${revision.n}`];
        const effect = rest.isMaterial ? 'what was decided is void' : 'what was decided stands';
        return [
          `order ${key} is at revision ${revision.n} and ${sayState(order.state)}; ${effect}`,
          ...rest.changes.map((line) => `  ${plain(line)}`),
        ];
      });
    });
  withExamples(command, ['kontor orders revise KO-17 change.yaml --as P-1 --from 1 --reason "two more"']);
}

function sayState(state: string): string {
  return state === 'pending_approval' ? 'waiting for approval' : state.replaceAll('_', ' ');
}
