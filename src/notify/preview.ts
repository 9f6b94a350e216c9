/** How a mail looks, without sending it: an invented example of an event, or a notification of the queue as it would leave now. */
import type { Settings } from '../config/settings.ts';
import { NeedsOperatorError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { loadNotification } from '../store/mail/claim.ts';
import { loadReaders } from '../store/mail/readers.ts';
import type { NoticeEvent } from '../store/notifications.ts';
import { addresseeOf } from './addressees.ts';
import { type ComposedMail, composeMail } from './compose-mail.ts';
import { gatherMatters } from './gather-matters.ts';
import type { MailKit } from './mail-kit.ts';
import { tongueFor } from './reader-tongue.ts';
import { sampleMatter } from './samples.ts';

/** Several events make a digest. */
export function previewSample(
  kit: MailKit,
  events: readonly NoticeEvent[],
  { language, zone }: { language: string; zone: string },
): ComposedMail {
  const tongue = tongueFor(undefined, kit.catalogues, { language, zone });
  return composeMail(kit.templates, events.map(sampleMatter), 'Jens Brandt', tongue);
}

/** Its link decides nothing: it is cut out, for a preview may be shown to anybody. */
export async function previewNotification(
  { db, settings, kit, now }: { db: Database; settings: Settings; kit: MailKit; now: Date },
  id: string,
): Promise<ComposedMail> {
  const found = await loadNotification(db, id);
  if (!found) throw new NeedsOperatorError('NOT_FOUND', `there is no notification ${id}; \`kontor mail list\` shows them`);
  const readers = await loadReaders(db, found.personId === null ? [] : [found.personId]);
  const { name, tongue } = addresseeOf(readers.get(found.personId ?? ''), found.address, { kit, mail: settings.mail });
  const http = { ...settings.http, linkSecret: undefined };
  const matters = await gatherMatters(db, { ...settings, http }, [found], now);
  return composeMail(kit.templates, [...matters.values()], name, tongue);
}
