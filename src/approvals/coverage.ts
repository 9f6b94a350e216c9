/** Which weeks ahead have nobody to decide, rule by rule, company by company. */
import { pathOf } from '../domain/policy/approvers/directory.ts';
import {
  type CoverageGap,
  type CoverageWeek,
  gapsOf,
  leastAmount,
  type QuestionIn,
  type Week,
  weeksAhead,
} from '../domain/policy/coverage.ts';
import { NO_RATES, type RateBook } from '../domain/rates/rate.ts';
import type { WorkCalendar } from '../domain/work-calendar/calendar.ts';
import { workTimeBetween } from '../domain/work-calendar/work-time.ts';
import { findCompany } from '../store/approvals/directory.ts';
import { companiesWithRules } from '../store/approvals/list-policies.ts';
import type { Database, Transaction } from '../store/database.ts';
import { peopleOf, questionAt, withManagers } from './company-people.ts';
import { type CompanyRules, loadRules, rulesAt, zoneOf } from './company-rules.ts';
import { loadRateBooks } from './load-rates.ts';
import { loadWorkTimes, type WorkTimes } from './work-times.ts';

/** A rule whose conditions name no amount: approve limits could not be asked about it. */
export interface UnknownAmount {
  readonly account: string;
  readonly rule: string;
}

export interface Coverage {
  readonly weeks: number;
  /** By week. */
  readonly gaps: readonly CoverageGap[];
  /** Only where there are approve limits. */
  readonly limitsLeftOut: readonly UnknownAmount[];
}

export interface CoverageAsked {
  /** With all below it; every company that has rules if `null`. */
  readonly accountId: string | null;
  readonly weeks: number;
  readonly rateMaxAgeDays: number;
}

export async function findGaps(db: Database, asked: CoverageAsked, now: Date): Promise<Coverage> {
  const { accountId, weeks } = asked;
  const companyIds = accountId === null ? await companiesWithRules(db) : [await findCompany(db, accountId)];
  const gaps: CoverageGap[] = [];
  const limitsLeftOut: UnknownAmount[] = [];
  for (const companyId of companyIds) {
    const found = await db.transaction((trx) => coverageOfCompany(trx, companyId, asked, now));
    gaps.push(...found.gaps);
    limitsLeftOut.push(...found.limitsLeftOut);
  }
  return { weeks, gaps: gaps.sort((a, b) => a.week.localeCompare(b.week)), limitsLeftOut };
}

async function coverageOfCompany(
  trx: Transaction,
  companyId: string,
  { accountId, weeks, rateMaxAgeDays }: CoverageAsked,
  now: Date,
): Promise<Pick<Coverage, 'gaps' | 'limitsLeftOut'>> {
  const rules = await loadRules(trx, companyId);
  const stages = [...rules.policies.values()].flatMap(({ document }) => document.rules.flatMap((rule) => rule.stages));
  if (stages.length === 0) return { gaps: [], limitsLeftOut: [] };
  const company = await peopleOf(trx, rules, withManagers(stages.map(({ approvers }) => ({ approvers, clock: null }))), now);
  const personIds = [...company.directory.people.keys()];
  const times = await loadWorkTimes(trx, personIds, now);
  const ahead = weeksAhead(now, weeks, zoneOf(rules)).map((week) => withPresence(week, personIds, times));
  const rates = await loadRatesOf(trx, rules, rateMaxAgeDays, now);
  const questionIn: QuestionIn = (order, { away }, noon) => {
    const question = questionAt(company, '0', { ...order, rates: rates.get(order.currency) ?? NO_RATES }, noon);
    return { ...question, directory: { ...question.directory, away } };
  };
  const units = [...rules.units].filter(([id]) => accountId === null || pathOf(rules.units, id).includes(accountId));
  return {
    gaps: units.flatMap(([id, { name }]) => {
      const people = [...company.directory.people.values()].filter((person) => person.accountId === id);
      return [...gapsOf({ id, name, policies: rulesAt(rules, id), people }, ahead, questionIn)];
    }),
    limitsLeftOut: rulesWithoutAmount(rules, units.map(([id]) => id)), // biome-ignore format: one field
  };
}

/** Who works in the week at all, holidays and absences taken out. Of those who are never absent one stands for all of a calendar. */
function withPresence(week: Week, personIds: readonly string[], { calendarOf, awayOf }: WorkTimes): CoverageWeek {
  const { from, until } = week;
  const open = new Map<WorkCalendar, boolean>();
  const idle = new Set<string>();
  const away = new Set<string>();
  for (const id of personIds) {
    const calendar = calendarOf(id);
    const works = open.get(calendar) ?? workTimeBetween(calendar, from, until) > 0;
    open.set(calendar, works);
    const absences = awayOf(id).filter((one) => one.from < until && one.until > from);
    if (works && (absences.length === 0 || workTimeBetween(calendar, from, until, absences) > 0)) continue;
    idle.add(id);
    if (absences.length > 0) away.add(id);
  }
  return { ...week, idle, away };
}

/** Of today, by the currency that a rule names its amount in. */
async function loadRatesOf(trx: Transaction, rules: CompanyRules, maxAgeDays: number, now: Date): Promise<Map<string, RateBook>> {
  const named = [...rules.policies.values()].flatMap(({ document }) => document.rules.flatMap((rule) => leastAmount(rule)?.currency ?? []));
  const currencies = [...new Set(named)];
  const orders = currencies.map((currency) => ({ order: { submittedAt: now }, content: { currency }, spend: new Map(), budgets: [] }));
  const books = await loadRateBooks(trx, orders, rules, maxAgeDays);
  return new Map(currencies.map((currency, n) => [currency, books[n] ?? NO_RATES]));
}

function rulesWithoutAmount(rules: CompanyRules, unitIds: readonly string[]): UnknownAmount[] {
  const hasLimits = [...rules.policies.values()].some(({ document }) => document.limits.approve !== undefined);
  if (!hasLimits) return [];
  const asked = new Set(unitIds.flatMap((id) => rulesAt(rules, id)));
  return [...asked].flatMap(
    ({ account, document }) =>
    document.rules
      .filter((rule) => rule.effect === 'require' && leastAmount(rule) === null)
      .map(({ name }) => ({ account, rule: name })), // biome-ignore format: one chain
  );
}
