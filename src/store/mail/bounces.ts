/** Addresses that take no mail: refused by their server at once, or told later by a mail that came back. */
import type { Database, Transaction } from '../database.ts';

/** Those of the addresses, in lower case, that have bounced since anything last arrived there. For the liveness of steps, too. */
export async function unreachableAddresses(db: Database | Transaction, addresses: readonly string[]): Promise<Map<string, string>> {
  if (addresses.length === 0) return new Map();
  const { rows } = await db.raw<{ rows: Array<{ address: string; reason: string }> }>(
    'select address, reason from bounced_addresses where address = any(:addresses::text[])',
    { addresses: addresses.map((address) => address.toLowerCase()) },
  );
  return new Map(rows.map(({ address, reason }) => [address, reason]));
}

export interface Bounce {
  readonly address: string;
  readonly reason: string;
  readonly mailId: string | null;
}

/** The newest reason stands. */
export async function noteBounces(db: Database | Transaction, bounces: readonly Bounce[], now: Date): Promise<void> {
  if (bounces.length === 0) return;
  await db.raw(
    `insert into bounced_addresses (address, bounced_at, reason, mail_id)
     select distinct on (lower(b.address)) lower(b.address), :now::timestamptz, b.reason, b."mailId"
     from jsonb_to_recordset(:bounces::jsonb) as b(address text, reason text, "mailId" bigint)
     on conflict (address) do update set bounced_at = excluded.bounced_at, reason = excluded.reason, mail_id = excluded.mail_id`,
    { bounces: JSON.stringify(bounces), now },
  );
}

/** Somebody says that it works again, or a mail has arrived. */
export async function forgetBounces(db: Database | Transaction, addresses: readonly string[]): Promise<void> {
  await db.raw('delete from bounced_addresses where address = any(:addresses::text[])', {
    addresses: addresses.map((address) => address.toLowerCase()),
  });
}

export interface ReturnedMail {
  /** Of the mail that came back; with or without its angle brackets. */
  readonly messageId: string | null;
  readonly address: string | null;
  readonly reason: string;
  /** Whether the address is wrong, or only this mail was not wanted there. */
  readonly isAboutAddress: boolean;
}

export interface MarkedBounce {
  readonly mailId: string;
  readonly address: string;
  /** Told before, and known since. */
  readonly isNew: boolean;
  readonly notifications: number;
}

/** By the name of the mail; a bounce that names none of ours marks nothing, for anybody could write it. */
export async function markBounced(trx: Transaction, returned: readonly ReturnedMail[], now: Date): Promise<MarkedBounce[]> {
  const { rows } = await trx.raw<{ rows: Array<MarkedBounce & { reason: string; isAboutAddress: boolean }> }>(
    `with told as (
       select distinct on (r."messageId") r."messageId", r.reason, r."isAboutAddress" from jsonb_to_recordset(:returned::jsonb)
         as r("messageId" text, reason text, "isAboutAddress" boolean)
       where r."messageId" is not null
     ), mine as (
       select m.id, m.address, m.bounced_at, told.reason, told."isAboutAddress" from told join mails m on m.message_id = told."messageId" for update of m
     ), marked as (
       update mails m set bounced_at = :now, bounce = mine.reason from mine where m.id = mine.id and mine.bounced_at is null returning m.id
     ), turned as (
       update notifications n set state = 'bounced', code = 'ADDRESS_BOUNCED', because = mine.reason, settled_at = :now
       from mine where n.mail_id = mine.id and mine.bounced_at is null and n.state = 'sent' returning n.mail_id
     )
     select id as "mailId", address, reason, "isAboutAddress", bounced_at is null as "isNew",
       (select count(*)::int from turned where turned.mail_id = mine.id) as notifications from mine order by id`,
    { returned: JSON.stringify(returned), now },
  );
  const news = rows.filter(({ isNew, isAboutAddress }) => isNew && isAboutAddress);
  await noteBounces(
    trx,
    news.map(({ address, reason, mailId }) => ({ address, reason, mailId })),
    now,
  );
  return rows.map(({ mailId, address, isNew, notifications }) => ({ mailId, address, isNew, notifications }));
}
