/** The rules of a company as they stand: its units, and the active policy of each. */
import { pathOf, type Unit } from '../domain/policy/approvers/directory.ts';
import { effectivePolicies, type Policy } from '../domain/policy/effective.ts';
import { NeedsOperatorError } from '../errors.ts';
import { loadUnits, loadUnitsOf } from '../store/approvals/directory.ts';
import { loadActivePolicies, loadPolicies, readPolicies } from '../store/approvals/policies.ts';
import { hasBudgets } from '../store/budgets/order-shares.ts';
import type { Database, Transaction } from '../store/database.ts';

export interface CompanyRules {
  readonly companyId: string;
  readonly units: ReadonlyMap<string, Unit>;
  /** By account. */
  readonly policies: ReadonlyMap<string, Policy>;
}

/** Those that are active now. */
export async function loadRules(db: Database | Transaction, companyId: string): Promise<CompanyRules> {
  const rows = await loadActivePolicies(db, companyId);
  // Most companies have neither rules nor budgets, and their orders no need of the tree.
  const isAsked = rows.length > 0 || (await hasBudgets(db, companyId));
  const units = isAsked ? await loadUnits(db, companyId) : new Map<string, Unit>();
  return { companyId, units, policies: readPolicies(rows, units) };
}

export interface PinnedRules {
  readonly companyId: string;
  readonly policyIds: readonly string[];
}

/** Of several companies, in the order given, in two statements. Where they cannot be read, why: one company keeps no other from its own. */
export async function loadPinnedRules(
  db: Database | Transaction,
  pinned: readonly PinnedRules[],
): Promise<Array<CompanyRules | NeedsOperatorError>> {
  const rows = new Map((await loadPolicies(db, [...new Set(pinned.flatMap(({ policyIds }) => policyIds))])).map((row) => [row.id, row]));
  const companies = await loadUnitsOf(db, [...new Set(pinned.map(({ companyId }) => companyId))]);
  return pinned.map(({ companyId, policyIds }) => {
    const units = companies.get(companyId) ?? new Map<string, Unit>();
    try {
      return { companyId, units, policies: readPolicies(policyIds.flatMap((id) => rows.get(id) ?? []), units, CURE_OF_PINNED) }; // biome-ignore format: one answer
    } catch (error) {
      if (error instanceof NeedsOperatorError) return error;
      throw error;
    }
  });
}

/** A corrected version is for new orders. */
const CURE_OF_PINNED = 'revise the orders that wait by it, or withdraw them, or bring back a version of Kontor that reads it';

/** From the company down to the account. */
export function rulesAt({ units, policies }: CompanyRules, accountId: string): Policy[] {
  return effectivePolicies(pathOf(units, accountId), policies);
}

export function zoneOf({ units, companyId }: CompanyRules): string {
  return units.get(companyId)?.timeZone ?? 'UTC';
}
