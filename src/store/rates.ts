/** Dated exchange rates, as they were imported. Movements keep the rate they were made with: a corrected rate touches what comes after. */
import type { Quotation, Rate } from '../domain/rates/rate.ts';
import { answerFor, pairKey, type RateAnswer } from '../domain/rates/rate.ts';
import type { Database, Transaction } from './database.ts';

export interface ImportedRates {
  readonly added: number;
  readonly corrected: number;
  readonly unchanged: number;
}

export async function importRates(trx: Transaction, rates: readonly Rate[], now: Date): Promise<ImportedRates> {
  const { rows } = await trx.raw<{ rows: Array<{ isNew: boolean }> }>(
    `insert into exchange_rates as mine (from_currency, to_currency, valid_on, source, rate, imported_at)
     select r."from", r."to", r."on", r.source, r.rate, :now::timestamptz
     from jsonb_to_recordset(:json::jsonb) as r ("from" text, "to" text, "on" date, source text, rate numeric)
     order by r."from", r."to", r."on", r.source
     on conflict on constraint exchange_rates_pkey do update set rate = excluded.rate, imported_at = excluded.imported_at
       where mine.rate <> excluded.rate
     returning xmax = 0 as "isNew"`,
    { json: JSON.stringify(rates), now },
  );
  const added = rows.filter(({ isNew }) => isNew).length;
  return { added, corrected: rows.length - added, unchanged: rates.length - rows.length };
}

export interface RateQuestion {
  readonly from: string;
  readonly to: string;
  /** Civil date. */
  readonly day: string;
}

/** In the order of the questions. Of one day the quoted rate before the inverse of one, then what was imported last. */
export async function loadRates(db: Database | Transaction, questions: readonly RateQuestion[], maxAgeDays: number): Promise<RateAnswer[]> {
  if (questions.length === 0) return [];
  const { rows } = await db.raw<{ rows: Array<Quotation & { n: number }> }>(
    `select q.n, found.* from jsonb_to_recordset(:json::jsonb) as q (n int, "from" text, "to" text, day date)
     cross join lateral (
       select valid_on as "on", trim_scale(rate)::text as rate, source, from_currency <> q."from" as "isInverse" from (
         (select * from exchange_rates r where r.from_currency = q."from" and r.to_currency = q."to" and r.valid_on <= q.day
          order by valid_on desc, imported_at desc, source limit 1)
         union all
         (select * from exchange_rates r where r.from_currency = q."to" and r.to_currency = q."from" and r.valid_on <= q.day
          order by valid_on desc, imported_at desc, source limit 1)
       ) both_ways order by valid_on desc, from_currency = q."from" desc limit 1
     ) found`,
    { json: JSON.stringify(questions.map((question, n) => ({ ...question, n }))) },
  );
  const newest = new Map(rows.map(({ n, ...quotation }) => [n, quotation]));
  return questions.map((question, n) => answerFor(question, newest.get(n), maxAgeDays));
}

/** The rates of one day between some currencies, by pair. */
export async function loadRateBook(
  db: Database | Transaction,
  { from, to, day, maxAgeDays }: { from: readonly string[]; to: readonly string[]; day: string; maxAgeDays: number },
): Promise<Map<string, RateAnswer>> {
  const pairs = from.flatMap((one) => to.filter((other) => other !== one).map((other) => ({ from: one, to: other, day })));
  const answers = await loadRates(db, pairs, maxAgeDays);
  return new Map(answers.map((answer) => [pairKey(answer.from, answer.to), answer]));
}

export interface ListedRate extends Rate {
  readonly importedAt: Date;
}

export interface RateFilter {
  readonly currency?: string | undefined;
  /** Only the newest of each pair and source that hold on this day. */
  readonly on?: string | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listRates(db: Database, { currency, on, limit }: RateFilter): Promise<ListedRate[]> {
  const { rows } = await db.raw<{ rows: ListedRate[] }>(
    `select * from (
       select ${on === undefined ? '' : 'distinct on (from_currency, to_currency, source)'} from_currency as "from", to_currency as "to",
         valid_on as "on", trim_scale(rate)::text as rate, source, imported_at as "importedAt"
       from exchange_rates
       where (:currency::text is null or :currency::text in (from_currency, to_currency)) and (:on::date is null or valid_on <= :on::date)
       order by from_currency, to_currency, source, valid_on desc
     ) r order by "on" desc, "from", "to", source limit :limit::int`,
    { currency: currency ?? null, on: on ?? null, limit },
  );
  return rows;
}
