/** Who reads: address, language, zone and wishes of people, in one statement. What a person's profile does not say, the unit or the company says. */
import type { Database, Transaction } from '../database.ts';

export interface Reader {
  readonly personId: string;
  readonly name: string;
  readonly firstName: string | null;
  readonly email: string | null;
  readonly locale: string | null;
  readonly timeZone: string | null;
  /** As the profile carries them; see docs/mail.md. */
  readonly wishes: { readonly digest: string | null; readonly quietHours: string | null; readonly reminders: string | null };
}

/** Far deeper than any company. */
const DEEPEST = 32;

const NEAREST = (column: string) =>
  `(select u.${column} from up u where u.person_id = c.id and u.${column} is not null order by u.depth limit 1)`;

export async function loadReaders(db: Database | Transaction, personIds: readonly string[]): Promise<Map<string, Reader>> {
  const { rows } = await db.raw<{ rows: Reader[] }>(
    `with recursive up as (
       select c.id as person_id, 0 as depth, a.parent_id, a.locale, a.time_zone from contacts c join accounts a on a.id = c.account_id
       where c.id = any(:personIds::bigint[])
       union all
       select up.person_id, up.depth + 1, p.parent_id, p.locale, p.time_zone from up join accounts p on p.id = up.parent_id where up.depth < ${DEEPEST}
     )
     select c.id as "personId", c.name, c.first_name as "firstName", c.email, coalesce(c.locale, ${NEAREST('locale')}) as locale,
       coalesce(c.time_zone, ${NEAREST('time_zone')}) as "timeZone",
       jsonb_build_object('digest', c.attributes ->> 'mailDigestMinutes', 'quietHours', c.attributes ->> 'mailQuietHours',
         'reminders', c.attributes ->> 'mailReminders') as wishes
     from contacts c where c.id = any(:personIds::bigint[])`,
    { personIds: [...personIds] },
  );
  return new Map(rows.map((reader) => [reader.personId, reader]));
}
