/**
 * Sends what is due. A notification is claimed, asked whether anybody still needs it, put into words, written down as a mail under a
 * name it keeps, and only then handed to the server: killed in between, it is taken up again and leaves under the same name.
 */

import { unreachableAddresses } from '../store/mail/bounces.ts';
import { type Claimed, claimNotifications, postponeNotifications, settleNotifications } from '../store/mail/claim.ts';
import { findNeedless } from '../store/mail/needless.ts';
import { loadReaders } from '../store/mail/readers.ts';
import { addresseeOf } from './addressees.ts';
import { gatherMatters } from './gather-matters.ts';
import type { NotifyContext } from './notify-context.ts';
import { sendBundle } from './send-bundle.ts';
import type { SentMails } from './sent-mails.ts';
import { type Bundle, type Sorted, sortClaimed } from './sort-claimed.ts';
import { wantedWait } from './wishes.ts';

/** Of so many readers at a time. */
const READERS = 50;
const CLAIM_TTL_MS = 5 * 60_000;
const AT_ONCE = 2;

export async function sendDue(context: NotifyContext): Promise<SentMails> {
  const sent: SentMails = { mails: 0, notifications: 0, suppressed: 0, held: 0, bounced: 0, failed: 0, blocked: null };
  const ttlMs = context.claimTtlMs ?? CLAIM_TTL_MS;
  try {
    while (!context.signal.aborted && sent.blocked === null) {
      const claimed = await claimNotifications(context.db, { readers: READERS, ttlMs, now: context.now() });
      if (claimed.length === 0) break;
      const sorted = await sort(context, claimed);
      await settle(context, sorted, sent);
      await sendAll(context, sorted.bundles, ttlMs, sent);
    }
  } finally {
    context.mailer.transport.close();
  }
  return sent;
}

async function sort({ db, settings, mailer, now: clock }: NotifyContext, claimed: readonly Claimed[]): Promise<Sorted> {
  const now = clock();
  const people = [...new Set(claimed.flatMap(({ personId }) => personId ?? []))];
  const [readers, needless] = await Promise.all([
    loadReaders(db, people),
    findNeedless(
      db,
      claimed.map(({ id }) => id),
      now,
    ),
  ]);
  const addressee = (one: Claimed) => addresseeOf(readers.get(one.personId ?? ''), one.address, { kit: mailer.kit, mail: settings.mail });
  const addresses = [...new Set(claimed.flatMap((one) => addressee(one).address ?? []))];
  return sortClaimed(claimed, { needless, bounced: await unreachableAddresses(db, addresses), addressee, now });
}

async function settle({ db, now }: NotifyContext, { settled, postponed }: Sorted, sent: SentMails): Promise<void> {
  await settleNotifications(db, settled, now());
  await postponeNotifications(db, postponed);
  for (const { state } of settled) sent[state] += 1;
  sent.held += postponed.length;
}

/** A few at once; after the server went away the rest goes back into the queue untouched. */
async function sendAll(context: NotifyContext, bundles: readonly Bundle[], ttlMs: number, sent: SentMails): Promise<void> {
  const matters = await gatherMatters(
    context.db,
    context.settings,
    bundles.flatMap(({ addressee, notifications }) =>
      notifications.map((one) => ({ ...one, wantedMs: wantedWait(one.event, addressee.wishes) })),
    ),
    context.now(),
  );
  const left = [...bundles];
  const work = async () => {
    for (let bundle = left.shift(); bundle; bundle = left.shift()) {
      if (context.signal.aborted || sent.blocked) await giveBack(context, bundle);
      else await sendBundle(context, bundle, { matters, ttlMs, sent });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function giveBack({ db, now }: NotifyContext, { notifications }: Bundle): Promise<void> {
  const dueAt = now();
  await postponeNotifications(
    db,
    notifications.map((one) => ({ ...one, dueAt, code: null, because: null })),
  );
}
