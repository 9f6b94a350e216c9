/** Whom and what the references of submissions mean, for many submissions in a few statements. */
import type { EntityName } from '../../connector/entities.ts';
import type { Database, Transaction } from '../database.ts';

export type Resolvable = Extract<EntityName, 'account' | 'contact' | 'address'>;

/** Every local id that fits each reference: external id of any connection, else (accounts) number; `id:17` is our own. */
export async function resolveReferences(
  db: Database | Transaction,
  entity: Resolvable,
  references: readonly string[],
): Promise<Map<string, string[]>> {
  const table = { account: 'accounts', contact: 'contacts', address: 'addresses' }[entity];
  const byNumber =
    entity === 'account'
      ? 'select a.ref, p.id from asked a join accounts p on p.number = a.ref'
      : 'select null::text as ref, null::bigint as id where false';
  const { rows } = await db.raw<{ rows: Array<{ ref: string; ids: string[] }> }>(
    `with asked as materialized (select distinct ref from unnest(:references::text[]) as given (ref)),
     named as (select a.ref, p.id from asked a join ${table} p on p.id = substring(a.ref from '^id:([0-9]{1,18})$')::bigint),
     linked as (
       select a.ref, l.local_id as id from asked a join sources s on s.entity = :entity
       join links l on l.source_id = s.id and l.key in (a.ref, lower(a.ref)) where a.ref not in (select ref from named)
     ),
     numbered (ref, id) as (select ref, id from (${byNumber}) n where ref not in (select ref from linked union all select ref from named))
     select ref, array_agg(distinct id::text) as ids from (table named union all table linked union all table numbered) found group by ref`,
    { references: [...references], entity },
  );
  return new Map(rows.map(({ ref, ids }) => [ref, ids]));
}

/** Every contact that fits each reference; one with an @ is a mail address. */
export async function resolvePeople(db: Database | Transaction, references: readonly string[]): Promise<Map<string, string[]>> {
  const mails = references.filter((reference) => reference.includes('@'));
  const { rows } = await db.raw<{ rows: Array<{ ref: string; ids: string[] }> }>(
    `select m.ref, array_agg(c.id::text order by c.id) as ids from unnest(:mails::text[]) as m (ref)
     join contacts c on lower(c.email) = lower(m.ref) group by m.ref`,
    { mails },
  );
  const named = await resolveReferences(
    db,
    'contact',
    references.filter((reference) => !reference.includes('@')),
  );
  return new Map([...named, ...rows.map(({ ref, ids }) => [ref, ids] as const)]);
}

export interface AccountInTree {
  readonly id: string;
  readonly number: string | null;
  readonly name: string;
  readonly status: string;
  readonly timeZone: string | null;
  readonly currency: string | null;
  readonly paymentTerms: string | null;
  readonly costCentres: readonly string[] | null;
}

/** Far deeper than any company; a circle, which a pull refuses, would have no end. */
const DEEPEST = 32;

/** Of each account: itself and those above it, up to the root. */
export async function loadTrees(db: Database | Transaction, ids: readonly string[]): Promise<Map<string, AccountInTree[]>> {
  const { rows } = await db.raw<{ rows: Array<{ start: string; tree: AccountInTree[] }> }>(
    `with recursive up as (
       select a.id as start, 0 as depth, a.* from accounts a where a.id = any(:ids::bigint[])
       union all
       select up.start, up.depth + 1, p.* from up join accounts p on p.id = up.parent_id where up.depth < ${DEEPEST}
     )
     select start, jsonb_agg(jsonb_build_object('id', id::text, 'number', number, 'name', name, 'status', status, 'timeZone', time_zone,
       'currency', currency, 'paymentTerms', payment_terms, 'costCentres', cost_centres) order by depth) as tree
     from up group by start`,
    { ids: [...ids] },
  );
  return new Map(rows.map(({ start, tree }) => [start, tree]));
}

export interface PersonFacts {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly accountId: string | null;
  readonly costCentre: string | null;
}

export async function loadPeople(db: Database | Transaction, ids: readonly string[]): Promise<Map<string, PersonFacts>> {
  const { rows } = await db.raw<{ rows: PersonFacts[] }>(
    `select id, name, status, account_id as "accountId", cost_centre as "costCentre" from contacts where id = any(:ids::bigint[])`,
    { ids: [...ids] },
  );
  return new Map(rows.map((person) => [person.id, person]));
}

export interface AddressFacts {
  readonly id: string;
  readonly accountId: string | null;
  readonly role: string;
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

export async function loadAddresses(db: Database | Transaction, ids: readonly string[]): Promise<Map<string, AddressFacts>> {
  const { rows } = await db.raw<{ rows: AddressFacts[] }>(
    `select id, account_id as "accountId", role, valid_from as "validFrom", valid_to as "validTo" from addresses where id = any(:ids::bigint[])`,
    { ids: [...ids] },
  );
  return new Map(rows.map((address) => [address.id, address]));
}

export interface DefaultAddresses {
  readonly shipTo: string | null;
  readonly billTo: string | null;
}

/** Of each account the nearest addresses upwards that hold on the day: the one marked as default, or the only one there. */
export async function loadDefaults(
  db: Database | Transaction,
  asked: ReadonlyArray<{ account: string; day: string }>,
): Promise<Map<string, DefaultAddresses>> {
  const { rows } = await db.raw<{ rows: Array<DefaultAddresses & { start: string }> }>(
    `with recursive asked as (select distinct account, day from jsonb_to_recordset(:asked::jsonb) as given (account bigint, day date)),
     up as (
       select a.id as start, asked.day, 0 as depth, a.id, a.parent_id from asked join accounts a on a.id = asked.account
       union all
       select up.start, up.day, up.depth + 1, p.id, p.parent_id from up join accounts p on p.id = up.parent_id where up.depth < ${DEEPEST}
     ), there as (
       select up.start, d.role, d.id, coalesce(d.is_default, false) as marked, up.depth, min(up.depth) over (partition by up.start, d.role) as nearest
       from up join addresses d on d.account_id = up.id and d.role in ('ship_to', 'bill_to')
         and coalesce(d.valid_from <= up.day, true) and coalesce(d.valid_to > up.day, true)
     ), chosen as (
       select start, role, coalesce(min(id) filter (where marked), case when count(*) = 1 then min(id) end) as id
       from there where depth = nearest group by start, role
     )
     select start, max(id) filter (where role = 'ship_to') as "shipTo", max(id) filter (where role = 'bill_to') as "billTo" from chosen group by start`,
    { asked: JSON.stringify(asked) },
  );
  return new Map(rows.map(({ start, shipTo, billTo }) => [start, { shipTo, billTo }]));
}
