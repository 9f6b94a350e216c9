/** Policies by version. One of an account is active at a time; what was done to each, by whom and why, stays in `policy_log`. */
import type { Unit } from '../../domain/policy/approvers/directory.ts';
import { pathOf } from '../../domain/policy/approvers/directory.ts';
import type { Policy } from '../../domain/policy/effective.ts';
import { policySchema } from '../../domain/policy/schema.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { Database, Transaction } from '../database.ts';
import { COMPANY_TREE } from './directory.ts';

export interface PolicyRow {
  readonly id: string;
  readonly accountId: string;
  readonly version: number;
  /** As it was put. */
  readonly document: unknown;
}

export interface PolicyChange {
  readonly accountId: string;
  readonly by: string;
  readonly reason: string | null;
}

const COLUMNS = `p.id, p.account_id as "accountId", p.version, p.document`;

export async function loadActivePolicies(db: Database | Transaction, companyId: string): Promise<PolicyRow[]> {
  const { rows } = await db.raw<{ rows: PolicyRow[] }>(
    `${COMPANY_TREE} select ${COLUMNS} from policies p join tree on tree.id = p.account_id where p.state = 'active'`,
    { companyId },
  );
  return rows;
}

/** The versions an order was matched with, whatever has become of them. */
export async function loadPolicies(db: Database | Transaction, ids: readonly string[]): Promise<PolicyRow[]> {
  const { rows } = await db.raw<{ rows: PolicyRow[] }>(`select ${COLUMNS} from policies p where p.id = any(:ids::bigint[])`, { ids });
  return rows;
}

/** By account. Throws RULES_INVALID, with the cure, for a document this version cannot read: nothing is approved by rules nobody understands. */
export function readPolicies(
  rows: readonly PolicyRow[],
  units: ReadonlyMap<string, Unit>,
  cure = 'put a corrected version',
): Map<string, Policy> {
  const policies = rows.map(({ id, accountId, version, document }): Policy => {
    const parsed = policySchema.safeParse(document);
    const account = units.get(accountId)?.name ?? `account ${accountId}`;
    if (parsed.success) return { id, accountId, account, version, path: pathOf(units, accountId), document: parsed.data };
    const message = `version ${version} of the rules of ${account} cannot be used: ${parsed.error.issues[0]?.message}; ${cure}`;
    throw new NeedsOperatorError('RULES_INVALID', message, { cause: parsed.error, details: { accountId, version } });
  });
  return new Map(policies.map((policy) => [policy.accountId, policy]));
}

/** As it was put; `null`: the account has no rules of its own. */
export async function activeDocument(trx: Transaction, accountId: string): Promise<unknown> {
  const { rows } = await trx.raw<{ rows: Array<{ document: unknown }> }>(
    `select document from policies where account_id = :accountId and state = 'active'`,
    { accountId },
  );
  return rows[0]?.document ?? null;
}

/** Answers the version. A draft is only kept; else it takes the place of the active one. */
export async function insertPolicy(
  trx: Transaction,
  { accountId, by, reason, document, draft }: PolicyChange & { document: unknown; draft: boolean },
  now: Date,
): Promise<number> {
  await lockPolicies(trx, accountId);
  const { rows } = await trx.raw<{ rows: Array<{ version: number }> }>(
    `insert into policies (account_id, version, state, document, reason, created_by, created_at)
     select :accountId::bigint, coalesce(max(version), 0) + 1, 'draft', :json::jsonb, :reason::text, :by::text, :now::timestamptz
     from policies where account_id = :accountId returning version`,
    { accountId, by, reason, now, json: JSON.stringify(document) },
  );
  const version = Number(rows[0]?.version);
  await appendPolicyLog(trx, { accountId, by, reason, version, action: 'put' }, now);
  if (!draft) await activatePolicy(trx, { accountId, by, reason, version }, now);
  return version;
}

/** A retired version may become active again. Orders that wait keep the versions they were matched with. */
export async function activatePolicy(trx: Transaction, change: PolicyChange & { version: number }, now: Date): Promise<void> {
  const { accountId, version, by } = change;
  await lockPolicies(trx, accountId);
  const { rows } = await trx.raw<{ rows: Array<{ version: number }> }>(
    `update policies set state = 'retired' where account_id = :accountId and state = 'active' and version <> :version returning version`,
    { accountId, version },
  );
  const { rowCount } = (await trx.raw(
    `update policies set state = 'active', activated_by = :by, activated_at = :now
     where account_id = :accountId and version = :version and state in ('draft', 'retired')`,
    { accountId, version, by, now },
  )) as { rowCount: number };
  if (rowCount === 0) {
    const message = `version ${version} of these rules is active already, or there is none; \`kontor rules list\` shows them`;
    throw new NeedsOperatorError('NOT_FOUND', message, { details: { accountId, version } });
  }
  for (const retired of rows) await appendPolicyLog(trx, { ...change, version: retired.version, action: 'retired' }, now);
  await appendPolicyLog(trx, { ...change, action: 'activated' }, now);
}

async function appendPolicyLog(trx: Transaction, entry: PolicyChange & { version: number; action: string }, now: Date): Promise<void> {
  await trx.raw(
    `insert into policy_log (account_id, version, at, action, by, reason)
     values (:accountId::bigint, :version, :now, :action, :by, :reason)`,
    { ...entry, now },
  );
}

/** Versions are counted one after the other, and one is active. */
/** Whoever changes rules of the account after reading them holds this. */
export async function lockPolicies(trx: Transaction, accountId: string): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended('policies ' || :accountId::text, 0))`, { accountId });
}
