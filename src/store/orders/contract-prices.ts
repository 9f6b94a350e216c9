/** What the profile says a line costs: the price agreed with the account, else that of its list, else that for everyone. */
import type { Database, Transaction } from '../database.ts';
import { inSets } from '../in-sets.ts';
import { prepared } from '../prepared.ts';

export interface PriceQuestion {
  /** Tells the answers apart. */
  readonly place: number;
  readonly account: string;
  readonly product: string;
  readonly quantity: string;
  /** `null`: in whatever unit it is sold. */
  readonly unit: string | null;
  readonly currency: string;
  /** Civil date on which it must hold. */
  readonly day: string;
}

export interface ContractPrice {
  readonly unitPrice: string;
  readonly perQuantity: string;
  readonly unit: string | null;
  readonly productName: string | null;
}

/** Prices wherever they stand for the account; only of its own connections, and never one that still waits for its account. */
const CANDIDATES = `
  asked as materialized (
    select * from jsonb_to_recordset(:asked::jsonb) as given (place int, account bigint, product text, quantity numeric, unit text, currency text, day date)
  ), asking as materialized (
    select a.id, a.price_list, array(
      select s.connection from links l join sources s on s.id = l.source_id where l.local_id = a.id and s.entity = 'account') as connections
    from accounts a where a.id in (select account from asked)
  ), listed as (
    select q.place, 1 as scope, p.* from asked q join prices p on p.account_id = q.account and p.product = q.product
    union all
    select q.place, 2, p.* from asked q join asking a on a.id = q.account
      join prices p on p.account_id is null and p.price_list = a.price_list and p.product = q.product
    union all
    select q.place, 3, p.* from asked q join prices p on p.account_id is null and p.price_list is null and p.product = q.product
  ), candidates as (
    select l.*, l.currency = q.currency as same_currency, coalesce(l.unit = q.unit, true) as same_unit,
      coalesce(l.min_quantity <= q.quantity, true) as enough,
      coalesce(l.valid_from <= q.day, true) and coalesce(l.valid_to > q.day, true) as holds
    from listed l join asked q on q.place = l.place join asking a on a.id = q.account
    where exists (
      select from links k join sources s on s.id = k.source_id and s.connection = any(a.connections)
      where k.local_id = l.id and not exists (
        select from pending_references w where w.source_id = k.source_id and w.key = k.key and w.field = 'account'))
  )`;

/** By place; without those for which no price holds. Of several the nearest, then that of the largest quantity, then the youngest. */
export async function contractPrices(db: Database | Transaction, asked: readonly PriceQuestion[]): Promise<Map<number, ContractPrice>> {
  if (asked.length === 0) return new Map();
  const { rows } = await prepared(
    db.raw<{ rows: Array<ContractPrice & { place: number }> }>(
      `with ${CANDIDATES}
       select distinct on (place) place, unit_price as "unitPrice", per_quantity as "perQuantity", unit, product_name as "productName"
       from candidates where same_currency and same_unit and enough and holds
       order by place, scope, min_quantity desc nulls last, valid_from desc nulls last, unit_price / per_quantity, id`,
      { asked: JSON.stringify(asked) },
    ),
    'contract_prices',
  );
  return new Map(rows.map(({ place, ...price }) => [place, price]));
}

/** The same for one of many orders that are asked about at a time. */
export const contractPricesOfOne = inSets(async function contractPricesOfOne(
  db: Database,
  orders: ReadonlyArray<readonly PriceQuestion[]>,
) {
  const asked = orders.flatMap((questions, turn) => questions.map((question) => ({ question, turn })));
  const found = await contractPrices(
    db,
    asked.map(({ question }, place) => ({ ...question, place })),
  );
  const answers = orders.map(() => new Map<number, ContractPrice>());
  for (const [place, price] of found) {
    const one = asked[place];
    if (one) answers[one.turn]?.set(one.question.place, price);
  }
  return answers;
});

/** Why no price holds: those that come nearest, in words. */
export async function nearMisses(db: Database | Transaction, asked: readonly PriceQuestion[]): Promise<Map<number, string>> {
  if (asked.length === 0) return new Map();
  const { rows } = await db.raw<{ rows: Array<{ place: number; words: string }> }>(
    `with ${CANDIDATES}
     select distinct on (place) place,
       case when not same_currency then 'only in ' || currency
            when not same_unit then 'only by ' || unit
            when not holds and valid_to <= (select day from asked where asked.place = candidates.place) then 'until ' || (valid_to - 1)
            when not holds then 'only from ' || valid_from || ' on'
            else 'only from a quantity of ' || trim_scale(min_quantity) || ' on' end as words
     from candidates
     order by place, same_currency desc, same_unit desc, holds desc, scope, min_quantity, valid_to desc nulls last, id`,
    { asked: JSON.stringify(asked) },
  );
  return new Map(rows.map(({ place, words }) => [place, words]));
}
