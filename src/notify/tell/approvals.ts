/** Mails to those who are asked, or were. */
import type { OrderState } from '../../domain/orders/order.ts';
import type { Tongue } from '../tongue.ts';
import { type Matter, NOTHING_MORE, requireOrder, type Told } from './matter.ts';
import { factsOf, linesView, orderFacts, orderValues } from './order-parts.ts';
import { sayRule, sayStep } from './step-words.ts';

/** Asked, reminded, or asked because somebody else did not decide. */
export function tellAsk(matter: Matter, tongue: Tongue): Told {
  const { event, step, linkUrl } = matter;
  const order = requireOrder(matter);
  const values = orderValues(order, tongue);
  const rules = step?.rules ?? [];
  return {
    subject: tongue.say(`${event}.subject`, values),
    item: {
      title: tongue.say(`${event}.title`, values),
      lead: tongue.say(`${event}.lead`, values),
      notes: notesOf(matter, tongue),
      action: linkUrl === null ? null : { label: tongue.say('action.decide'), url: linkUrl },
      lists: rules.length === 0 ? [] : [{ title: tongue.say('why'), entries: rules.map((rule) => sayRule(rule, tongue)) }],
      lines: linesView(order, tongue),
      facts: [...orderFacts(order, matter.addresses, tongue), ...factsOf([['fact.step', step && sayStep(step, tongue)]], tongue)],
    },
  };
}

function notesOf({ step, personId, linkUrl }: Matter, tongue: Tongue): string[] {
  const mine = step?.holders.find((holder) => holder.personId === personId);
  const others = (step?.holders ?? []).filter((holder) => holder.personId !== personId).map(({ name }) => name);
  return [
    ...(mine?.forName ? [tongue.say('note.deputy', { name: mine.forName })] : []),
    ...(others.length > 0 ? [tongue.say('note.others', { names: tongue.list(others) })] : []),
    ...(linkUrl === null ? [tongue.say('note.portal')] : []),
  ];
}

const WHY: Readonly<Partial<Record<OrderState, string>>> = {
  released: 'approved',
  declined: 'declined',
  rejected_by_system: 'declined',
  withdrawn: 'withdrawn',
  cancelled: 'withdrawn',
  expired: 'expired',
};

/** Says nothing of what is in the order now: it may not concern the reader any more. */
export function tellRecall(matter: Matter, tongue: Tongue): Told {
  const order = requireOrder(matter);
  const isChanged = order.state === 'pending_approval' && matter.revision !== null && matter.revision < order.revision;
  const why = WHY[order.state] ?? (isChanged ? 'changed' : 'other');
  const values = { reference: order.reference, account: order.account, why };
  return {
    subject: tongue.say('approval.recalled.subject', values),
    item: {
      ...NOTHING_MORE,
      title: tongue.say('approval.recalled.title', values),
      lead: tongue.say('approval.recalled.lead', values),
      facts: factsOf([['fact.key', order.externalKey]], tongue),
    },
  };
}
