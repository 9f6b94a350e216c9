/** Mails that are not about one's own order or approval: budgets, the radar, absences. */
import { z } from 'zod';
import { STANDINGS } from '../../store/approvals/tell-radar.ts';
import type { Tongue } from '../tongue.ts';
import { type Matter, NOTHING_MORE, requireOrder, type Told } from './matter.ts';
import { factsOf } from './order-parts.ts';
import { budgetMatter, sayBudgetReason, sayReason, sayWhat } from './radar-words.ts';
import { sayStep } from './step-words.ts';

const text = z.string();
const minor = z.coerce.number();

const budgetFacts = z.object({
  budget: text,
  budgetName: text,
  period: text,
  percent: minor,
  used: minor,
  limitedTo: minor,
  currency: text,
});

export function tellBudget({ facts }: Matter, tongue: Tongue): Told {
  const { budget, budgetName, period, percent, used, limitedTo, currency } = budgetFacts.parse(facts);
  const left = limitedTo - used;
  const money = {
    used: tongue.money(used, currency),
    limit: tongue.money(limitedTo, currency),
    available: tongue.money(Math.max(0, left), currency),
    excess: tongue.money(Math.max(0, -left), currency),
  };
  const values = {
    budget: budgetName === '' ? budget : budgetName,
    period,
    percent: tongue.percent(percent),
    over: left < 0 ? 'yes' : 'no',
    ...money,
  };
  return {
    subject: tongue.say('budget.alert.subject', values),
    item: {
      ...NOTHING_MORE,
      title: tongue.say('budget.alert.title', values),
      lead: tongue.say('budget.alert.lead', values),
      facts: factsOf(
        [
          ['fact.period', period],
          ['fact.used', money.used],
          ['fact.limit', money.limit],
          left < 0 ? ['fact.excess', money.excess] : ['fact.available', money.available],
        ],
        tongue,
      ),
    },
  };
}

const radarFacts = z.object({ reason: text.nullable().catch(null), since: z.iso.datetime({ offset: true }).nullable().catch(null) });

/** What was queued before it said how a step stands is about one that nobody may decide. */
const standing = z.enum(STANDINGS).catch('nobody');

/** Without what was ordered, by whom and for how much: the reader need not be entitled to any of it. */
export function tellRadar(matter: Matter, tongue: Tongue): Told {
  if (matter.order === null) return tellRadarBudget(matter, tongue);
  const order = requireOrder(matter);
  const { reason, since } = radarFacts.parse(matter.facts);
  const stands = standing.parse(matter.facts.standing);
  const values = { key: order.externalKey, account: order.account, standing: stands };
  return {
    subject: tongue.say('radar.listed.subject', values),
    item: {
      ...NOTHING_MORE,
      title: tongue.say('radar.listed.title', values),
      lead: tongue.say('radar.listed.lead', values),
      facts: factsOf(
        [
          ['fact.step', matter.step && sayStep(matter.step, tongue)],
          ['fact.reason', reason && sayReason(reason, tongue)],
          ['fact.since', since && tongue.instant(since)],
        ],
        tongue,
      ),
    },
  };
}

const radarBudgetFacts = radarFacts.extend({ what: text, state: text.catch(''), about: budgetMatter.nullable().catch(null) });

function tellRadarBudget({ facts }: Matter, tongue: Tongue): Told {
  const { state, about, since, ...given } = radarBudgetFacts.parse(facts);
  const what = sayWhat(given.what, about, tongue);
  return {
    subject: tongue.say('radar.budget.subject', { what }),
    item: {
      ...NOTHING_MORE,
      title: tongue.say('radar.budget.title', { what }),
      lead: tongue.say('radar.budget.lead', { what }),
      facts: factsOf(
        [
          ['fact.reason', sayBudgetReason(given.reason, state, about, tongue)],
          ['fact.since', since && tongue.instant(since)],
        ],
        tongue,
      ),
    },
  };
}

const MOST_ORDERS = 20;

const absenceFacts = z.object({
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  /** Names of people who could stand in. */
  deputies: z.array(text).catch([]),
});

export function tellHandover({ facts, waiting }: Matter, tongue: Tongue): Told {
  const { startsAt, endsAt, deputies } = absenceFacts.parse(facts);
  const count = waiting.length;
  const shown = waiting.slice(0, MOST_ORDERS).map(({ reference, account, total, currency }) => {
    return `${reference}: ${tongue.money(total, currency)} (${account})`;
  });
  const left = count - shown.length;
  const more = left > 0 ? [tongue.say('waiting.more', { count: left })] : [];
  const values = { from: tongue.instant(startsAt), until: tongue.instant(endsAt) };
  return {
    subject: tongue.say('absence.handover.subject', { count }),
    item: {
      ...NOTHING_MORE,
      title: tongue.say('absence.handover.title', { count }),
      lead: tongue.say('absence.handover.lead', values),
      notes: deputies.length === 0 ? [] : [tongue.say('absence.handover.deputies', { names: tongue.list(deputies) })],
      lists: [{ title: tongue.say('waiting'), entries: [...shown, ...more] }],
    },
  };
}
