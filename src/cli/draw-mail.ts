/** Notifications and their mails, for people. */
import type { listNotifications, NotificationDetail } from '../store/views/list-notifications.ts';
import { formatInstant } from './format.ts';
import { drawFacts, drawTable } from './table.ts';
import { plain, type Terminal } from './terminal.ts';

type Listed = Awaited<ReturnType<typeof listNotifications>>;

export function* drawNotifications({ notifications, counts, next }: Listed, terminal: Terminal): Generator<string> {
  if (notifications.length === 0) {
    yield 'nobody was to be told anything that fits; leave options out to see more';
    return;
  }
  const rows = notifications.map(({ id, event, state, code, person, order, dueAt, settledAt, because }) => [
    id,
    event,
    state,
    plain(person?.name ?? '(an address)'),
    order?.externalKey ?? '',
    formatInstant(settledAt ?? dueAt),
    [code, because && plain(because)].filter(Boolean).join(': '),
  ]);
  const titles = ['number', 'event', 'state', 'to', 'order', 'at', 'why'];
  yield* drawTable(
    titles.map((title) => ({ title, ...(title === 'why' || title === 'to' ? { least: 10 } : {}) })),
    rows,
    terminal,
  );
  yield '';
  yield Object.entries(counts)
    .map(([state, n]) => `${state} ${n}`)
    .join(', ');
  if (next !== null) yield `more: --before ${next}`;
}

export function* drawNotification(detail: NotificationDetail, terminal: Terminal): Generator<string> {
  const { id, event, state, code, because, person, order, address, mail } = detail;
  yield* drawFacts(
    [
      ['number', id],
      ['event', event],
      ['state', state],
      ['why', [code, because && plain(because)].filter(Boolean).join(': ')],
      ['to', person && `${plain(person.name)} (id:${person.id})`],
      ['address', address && plain(address)],
      ['order', order?.externalKey],
      ['revision', detail.revision === null ? null : String(detail.revision)],
      ['about', detail.dedupeKey],
      ['caused', formatInstant(detail.createdAt)],
      ['not before', formatInstant(detail.notBefore)],
      [state === 'queued' ? 'looked at' : 'settled', formatInstant(state === 'queued' ? detail.dueAt : detail.settledAt)],
    ],
    terminal,
  );
  if (!mail) return;
  yield '';
  yield* drawFacts(
    [
      ['mail', mail.id],
      ['message id', mail.messageId],
      ['sent to', plain(mail.address)],
      ['holds', mail.holds === 1 ? 'this one' : `${mail.holds} notifications`],
      ['attempts', String(mail.attempts)],
      ['handed over', formatInstant(new Date(mail.departedAt))],
      ['taken', mail.sentAt && formatInstant(new Date(mail.sentAt))],
      ['answer', mail.answer && plain(mail.answer)],
      ['came back', mail.bouncedAt && formatInstant(new Date(mail.bouncedAt))],
      ['because', mail.bounce && plain(mail.bounce)],
    ],
    terminal,
  );
}
