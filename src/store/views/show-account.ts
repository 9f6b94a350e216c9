/** One account as a whole: its fields, its place in the hierarchy, addresses, contacts, prices, and where it comes from. */
import { ENTITIES } from '../../connector/entities.ts';
import type { Database } from '../database.ts';
import { type Profile, profileJson } from '../profile-columns.ts';
import { listPrices, type PriceList } from './list-prices.ts';

export interface AccountView {
  id: string;
  profile: Profile;
  createdAt: Date;
  updatedAt: Date;
  /** From the top down to the account's parent. */
  path: Array<{ id: string; number: string | null; name: string }>;
  children: number;
  addresses: Array<{ id: string; profile: Profile }>;
  contacts: Array<{ id: string; profile: Profile; superior: string | null }>;
  /** Those agreed with it and those of its price list. */
  prices: PriceList;
  sources: AccountSource[];
  /** References whose target has not arrived yet, by field. */
  awaited: Array<{ field: string; externalId: string }>;
}

export interface AccountSource {
  connection: string;
  externalId: string;
  firstSeenAt: Date;
  /** Run that last brought a change. */
  changedByRun: string | null;
  /** End of the newest run of this source that was applied. */
  lastPulledAt: Date | null;
}

/** More than anybody reads; what lies beyond is counted by `children` and the lists. */
const MAX_PARTS = 500;
/** `kontor prices` shows the others. */
const MAX_PRICES = 20;
/** Cycles are refused on the way in; this keeps the view finite if one got in another way. */
const MAX_LEVELS = 64;

export async function showAccount(db: Database, id: string): Promise<AccountView | null> {
  const [account] = await profilesOf(db, 'account', 'p.id = ?', id);
  if (!account) return null;
  const [path, children, addresses, contacts, prices, sources, awaited] = await Promise.all([
    pathTo(db, id),
    db.raw('select count(*)::int as n from accounts where parent_id = ?', [id]),
    profilesOf(db, 'address', 'p.account_id = ?', id),
    profilesOf(db, 'contact', 'p.account_id = ?', id),
    listPrices(db, { accountId: id, scopes: ['account', 'priceList'], limit: MAX_PRICES }),
    sourcesOf(db, id),
    awaitedBy(db, id),
  ]);
  return {
    id,
    profile: account.profile,
    createdAt: account.createdAt,
    updatedAt: account.updatedAt,
    path,
    children: children.rows[0].n,
    addresses: addresses.map(({ id: address, profile }) => ({ id: address, profile })),
    contacts: contacts.map(({ id: contact, profile, superiorName }) => ({
      id: contact,
      profile,
      superior: superiorName,
    })),
    prices,
    sources,
    awaited,
  };
}

interface ProfileRow {
  id: string;
  profile: Profile;
  createdAt: Date;
  updatedAt: Date;
  superiorName: string | null;
}

async function profilesOf(db: Database, entity: 'account' | 'contact' | 'address', where: string, id: string): Promise<ProfileRow[]> {
  const order = entity === 'address' ? 'p.role, p.is_default desc nulls last, p.id' : 'p.name, p.id';
  const superior = entity === 'contact' ? '(select s.name from contacts s where s.id = p.superior_id)' : 'null';
  const { rows } = await db.raw<{ rows: ProfileRow[] }>(
    `select p.id, ${profileJson(entity, 'p')} as profile, p.created_at as "createdAt", p.updated_at as "updatedAt",
       ${superior} as "superiorName"
     from ${ENTITIES[entity].table} p where ${where} order by ${order} limit ${MAX_PARTS}`,
    [id],
  );
  return rows;
}

async function pathTo(db: Database, id: string): Promise<AccountView['path']> {
  const { rows } = await db.raw(
    `with recursive above as (
       select parent_id, 0 as level from accounts where id = :id
       union all
       select a.parent_id, b.level + 1 from above b join accounts a on a.id = b.parent_id where b.level < ${MAX_LEVELS}
     )
     select a.id, a.number, a.name from above b join accounts a on a.id = b.parent_id order by b.level desc`,
    { id },
  );
  return rows;
}

async function sourcesOf(db: Database, id: string): Promise<AccountSource[]> {
  const { rows } = await db.raw(
    `select s.connection, l.external_id as "externalId", l.first_seen_at as "firstSeenAt", r.run_id as "changedByRun",
       (select finished_at from runs where source_id = s.id and outcome in ('complete', 'partial') order by id desc limit 1) as "lastPulledAt"
     from links l join sources s on s.id = l.source_id
     left join source_records r on r.source_id = l.source_id and r.key = l.key
     where l.local_id = ? order by s.connection, l.external_id`,
    [id],
  );
  return rows;
}

async function awaitedBy(db: Database, id: string): Promise<AccountView['awaited']> {
  const { rows } = await db.raw(
    `select w.field, coalesce(r.draft ->> w.field, w.target_key) as "externalId" from links l
     join pending_references w on w.source_id = l.source_id and w.key = l.key
     left join source_records r on r.source_id = l.source_id and r.key = l.key
     where l.local_id = ? order by w.field`,
    [id],
  );
  return rows;
}
