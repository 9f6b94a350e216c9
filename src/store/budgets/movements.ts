/** The lines of the ledger. They are only ever added, and the sums of their periods move in the same statement. */
import { type Balance, EFFECTS, type MovementType } from '../../domain/budgets/balance.ts';
import type { Movement } from '../../domain/budgets/post.ts';
import type { Database, Transaction } from '../database.ts';

const column = (sum: string) => sum.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`);

/** Of a movement `m` that was converted: the amount as it was told, and the rate, exactly. */
export const ORIGINAL = `jsonb_build_object('amount', m.original_amount, 'currency', m.original_currency, 'rate', trim_scale(m.rate)::text,
  'rateOn', m.rate_on, 'rateSource', m.rate_source)`;

/** `sum -> sql` over rows with type and amount, from the one table of effects. */
function sumsOf(rows: string): string {
  const terms = (sum: keyof Balance) =>
    (Object.keys(EFFECTS) as MovementType[])
      .filter((type) => EFFECTS[type][sum] !== undefined)
      .map((type) => `when '${type}' then ${EFFECTS[type][sum] === -1 ? '-' : ''}${rows}.amount`);
  return SUMS.map((sum) => `coalesce(sum(case ${rows}.type ${terms(sum).join(' ')} end), 0) as ${column(sum)}`).join(', ');
}

const SUMS = ['allocated', 'carriedIn', 'carriedOut', 'adjusted', 'overridden', 'reserved', 'committed', 'actual'] as const;

/** Keys of these that are written already. Ask under the lock of the periods they go to. */
export async function knownKeys(trx: Transaction, keys: readonly string[]): Promise<Set<string>> {
  const { rows } = await trx.raw<{ rows: Array<{ key: string }> }>(
    'select idempotency_key as key from budget_movements where idempotency_key = any(:keys::text[])',
    { keys },
  );
  return new Set(rows.map(({ key }) => key));
}

/** A caller's reference of a move of money, until the transaction ends. Before the companies it concerns, but for an order's own, which nobody else tells. */
export async function lockReference(trx: Transaction, reference: string): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended('move ' || :reference::text, 0))`, { reference });
}

/** In one statement, in the order given. The caller holds the locks of their periods, and has left out keys that are known. */
export async function appendMovements(trx: Transaction, movements: readonly Movement[], now: Date): Promise<void> {
  if (movements.length === 0) return;
  const rows = movements.map(({ original, ...movement }, n) => ({
    ...movement,
    n,
    originalAmount: original?.amount,
    originalCurrency: original?.currency,
    rate: original?.rate,
    rateOn: original?.rateOn,
    rateSource: original?.rateSource,
  }));
  await trx.raw(
    `with given as (
       select * from jsonb_to_recordset(:json::jsonb) as g(n int, "budgetId" bigint, "periodId" bigint, type text, amount bigint,
         "originalAmount" bigint, "originalCurrency" text, rate numeric, "rateOn" date, "rateSource" text, "orderId" bigint, revision int,
         "documentId" bigint, key text, counterpart text, at timestamptz, by text, reason text)
     ), new as (
       insert into budget_movements (budget_id, period_id, type, amount, original_amount, original_currency, rate, rate_on, rate_source,
         order_id, revision, document_id, idempotency_key, counterpart_key, at, recorded_at, by, reason)
       select "budgetId", "periodId", type, amount, "originalAmount", "originalCurrency", rate, "rateOn", "rateSource", "orderId", revision,
         "documentId", key, counterpart, at, :now::timestamptz, by, reason
       from given order by n returning period_id, type, amount
     ), sums as (select period_id, ${sumsOf('new')} from new group by period_id)
     update budget_periods p set ${SUMS.map((sum) => `${column(sum)} = p.${column(sum)} + s.${column(sum)}`).join(', ')}
     from sums s where p.id = s.period_id`,
    { json: JSON.stringify(rows), now },
  );
}

export interface LedgerLine extends Omit<Movement, 'original'> {
  readonly id: string;
  readonly recordedAt: Date;
  /** Of the person that `by` means, if it means one. */
  readonly byName: string | null;
  readonly originalAmount: number | null;
  readonly originalCurrency: string | null;
  readonly rate: string | null;
  readonly rateOn: string | null;
  readonly rateSource: string | null;
}

const LINE_COLUMNS = `m.id, m.budget_id as "budgetId", m.period_id as "periodId", m.type, m.amount::float8 as amount, m.idempotency_key as key,
  m.counterpart_key as counterpart, m.at, m.recorded_at as "recordedAt", m.by,
  (select name from contacts where id = case when m.by ~ '^person:\\d+$' then substr(m.by, 8)::bigint end) as "byName", m.reason, m.order_id as "orderId", m.revision,
  m.document_id as "documentId", m.original_amount::float8 as "originalAmount", m.original_currency as "originalCurrency", m.rate,
  m.rate_on as "rateOn", m.rate_source as "rateSource"`;

/** Everything that was written to a period, in the order of writing. */
export async function loadLines(db: Database | Transaction, periodId: string): Promise<LedgerLine[]> {
  const { rows } = await db.raw<{ rows: LedgerLine[] }>(
    `select ${LINE_COLUMNS} from budget_movements m where m.period_id = :periodId order by m.id`,
    { periodId },
  );
  return rows;
}

export async function linesByKey(db: Database | Transaction, keys: readonly string[]): Promise<LedgerLine[]> {
  const { rows } = await db.raw<{ rows: LedgerLine[] }>(
    `select ${LINE_COLUMNS} from budget_movements m where m.idempotency_key = any(:keys::text[])`,
    { keys },
  );
  return rows;
}

export interface Discrepancy extends Balance {
  readonly periodId: string;
  readonly budgetId: string;
  readonly code: string;
  readonly key: string;
  /** What the movements come to. */
  readonly rebuilt: Balance;
}

/** Sums every ledger from zero, of one budget or of all, and answers the periods whose stored sums say something else. */
export async function rebuildAndCompare(db: Database | Transaction, budgetId: string | null): Promise<Discrepancy[]> {
  const pairs = (alias: string) => SUMS.map((sum) => `'${sum}', ${alias}.${column(sum)}::float8`).join(', ');
  const { rows } = await db.raw<{ rows: Array<Omit<Discrepancy, keyof Balance> & { stored: Balance }> }>(
    `with rebuilt as (
       select p.id, ${sumsOf('m')} from budget_periods p left join budget_movements m on m.period_id = p.id
       where :budgetId::bigint is null or p.budget_id = :budgetId group by p.id)
     select p.id as "periodId", p.budget_id as "budgetId", b.code, p.key, jsonb_build_object(${pairs('p')}) as stored,
       jsonb_build_object(${pairs('r')}) as rebuilt
     from rebuilt r join budget_periods p using (id) join budgets b on b.id = p.budget_id
     where (${SUMS.map((sum) => `p.${column(sum)}`).join(', ')}) is distinct from (${SUMS.map((sum) => `r.${column(sum)}`).join(', ')})
     order by p.id`,
    { budgetId },
  );
  return rows.map(({ stored, ...row }) => ({ ...row, ...stored }));
}
