/** One mail: asked once more whether it is needed, written down, handed over, and what came of it. */
import { randomUUID } from 'node:crypto';
import { noteBounces } from '../store/mail/bounces.ts';
import {
  type Claimed,
  type Departing,
  departMail,
  noteAnswer,
  postponeNotifications,
  type Settled,
  settleMail,
  settleNotifications,
} from '../store/mail/claim.ts';
import { findNeedless, NEEDLESS } from '../store/mail/needless.ts';
import { composeMail, oneLine } from './compose-mail.ts';
import type { NotifyContext } from './notify-context.ts';
import type { SentMails } from './sent-mails.ts';
import type { Bundle } from './sort-claimed.ts';
import { tell } from './tell/index.ts';
import type { Matter } from './tell/matter.ts';
import type { Tongue } from './tongue.ts';
import { domainOf } from './transport/message.ts';
import type { Outcome } from './transport/outcome.ts';

interface Sending {
  readonly matters: ReadonlyMap<string, Matter>;
  readonly ttlMs: number;
  readonly sent: SentMails;
}

const DEADLINE_MS = 120_000;
const FIRST_DELAY_MS = 60_000;
const MAX_DELAY_MS = 3_600_000;
/** A server that says "later" so often about one mail means never. After that a person looks. */
const MOST_DEFERRALS = 48;
/** When the server itself is away or does not let us in. */
const BLOCKED_DELAY_MS = 60_000;

export async function sendBundle(
  context: NotifyContext,
  { addressee, notifications }: Bundle,
  { matters, ttlMs, sent }: Sending,
): Promise<void> {
  const { db, settings, mailer } = context;
  const { tongue, name, address, personId } = addressee;
  const asked = await dropNeedless(context, notifications, sent);
  const needed = await dropUnspeakable(context, asked, { matters, tongue, sent });
  if (needed.length === 0) return;
  const told = needed.flatMap(({ id }) => matters.get(id) ?? []);
  const composed = composeMail(mailer.kit.templates, told, name === null ? null : oneLine(name), tongue);
  const messageId = `<kontor.${randomUUID()}@${domainOf(settings.mail.from)}>`;
  const mail = { messageId, personId, address, locale: tongue.locale };
  const departing = await departMail(db, needed, mail, { ttlMs, now: context.now() });
  if (!departing) return;
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(DEADLINE_MS)]);
  const outcome = await mailer.transport.send(
    {
      mailId: departing.mailId,
      messageId: departing.messageId,
      to: { name: oneLine(name ?? ''), address },
      ...composed,
      thread: threadOf(told, settings.mail.from),
      language: tongue.language,
      date: context.now(),
    },
    signal,
  );
  await settleOutcome(context, { needed, departing, address, outcome }, sent);
}

async function dropNeedless({ db, now: clock }: NotifyContext, notifications: readonly Claimed[], sent: SentMails): Promise<Claimed[]> {
  const now = clock();
  const needless = await findNeedless(
    db,
    notifications.map(({ id }) => id),
    now,
  );
  const dropped = notifications.flatMap((one) => {
    const code = needless.get(one.id);
    return code ? [{ ...one, state: 'suppressed' as const, code, because: NEEDLESS[code] }] : [];
  });
  await settleNotifications(db, dropped, now);
  sent.suppressed += dropped.length;
  return notifications.filter(({ id }) => !needless.has(id));
}

/** One that its cause wrote down badly must not keep others from leaving. */
async function dropUnspeakable(
  { db, now }: NotifyContext,
  notifications: readonly Claimed[],
  { matters, tongue, sent }: Pick<Sending, 'matters' | 'sent'> & { tongue: Tongue },
): Promise<Claimed[]> {
  const failed: Settled[] = [];
  const kept = notifications.filter((one) => {
    const matter = matters.get(one.id);
    try {
      if (matter) tell(matter, tongue);
      return matter !== undefined;
    } catch (error) {
      failed.push({ ...one, state: 'failed', code: 'CANNOT_BE_TOLD', because: `a defect in Kontor: ${oneLine(String(error))}` });
      return false;
    }
  });
  await settleNotifications(db, failed, now());
  sent.failed += failed.length;
  return kept;
}

interface Attempted {
  readonly needed: readonly Claimed[];
  readonly departing: Departing;
  readonly address: string;
  readonly outcome: Outcome;
}

async function settleOutcome(
  { db, now: clock }: NotifyContext,
  { needed, departing, address, outcome }: Attempted,
  sent: SentMails,
): Promise<void> {
  const now = clock();
  const { mailId } = departing;
  const { answer } = outcome;
  const end = (state: 'bounced' | 'failed', code: string) =>
    settleNotifications(
      db,
      needed.map((one) => ({ ...one, state, code, because: answer })),
      now,
    );
  const again = (delayMs: number, code: string) => {
    const dueAt = new Date(now.getTime() + delayMs);
    return postponeNotifications(
      db,
      needed.map((one) => ({ ...one, dueAt, code, because: answer })),
    );
  };
  if (outcome.kind === 'sent') {
    if (!(await settleMail(db, needed, { mailId, answer, now }))) return;
    sent.mails += 1;
    sent.notifications += needed.length;
    return;
  }
  const deferrals = await noteAnswer(db, mailId, {
    answer: 'mayHaveArrived' in outcome && outcome.mayHaveArrived ? `${answer} (it may have arrived all the same)` : answer,
    isDeferral: outcome.kind === 'later',
  });
  switch (outcome.kind) {
    case 'bounced':
      await noteBounces(db, [{ address, reason: answer, mailId }], now);
      await end('bounced', 'ADDRESS_BOUNCED');
      sent.bounced += needed.length;
      return;
    case 'refused':
      await end('failed', 'MAIL_NOT_TAKEN');
      sent.failed += needed.length;
      return;
    case 'later':
      if (deferrals >= MOST_DEFERRALS) {
        await end('failed', 'GAVE_UP');
        sent.failed += needed.length;
      } else {
        await again(Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(deferrals - 1, 10)), 'MAIL_LATER');
        sent.held += needed.length;
      }
      return;
    case 'blocked':
      sent.blocked ??= { code: outcome.code, answer };
      await again(BLOCKED_DELAY_MS, outcome.code);
      sent.held += needed.length;
  }
}

/** Mails about one order are one conversation. */
function threadOf(told: readonly Matter[], from: string): string | null {
  const keys = new Set(told.map(({ order }) => order?.externalKey ?? ''));
  const [key = ''] = keys;
  return keys.size === 1 && /^[\w.-]+$/.test(key) ? `<kontor.order.${key}@${domainOf(from)}>` : null;
}
