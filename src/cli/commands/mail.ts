/** `kontor mail`: what people were told, what they were not and why, and how it looks. */
import { type Command, Option } from 'commander';
import { NeedsOperatorError } from '../../errors.ts';
import { findPerson } from '../../orders/people.ts';
import type { Database } from '../../store/database.ts';
import { type NotificationState, requeueNotifications } from '../../store/mail/resend.ts';
import { NOTICE_EVENTS, type NoticeEvent } from '../../store/notifications.ts';
import { listNotifications, showNotification } from '../../store/views/list-notifications.ts';
import type { App } from '../app.ts';
import { rowId, wholeNumber, withExamples } from '../arguments.ts';
import { drawNotification, drawNotifications } from '../draw-mail.ts';
import { requireOrder } from '../require-order.ts';
import { addBouncesCommand } from './mail-bounces.ts';
import { addPreviewCommand } from './mail-preview.ts';

const STATES: readonly NotificationState[] = ['queued', 'sending', 'sent', 'suppressed', 'bounced', 'failed'];
/** What may be sent once more without saying so twice. */
const UNSENT: readonly NotificationState[] = ['failed', 'bounced'];

interface ListOptions {
  readonly state?: NotificationState;
  readonly event?: NoticeEvent;
  readonly person?: string;
  readonly order?: string;
  readonly limit: number;
  readonly before?: string;
}

export function addMailCommand(program: Command, app: App): void {
  const mail = program.command('mail').description('look at what people are told by mail, and mend what did not leave');
  const list = mail
    .command('list', { isDefault: true })
    .description('notifications, newest first, with state and reason')
    .addOption(new Option('--state <state>', 'only those in it').choices(STATES))
    .addOption(new Option('--event <event>', 'only of this event').choices(NOTICE_EVENTS))
    .option('--person <person>', 'only to this person: external id, or id:NUMBER')
    .option('--order <order>', 'only about this order')
    .option('--limit <number>', 'how many', wholeNumber(1, 1000), 20)
    .option('--before <number>', 'only older than this one', rowId)
    .action(async ({ person, order, ...filter }: ListOptions) => {
      const { db } = await app.store(await app.settings([]));
      const personId = person === undefined ? undefined : (await findPerson(db, person)).id;
      const orderId = order === undefined ? undefined : (await requireOrder(db, order)).id;
      app.out.answer(await listNotifications(db, { ...filter, personId, orderId }), drawNotifications);
    });
  withExamples(list, ['kontor mail list', 'kontor mail list --state failed', 'kontor mail list --order KO-17 --json']);

  const show = mail
    .command('show')
    .description('one notification: to whom, in which mail, and what the server said')
    .argument('<number>', 'its number', rowId)
    .action(async (id: string) => {
      const { db } = await app.store(await app.settings([]));
      app.out.answer(await requireNotification(db, id), drawNotification);
    });
  withExamples(show, ['kontor mail show 3']);
  addResendCommand(mail, app);
  addPreviewCommand(mail, app);
  addBouncesCommand(mail, app);
}

function addResendCommand(mail: Command, app: App): void {
  const resend = mail
    .command('resend')
    .description('send again what failed or bounced; forgets that its address had bounced')
    .argument('[numbers...]', 'their numbers')
    .addOption(new Option('--state <state>', 'all in this state instead').choices(UNSENT))
    .option('--again', 'also what was sent or suppressed before; it is still sent only if somebody needs it')
    .action(async (ids: string[], { state, again }: { state?: NotificationState; again?: boolean }) => {
      if ((ids.length === 0) === (state === undefined))
        throw new NeedsOperatorError('USAGE', 'name notifications, or a state with --state');
      const { db } = await app.store(await app.settings([]));
      const states = state === undefined ? (again ? [...UNSENT, 'sent' as const, 'suppressed' as const] : UNSENT) : [state];
      const found = await requeueNotifications(db, { ids: state === undefined ? ids.map(rowId) : undefined, states }, new Date());
      const left = ids.filter((id) => !found.some((one) => one.id === id));
      if (left.length > 0 && found.length === 0) throw await notResent(db, left[0] ?? '');
      app.out.answer({ resent: found, left }, ({ resent }) => [
        `queued again  ${resent.length}`,
        ...left.map((id) => `left          ${id}`),
      ]);
    });
  withExamples(resend, ['kontor mail resend 3', 'kontor mail resend --state failed', 'kontor mail resend 3 --again']);
}

async function requireNotification(db: Database, id: string) {
  const found = await showNotification(db, id);
  if (found) return found;
  throw new NeedsOperatorError('NOT_FOUND', `there is no notification ${id}; \`kontor mail list\` shows them`);
}

async function notResent(db: Database, id: string): Promise<NeedsOperatorError> {
  const { state } = await requireNotification(db, id);
  const cure = state === 'queued' || state === 'sending' ? 'it leaves by itself' : 'name it with --again to send it once more';
  return new NeedsOperatorError('USAGE', `notification ${id} is ${state}; ${cure}`);
}
