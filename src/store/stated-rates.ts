/**
 * Rates of a pull are facts of a day, not profiles: `exchange_rates` holds one for each pair, day and source, whoever told it last. So a
 * record that is another day's from now on adds a rate, and one that is gone at the source takes none away.
 */
import type { Transaction } from './database.ts';
import { stagedKeys, stageTables } from './stage.ts';

const PAIR_OF_DAY = 'from_currency, to_currency, valid_on, source';

/** For one unit: exact where it was quoted for 100 or 1,000, else to eighty decimals. */
const RATE = (draft: string) => `trim_scale((${draft} ->> 'rate')::numeric(200, 80) / coalesce((${draft} ->> 'perQuantity')::numeric, 1))`;

/** What a record says now; a source that names nobody who quotes is named itself. */
const SAID = (draft: string) => `
  select ${draft} ->> 'fromCurrency' as from_currency, ${draft} ->> 'toCurrency' as to_currency, (${draft} ->> 'validOn')::date as valid_on,
    coalesce(${draft} ->> 'source', (select connection from sources where id = :sourceId::int)) as source, ${RATE(draft)} as rate`;

/** The part of a batch's statement that keeps what is new or says something else; sorted, so that no two batches wait for each other. */
export const STATE_RATES = `stated as (
      insert into exchange_rates as held (${PAIR_OF_DAY}, rate, imported_at)
      select distinct on (${PAIR_OF_DAY}) ${PAIR_OF_DAY}, rate, :now::timestamptz
      from batch b, lateral (${SAID(`(coalesce(b.old_draft, '{}') || b.draft)`)}) said
      where b.is_new or b.differs order by ${PAIR_OF_DAY}, b.id desc
      on conflict (${PAIR_OF_DAY}) do update set rate = excluded.rate, imported_at = excluded.imported_at where held.rate <> excluded.rate
    )`;

/** Two records of one run that give one pair, day and source two rates are nobody's to choose between: what is new of them is set aside. */
export async function setAsideContestedRates(trx: Transaction, runId: string, sourceId: number): Promise<void> {
  const stage = stageTables(runId);
  await trx.raw(
    `with seen as (
       select k.seq, k.key, d.origin, said.* from ${stagedKeys(stage)} k
       left join ${stage.drafts} d on d.seq = k.seq and d.key = k.key
       left join source_records r on r.source_id = :sourceId::int and r.key = k.key,
       lateral (${SAID(`(coalesce(r.draft, '{}') || coalesce(d.draft, '{}'))`)}) said
       where said.rate is not null
     ), contested as (
       select ${PAIR_OF_DAY}, string_agg(distinct trim_scale(rate)::text, ' and ') as rates from seen
       group by ${PAIR_OF_DAY} having count(distinct rate) > 1
     ), set_aside as (
       delete from ${stage.drafts} d using seen s join contested c using (${PAIR_OF_DAY}) where d.seq = s.seq and d.key = s.key
       returning d.*, c.from_currency, c.to_currency, c.valid_on, c.source, c.rates
     )
     insert into ${stage.bad} (seq, identity, key, external_id, origin, problems, payload, draft)
     select seq, key || '#' || fingerprint, key, external_id, origin, jsonb_build_array(jsonb_build_object('code', 'RECORD_KEY_CONFLICT',
         'field', 'rate', 'reason', format('%s/%s of %s (%s) is %s in several records; leave one of them, or map their sources',
           from_currency, to_currency, valid_on, source, rates))),
       null, jsonb_build_object('externalId', external_id, 'contentDigest', content_digest, 'fingerprint', fingerprint, 'refs', refs, 'values', draft)
     from set_aside`,
    { runId, sourceId },
  );
}
