/** Policies as people look at them. */
import type { Database } from '../database.ts';

export interface ListedPolicy {
  readonly accountId: string;
  readonly number: string | null;
  readonly account: string;
  readonly version: number;
  readonly state: 'draft' | 'active' | 'retired';
  readonly mode: string;
  readonly rules: number;
  readonly reason: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly activatedBy: string | null;
  readonly activatedAt: Date | null;
}

const COLUMNS = `p.account_id as "accountId", a.number, coalesce(a.name, 'account ' || p.account_id) as account, p.version, p.state,
  p.document ->> 'mode' as mode, coalesce(jsonb_array_length(p.document -> 'rules'), 0) as rules, p.reason,
  p.created_by as "createdBy", p.created_at as "createdAt", p.activated_by as "activatedBy", p.activated_at as "activatedAt"`;

/** Of one account, or of all; newest version first. `withRetired`: also what holds no more. */
export async function listPolicies(db: Database, filter: { accountId?: string; withRetired: boolean }): Promise<ListedPolicy[]> {
  const { rows } = await db.raw<{ rows: ListedPolicy[] }>(
    `select ${COLUMNS} from policies p left join accounts a on a.id = p.account_id
     where (:accountId::bigint is null or p.account_id = :accountId) and (:withRetired or p.state <> 'retired')
     order by a.name, p.account_id, p.version desc`,
    { accountId: filter.accountId ?? null, withRetired: filter.withRetired },
  );
  return rows;
}

/** Roots of the trees in which any rules are active. */
export async function companiesWithRules(db: Database): Promise<string[]> {
  const { rows } = await db.raw<{ rows: Array<{ id: string }> }>(
    `with recursive up(id) as (
       select account_id from policies where state = 'active'
       union select a.parent_id from accounts a join up on a.id = up.id where a.parent_id is not null)
     select a.id from up join accounts a using (id) where a.parent_id is null order by a.id`,
  );
  return rows.map(({ id }) => id);
}

export interface PolicyEvent {
  readonly version: number;
  readonly at: Date;
  readonly action: 'put' | 'activated' | 'retired';
  readonly by: string;
  readonly reason: string | null;
}

export interface ShownPolicy extends ListedPolicy {
  readonly document: unknown;
  /** What was done to the rules of this account, newest first. */
  readonly log: readonly PolicyEvent[];
}

/** The active one, else the newest, if no version is named; `null`: there is none. */
export async function showPolicy(db: Database, accountId: string, version?: number): Promise<ShownPolicy | null> {
  const { rows } = await db.raw<{ rows: Array<ListedPolicy & { document: unknown }> }>(
    `select ${COLUMNS}, p.document from policies p left join accounts a on a.id = p.account_id
     where p.account_id = :accountId and (:version::int is null or p.version = :version)
     order by p.state = 'active' desc, p.version desc limit 1`,
    { accountId, version: version ?? null },
  );
  if (!rows[0]) return null;
  const { rows: log } = await db.raw<{ rows: PolicyEvent[] }>(
    'select version, at, action, by, reason from policy_log where account_id = ? order by id desc',
    [accountId],
  );
  return { ...rows[0], log };
}
