/** Mails to those who ordered. */
import type { ToldOrder } from '../../store/mail/told-orders.ts';
import type { Tongue } from '../tongue.ts';
import { type Matter, NOTHING_MORE, requireOrder, type Told } from './matter.ts';
import { changeEntries, factsOf, linesView, orderFacts, orderValues } from './order-parts.ts';

export function tellApproved(matter: Matter, tongue: Tongue): Told {
  return tellVerdict(matter, tongue, matter.decision?.verdict === 'approve');
}

export function tellDeclined(matter: Matter, tongue: Tongue): Told {
  return tellVerdict(matter, tongue, matter.decision?.verdict === 'decline');
}

/** By whom, and with what words, where a person decided and not a rule. */
function tellVerdict(matter: Matter, tongue: Tongue, byPerson: boolean): Told {
  const { event, decision } = matter;
  const order = requireOrder(matter);
  const by = byPerson ? (decision?.by ?? 'nobody') : 'nobody';
  const values = { ...endValues(order, tongue), by };
  return {
    subject: tongue.say(`${event}.subject`, values),
    item: {
      ...NOTHING_MORE,
      title: tongue.say(`${event}.title`, values),
      lead: tongue.say(`${event}.lead`, values),
      lines: linesView(order, tongue),
      facts: [...factsOf([['fact.comment', byPerson ? decision?.comment : null]], tongue), ...orderFacts(order, matter.addresses, tongue)],
    },
  };
}

/** What was declined or has expired of a released order is a change: the order stands, and nobody should order it again. */
function endValues(order: ToldOrder, tongue: Tongue) {
  return { ...orderValues(order, tongue), stands: order.state === 'released' ? 'yes' : 'no' };
}

export function tellExpired(matter: Matter, tongue: Tongue): Told {
  const order = requireOrder(matter);
  const values = endValues(order, tongue);
  return {
    subject: tongue.say('order.expired.subject', values),
    item: {
      ...NOTHING_MORE,
      title: tongue.say('order.expired.title', values),
      lead: tongue.say('order.expired.lead', values),
      lines: linesView(order, tongue),
      facts: orderFacts(order, matter.addresses, tongue),
    },
  };
}

/** All that is new to the reader: what several have changed is said of nobody, with what each of them gave as the reason. */
export function tellChanged(matter: Matter, tongue: Tongue): Told {
  const order = requireOrder(matter);
  const { versions, withdrawUntil } = matter.change ?? { versions: [], withdrawUntil: null };
  const [before, ...made] = versions;
  const after = made.at(-1);
  const byPeople = made.filter(({ editedById }) => editedById !== null);
  const [by = 'nobody', ...others] = new Set(byPeople.flatMap(({ editedBy }) => editedBy ?? []));
  const reasons = new Set(byPeople.flatMap(({ reason }) => reason ?? []));
  const values = {
    ...orderValues(order, tongue),
    by: others.length > 0 ? 'nobody' : by,
    when: tongue.instant(after?.createdAt ?? order.submittedAt),
  };
  const entries = before && after ? changeEntries(before, after, matter.addresses, tongue) : [];
  return {
    subject: tongue.say('order.changed.subject', values),
    item: {
      ...NOTHING_MORE,
      title: tongue.say('order.changed.title', values),
      lead: tongue.say('order.changed.lead', values),
      notes: withdrawUntil === null ? [] : [tongue.say('order.changed.window', { until: tongue.instant(withdrawUntil) })],
      action: matter.linkUrl === null ? null : { label: tongue.say('action.change'), url: matter.linkUrl },
      lists: entries.length === 0 ? [] : [{ title: tongue.say('changes'), entries }],
      lines: linesView(order, tongue),
      facts: [...factsOf([['fact.reason', [...reasons].join('\n')]], tongue), ...orderFacts(order, matter.addresses, tongue)],
    },
  };
}
