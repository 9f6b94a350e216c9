/** One or several notifications of one reader become one mail: subject, HTML and text. */
import type { NoticeEvent } from '../store/notifications.ts';
import type { MailView } from './mail-view.ts';
import { ASKS, tell } from './tell/index.ts';
import type { Matter } from './tell/matter.ts';
import type { Templates } from './templates.ts';
import type { Tongue } from './tongue.ts';

export interface ComposedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

const LONGEST_SUBJECT = 200;

/** What asks for a decision stands first. */
export function composeMail(templates: Templates, matters: readonly Matter[], name: string | null, tongue: Tongue): ComposedMail {
  const sorted = [...matters].sort((a, b) => Number(ASKS.has(b.event)) - Number(ASKS.has(a.event)));
  const told = sorted.map((matter) => ({ event: matter.event, ...tell(matter, tongue) }));
  const subject = oneLine(subjectOf(told, tongue));
  const view: MailView = {
    language: tongue.language,
    subject,
    preview: told[0]?.item.lead ?? '',
    greeting: name === null ? tongue.say('greeting.nobody') : tongue.say('greeting', { name }),
    intro: told.length > 1 ? tongue.say('digest.intro', { count: told.length }) : null,
    isDigest: told.length > 1,
    items: told.map(({ event, item }) => ({ event, template: templates.itemTemplate(event), ...item })),
    closing: [...(told.some(({ item }) => item.action !== null) ? [tongue.say('closing.link')] : []), tongue.say('closing')],
  };
  return { subject, html: templates.html(view), text: templates.text(view) };
}

function subjectOf(told: ReadonlyArray<{ event: NoticeEvent; subject: string }>, tongue: Tongue): string {
  const first = told[0]?.subject ?? '';
  if (told.length < 2) return first;
  const asks = told.filter(({ event }) => ASKS.has(event)).length;
  const more = told.length - asks;
  if (asks === 0) return tongue.say('digest.subject.others', { count: more, first });
  return more === 0 ? tongue.say('digest.subject.asks', { asks }) : tongue.say('digest.subject.asksAndMore', { asks, more });
}

/** A line break from a profile would begin a header of its own. */
export function oneLine(text: string): string {
  const line = text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u00a0\u202f]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
  return line.length <= LONGEST_SUBJECT ? line : `${line.slice(0, LONGEST_SUBJECT - 1).trimEnd()}…`;
}
