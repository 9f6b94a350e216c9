/** The units and people of a company as they are now, in a few statements whatever its size. */
import { type Delegation, type Directory, identityOf, type Person, type Unit } from '../../domain/policy/approvers/directory.ts';
import { FARTHEST } from '../../domain/policy/approvers/follow-deputies.ts';
import type { Database, Transaction } from '../database.ts';
import { listAbsences } from '../work-calendars/absences.ts';

/** Ids of a company and all units below it; circles, which no pull lets in, would end. */
export const COMPANY_TREE = `with recursive tree(id) as (
  select id from accounts where id = :companyId::bigint
  union select a.id from accounts a join tree on a.parent_id = tree.id)`;

export async function loadUnits(db: Database | Transaction, companyId: string): Promise<Map<string, Unit>> {
  const { rows } = await db.raw<{ rows: Unit[] }>(
    `${COMPANY_TREE} select a.id, a.parent_id as "parentId", a.name, a.account_manager as "accountManager",
       a.time_zone as "timeZone"
     from tree join accounts a using (id)`,
    { companyId },
  );
  return new Map(rows.map((unit) => [unit.id, unit]));
}

/** Of several companies in one statement, by company. */
export async function loadUnitsOf(db: Database | Transaction, companyIds: readonly string[]): Promise<Map<string, Map<string, Unit>>> {
  const { rows } = await db.raw<{ rows: Array<Unit & { companyId: string }> }>(
    `with recursive tree(company, id) as (
       select id, id from accounts where id = any(:companyIds::bigint[])
       union select tree.company, a.id from accounts a join tree on a.parent_id = tree.id)
     select tree.company as "companyId", a.id, a.parent_id as "parentId", a.name, a.account_manager as "accountManager", a.time_zone as "timeZone"
     from tree join accounts a using (id)`,
    { companyIds: [...companyIds] },
  );
  const companies = new Map(companyIds.map((id) => [id, new Map<string, Unit>()]));
  for (const { companyId, ...unit } of rows) companies.get(companyId)?.set(unit.id, unit);
  return companies;
}

/** Whoever can be told that something waits, in one way or the other. */
export const IS_REACHABLE = `(coalesce(c.email, '') <> '' and not exists (select from bounced_addresses b where b.address = lower(c.email)) or coalesce(c.attributes ->> 'portalLogin', 'false') not in ('false', 'no', '0', ''))`;

const PERSON_COLUMNS = `c.id, c.name, c.email, ${IS_REACHABLE} as "isReachable", c.account_id as "accountId", c.status, c.superior_id as "superiorId", c.cost_centre as "costCentre",
  array(select lower(btrim(role)) from unnest(c.roles) role) as roles, c.attributes ->> 'visibility' as visibility,
  array(select lower(btrim(l.external_id)) from links l join sources s on s.id = l.source_id and s.entity = 'contact' where l.local_id = c.id)
    || ('id:' || c.id) as names`;

export async function loadPeople(db: Database | Transaction, ids: readonly string[]): Promise<Map<string, Person>> {
  const { rows } = await db.raw<{ rows: Person[] }>(`select ${PERSON_COLUMNS} from contacts c where c.id = any(:ids::bigint[])`, { ids });
  return new Map(rows.map((person) => [person.id, person]));
}

/** Whom a number stands for, as `identityOf` says. */
export async function loadIdentities(db: Database | Transaction, ids: readonly string[]): Promise<Map<string, string>> {
  const people = await loadPeople(db, [...new Set(ids)]);
  return new Map([...people.keys()].map((id) => [id, identityOf({ people }, id)]));
}

export interface DirectoryQuestion {
  readonly companyId: string;
  readonly units: ReadonlyMap<string, Unit>;
  readonly now: Date;
  readonly withManagers: boolean;
  /** Who was handed this one order counts, too. */
  readonly orderId?: string | undefined;
}

/** With the people at the seller whom its units name as account managers, if `withManagers`: by external id, mail address or name. */
export async function loadDirectory(
  db: Database | Transaction,
  { companyId, units, now, withManagers, orderId }: DirectoryQuestion,
): Promise<Directory> {
  const people = await loadMembers(db, { units, withManagers });
  const delegations = await loadDelegations(db, [...people.values()], { now, orderId });
  return { companyId, units, people, delegations, away: await loadAway(db, [...people.keys()], now) };
}

