/** Which weeks ahead have nobody to decide, rule by rule, company by company. */
import { pathOf } from '../domain/policy/approvers/directory.ts';
import { type CoverageDay, type CoverageGap, gapsOf, workDaysAhead } from '../domain/policy/coverage.ts';
import { findCompany } from '../store/approvals/directory.ts';
import { companiesWithRules } from '../store/approvals/list-policies.ts';
import type { Database, Transaction } from '../store/database.ts';
import { type CompanyPeople, peopleOf, questionAt, withManagers } from './company-people.ts';
import { loadRules, rulesAt, zoneOf } from './company-rules.ts';

export interface Coverage {
  readonly weeks: number;
  /** By week. */
  readonly gaps: readonly CoverageGap[];
}

export interface CoverageAsked {
  /** With all below it; every company that has rules if `null`. */
  readonly accountId: string | null;
  readonly weeks: number;
}

/** Amounts are left out: who could decide anything at all. */
export async function findGaps(db: Database, { accountId, weeks }: CoverageAsked, now: Date): Promise<Coverage> {
  const companyIds = accountId === null ? await companiesWithRules(db) : [await findCompany(db, accountId)];
  const gaps: CoverageGap[] = [];
  for (const companyId of companyIds)
    gaps.push(...(await db.transaction((trx) => gapsOfCompany(trx, { companyId, accountId, weeks }, now))));
  return { weeks, gaps: gaps.sort((a, b) => a.week.localeCompare(b.week)) };
}

async function gapsOfCompany(
  trx: Transaction,
  { companyId, accountId, weeks }: CoverageAsked & { companyId: string },
  now: Date,
): Promise<CoverageGap[]> {
  const rules = await loadRules(trx, companyId);
  const stages = [...rules.policies.values()].flatMap(({ document }) => document.rules.flatMap((rule) => rule.stages));
  if (stages.length === 0) return [];
  const company = await peopleOf(trx, rules, withManagers(stages.map(({ approvers }) => ({ approvers, clock: null }))), now);
  const days = workDaysAhead(now, weeks, zoneOf(rules)).map((day): CoverageDay => ({ ...day, signature: signatureOf(company, day.at) }));
  const gaps: CoverageGap[] = [];
  for (const [id, { name }] of rules.units) {
    if (accountId !== null && !pathOf(rules.units, id).includes(accountId)) continue;
    const people = [...company.directory.people.values()].filter((person) => person.accountId === id);
    gaps.push(...gapsOf({ id, name, policies: rulesAt(rules, id), people }, days, (order, at) => questionAt(company, '0', order, at)));
  }
  return gaps;
}

/** The windows and absences that hold. */
function signatureOf({ windows, absences }: CompanyPeople, at: Date): string {
  const holds = (all: ReadonlyArray<{ id?: string; startsAt: Date; endsAt: Date }>) =>
    all.flatMap((one, n) => (one.startsAt <= at && one.endsAt > at ? [n] : [])).join();
  return `${holds(windows)};${holds(absences)}`;
}
