/** The desk of orders with a mail server beside it: causes are written as the flows write them, and sent by workers. */
import { DEFAULT_MAIL, type MailSettings } from '../../src/config/mail-schema.ts';
import { loadMailKit } from '../../src/notify/mail-kit.ts';
import type { NotifyContext } from '../../src/notify/notify-context.ts';
import { sendDue } from '../../src/notify/send-due.ts';
import type { SentMails } from '../../src/notify/sent-mails.ts';
import { smtpTransport } from '../../src/notify/transport/smtp.ts';
import { type NewNotice, queueNotices } from '../../src/store/notifications.ts';
import { desk } from '../flows/order-desk.ts';
import { type MailServer, type Received, startMailServer } from './mail-server.ts';

export type Desk = Awaited<ReturnType<typeof desk>>;

export interface MailDesk extends Desk {
  server: MailServer;
  notify: NotifyContext;
  mail: MailSettings;
  /** About the order of the desk and its first step, unless told otherwise. `person` is an external id. */
  queue(event: NewNotice['event'], person: string, more?: Partial<NewNotice>): Promise<void>;
  /** Only what the test has queued, and changes of the order: what else the flows cause is told beside them. */
  send(context?: NotifyContext): Promise<SentMails>;
  /** Whatever was caused. */
  sendAll(): Promise<SentMails>;
  /** Another worker with its own connections. */
  worker(change?: Partial<NotifyContext>): NotifyContext;
  /** `state code` of all notifications, in the order of their making. */
  states(): Promise<string[]>;
  newest(): Received;
  stepId: string;
}

const BESIDE = "dedupe_key not like 'test %' and event <> 'order.changed'";
const PATIENCE = { connectMs: 2_000, greetingMs: 300, silenceMs: 5_000 };

/** The caller closes `server`. */
export async function mailDesk(change: Partial<MailSettings> = {}, stages?: readonly object[]): Promise<MailDesk> {
  const server = await startMailServer();
  const setup = await desk(stages);
  const { db, rows, id, order, clock } = setup;
  const mail: MailSettings = {
    ...DEFAULT_MAIL,
    host: '127.0.0.1',
    port: server.port,
    security: 'none',
    from: 'Kontor <orders@seller.example>',
    ...change,
  };
  const settings = { ...setup.settings, mail };
  const kit = await loadMailKit(settings);
  const worker = (more: Partial<NotifyContext> = {}): NotifyContext => ({
    db,
    settings,
    mailer: { kit, transport: smtpTransport(mail, '127.0.0.1', PATIENCE) },
    signal: new AbortController().signal,
    now: () => clock.now,
    ...more,
  });
  const notify = worker();
  const [step] = await rows<{ id: string }>(`select id from approval_steps where order_id = ${order.id} order by id limit 1`);
  const stepId = step?.id ?? '';
  let count = 0;
  return {
    ...setup,
    server,
    mail,
    notify,
    worker,
    stepId,
    async queue(event, person, more = {}) {
      count += 1;
      const about = event.startsWith('approval') || event === 'radar.listed' ? { stepId, revision: 1 } : { revision: 1 };
      const notice = { event, dedupeKey: `test ${event} ${person} ${count}`, personId: id(person), orderId: order.id, ...about, ...more };
      await db.transaction((trx) => queueNotices(trx, [notice], clock.now));
    },
    async send(context = notify) {
      await db.raw(`delete from notifications where ${BESIDE}`);
      return sendDue(context);
    },
    sendAll: () => sendDue(notify),
    states: async () =>
      (await rows<{ state: string; code: string | null }>(`select state, code from notifications where not (${BESIDE}) order by id`)).map(
        ({ state, code }) => [state, code].filter(Boolean).join(' '),
      ),
    newest() {
      const found = server.received.at(-1);
      if (!found) throw new Error('no mail has arrived');
      return found;
    },
  };
}

/** In minutes from where it stands. */
export function later({ clock }: Pick<Desk, 'clock'>, minutes: number): void {
  clock.now = new Date(clock.now.getTime() + minutes * 60_000);
}
