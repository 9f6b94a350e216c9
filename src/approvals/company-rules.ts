/** The rules of a company as they stand: its units, and the active policy of each. */
import { pathOf, type Unit } from '../domain/policy/approvers/directory.ts';
import { effectivePolicies, type Policy } from '../domain/policy/effective.ts';
import { loadUnits } from '../store/approvals/directory.ts';
import { loadActivePolicies, loadPolicies, readPolicies } from '../store/approvals/policies.ts';
import { hasBudgets } from '../store/budgets/order-shares.ts';
import type { Database, Transaction } from '../store/database.ts';

export interface CompanyRules {
  readonly companyId: string;
  readonly units: ReadonlyMap<string, Unit>;
  /** By account. */
  readonly policies: ReadonlyMap<string, Policy>;
}

/** Pinned to `policyIds`, or those that are active now. */
export async function loadRules(db: Database | Transaction, companyId: string, policyIds?: readonly string[]): Promise<CompanyRules> {
  const rows = policyIds ? await loadPolicies(db, policyIds) : await loadActivePolicies(db, companyId);
  // Most companies have neither rules nor budgets, and their orders no need of the tree.
  const isAsked = rows.length > 0 || policyIds !== undefined || (await hasBudgets(db, companyId));
  const units = isAsked ? await loadUnits(db, companyId) : new Map<string, Unit>();
  return { companyId, units, policies: readPolicies(rows, units) };
}

/** From the company down to the account. */
export function rulesAt({ units, policies }: CompanyRules, accountId: string): Policy[] {
  return effectivePolicies(pathOf(units, accountId), policies);
}

export function zoneOf({ units, companyId }: CompanyRules): string {
  return units.get(companyId)?.timeZone ?? 'UTC';
}
