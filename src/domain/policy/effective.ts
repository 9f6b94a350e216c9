/** Which policies hold for an account: its own, those above it, or both, as each one's mode says. */
import type { PolicyDocument } from './schema.ts';

/** One version of the rules of one account. */
export interface Policy {
  readonly id: string;
  readonly accountId: string;
  /** As people call the account. */
  readonly account: string;
  readonly version: number;
  /** Ids of the accounts from the company down to this one. */
  readonly path: readonly string[];
  readonly document: PolicyDocument;
}

export interface PolicyRef {
  readonly accountId: string;
  readonly account: string;
  readonly version: number;
}

export function refOf({ accountId, account, version }: Policy): PolicyRef {
  return { accountId, account, version };
}

/** From the company down. `path` leads from the company to the account asked about. An account without rules inherits. */
export function effectivePolicies(path: readonly string[], policies: ReadonlyMap<string, Policy>): Policy[] {
  const found: Policy[] = [];
  for (const accountId of [...path].reverse()) {
    const policy = policies.get(accountId);
    if (!policy || policy.document.mode === 'inherit') continue;
    found.unshift(policy);
    if (policy.document.mode === 'own') break;
  }
  return found;
}

/** A policy may take back what it or those below it say, never what stands above. */
export function mayWaive(waiving: Policy, other: Policy): boolean {
  return other.path.includes(waiving.accountId);
}