/** People alone, whoever stands in for them. */
export async function loadMembers(
  db: Database | Transaction,
  question: Pick<DirectoryQuestion, 'units' | 'withManagers'>,
): Promise<Map<string, Person>> {
  const [people] = await loadMembersOf(db, [question]);
  return people ?? new Map();
}

/** Of several companies, in the order given. One statement for all their members, and one for each company whose managers are asked for. */
export async function loadMembersOf(
  db: Database | Transaction,
  questions: ReadonlyArray<Pick<DirectoryQuestion, 'units' | 'withManagers'>>,
): Promise<Array<Map<string, Person>>> {
  const accountIds = [...new Set(questions.flatMap(({ units }) => [...units.keys()]))];
  const { rows } = await db.raw<{ rows: Person[] }>(
    `select ${PERSON_COLUMNS} from contacts c where c.account_id = any(:accountIds::bigint[])`,
    {
      accountIds,
    },
  );
  const byAccount = new Map<string | null, Person[]>();
  for (const person of rows) {
    const known = byAccount.get(person.accountId);
    if (known) known.push(person);
    else byAccount.set(person.accountId, [person]);
  }
  const companies: Array<Map<string, Person>> = [];
  for (const { units, withManagers } of questions) {
    const members = [...units.keys()].flatMap((id) => byAccount.get(id) ?? []);
    const managers = withManagers ? await loadManagers(db, units) : [];
    companies.push(new Map([...members, ...managers].map((person) => [person.id, person])));
  }
  return companies;
}

/** With whoever may stand in for them, or is asked next: they sit at the seller, too. */
async function loadManagers(db: Database | Transaction, units: ReadonlyMap<string, Unit>): Promise<Person[]> {
  const names = [...new Set([...units.values()].flatMap(({ accountManager }) => accountManager ?? []))];
  if (names.length === 0) return [];
  const { rows } = await db.raw<{ rows: Person[] }>(
    `with recursive near(id, depth) as (
       select c.id, 0 from contacts c where ${IS_MANAGER}
       union
       select other.id, near.depth + 1 from near, lateral (
         select c.superior_id as id from contacts c where c.id = near.id
         union select d.to_person_id from delegations d where d.from_person_id = near.id and d.revoked_at is null) other
       where other.id is not null and near.depth < :farthest)
     select ${PERSON_COLUMNS} from contacts c where c.id in (select id from near)`,
    { managers: names.map((name) => name.trim().toLowerCase()), farthest: FARTHEST },
  );
  return rows;
}

const IS_MANAGER = `lower(c.name) = any(:managers::text[]) or lower(c.email) = any(:managers::text[])
  or c.id in (select l.local_id from links l join sources s on s.id = l.source_id where s.entity = 'contact' and l.key = any(:managers::text[]))`;

/** Those that hold at this instant, `[starts_at, ends_at)`: for everything, or for this order. */
async function loadDelegations(
  db: Database | Transaction,
  people: readonly Person[],
  { now, orderId }: Pick<DirectoryQuestion, 'now' | 'orderId'>,
): Promise<Delegation[]> {
  const { rows } = await db.raw<{ rows: Delegation[] }>(
    `select id, from_person_id as "fromPersonId", to_person_id as "toPersonId", starts_at as "startsAt" from delegations
     where from_person_id = any(:ids::bigint[]) and starts_at <= :now and ends_at > :now and (revoked_at is null or revoked_at > :now)
       and (order_id is null or order_id = :orderId::bigint)`,
    { ids: people.map(({ id }) => id), now, orderId: orderId ?? null },
  );
  return rows;
}

async function loadAway(db: Database | Transaction, personIds: readonly string[], now: Date): Promise<Set<string>> {
  const absences = await listAbsences(db, { personIds, from: now, until: new Date(now.getTime() + 1) });
  return new Set(absences.map(({ personId }) => personId));
}

/** The root of an account's tree. */
export async function findCompany(db: Database | Transaction, accountId: string): Promise<string> {
  const { rows } = await db.raw<{ rows: Array<{ id: string }> }>(
    `with recursive up(id, parent_id) as (
       select id, parent_id from accounts where id = :accountId::bigint
       union select a.id, a.parent_id from accounts a join up on a.id = up.parent_id)
     select id from up where parent_id is null or not exists (select from accounts a where a.id = up.parent_id)`,
    { accountId },
  );
  return rows[0]?.id ?? accountId;
}
