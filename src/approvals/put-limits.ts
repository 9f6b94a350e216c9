/** Limits that HR keeps in a table become the next version of an account's rules; without a change there is none. */
import { isDeepStrictEqual } from 'node:util';
import { type PolicyDocument, policySchema } from '../domain/policy/schema.ts';
import { type LimitEntry, NO_RULES, type WrittenRules, withLimits } from '../domain/policy/with-limits.ts';
import { NeedsOperatorError } from '../errors.ts';
import { activeDocument, insertPolicy, lockPolicies, type PolicyChange } from '../store/approvals/policies.ts';
import type { Database } from '../store/database.ts';

export interface PutLimits {
  /** `null`: the rules say all of it already. */
  readonly version: number | null;
  readonly document: PolicyDocument;
}

/** Throws RULES_INVALID where limits would not hold, or are not whole. */
export async function putLimits(
  db: Database,
  account: { readonly name: string; readonly entries: readonly LimitEntry[]; readonly replace: boolean },
  change: PolicyChange & { readonly draft: boolean },
  now: Date,
): Promise<PutLimits> {
  return db.transaction(async (trx) => {
    await lockPolicies(trx, change.accountId);
    const before = ((await activeDocument(trx, change.accountId)) ?? NO_RULES) as WrittenRules;
    const after = withLimits(before, account.entries, account.replace);
    const document = requireWhole(account.name, after);
    if (isDeepStrictEqual(before, after)) return { version: null, document };
    return { version: await insertPolicy(trx, { ...change, document: after }, now), document };
  });
}

function requireWhole(account: string, rules: WrittenRules): PolicyDocument {
  if (rules.mode === 'inherit')
    throw invalid(
      `the rules of ${account} say mode inherit, where limits of its own do not hold; put them with mode own_plus_parent first`,
    );
  for (const [purpose, limits] of Object.entries(rules.limits ?? {}))
    if (limits.default === undefined)
      throw invalid(`limits to ${purpose} need one for everybody who is not named; add a row without person and role`);
  const parsed = policySchema.safeParse(rules);
  if (parsed.success) return parsed.data;
  const told = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw invalid(`with these limits the rules of ${account} cannot be used\n${told.join('\n')}`, parsed.error);
}

function invalid(message: string, cause?: unknown): NeedsOperatorError {
  return new NeedsOperatorError('RULES_INVALID', message, { cause });
}
