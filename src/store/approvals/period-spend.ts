/** What other orders of a period come to. Those count that wait for approval or are released: ten that wait must not each look affordable. */
import type { Spend, Whose } from '../../domain/policy/facts.ts';
import type { Database, Transaction } from '../database.ts';

export interface SpendQuestion {
  readonly orderId: string;
  readonly whose: Whose;
  readonly subjectId: string;
  readonly from: Date;
  readonly before: Date;
  /** Only orders submitted earlier than this one, as for a look back; all others of the period if `null`. */
  readonly submittedBefore: Date | null;
}

const SUBJECTS: Readonly<Record<Whose, string>> = { person: 'ordered_by_id', unit: 'account_id', company: 'company_id' };

/** One answer per question, by currency. What goods alone come to is only worked out if asked for. */
export async function loadPeriodSpend(
  db: Database | Transaction,
  questions: readonly SpendQuestion[],
  { withGoods }: { withGoods: boolean },
): Promise<Spend[][]> {
  if (questions.length === 0) return [];
  const goods = withGoods ? `sum(o.total - (r.content ->> 'shippingCost')::bigint)` : 'sum(o.total)';
  const revisions = withGoods ? 'join order_revisions r on r.order_id = o.id and r.n = o.revision' : '';
  const perSubject = (Object.keys(SUBJECTS) as Whose[]).map(
    (whose) => `select q.n, o.currency, sum(o.total)::float8 as total, ${goods}::float8 as goods
     from asked q join orders o on q.whose = '${whose}' and o.${SUBJECTS[whose]} = q."subjectId"
       and o.submitted_at >= q."from" and o.submitted_at < q.before and o.id <> q."orderId" and o.state in ('pending_approval', 'released')
       and (q."submittedBefore" is null or (o.submitted_at, o.id) < (q."submittedBefore", q."orderId")) ${revisions}
     group by q.n, o.currency`,
  );
  const { rows } = await db.raw<{ rows: Array<Spend & { n: number }> }>(
    `with asked as (select * from jsonb_to_recordset(:json::jsonb) as q(n int, "orderId" bigint, whose text, "subjectId" bigint,
       "from" timestamptz, before timestamptz, "submittedBefore" timestamptz))
     ${perSubject.join(' union all ')}`,
    { json: JSON.stringify(questions.map((question, n) => ({ ...question, n }))) },
  );
  const answers: Spend[][] = questions.map(() => []);
  for (const { n, currency, total, goods: net } of rows) answers[n]?.push({ currency, total, goods: net });
  return answers;
}

/** Two orders of one company must not both look at the spend of a period before either counts in it. */
export async function lockSpend(trx: Transaction, companyId: string): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended('spend ' || :companyId::text, 0))`, { companyId });
}

/** Of several companies, each once and in one order, so that nobody waits in a circle. Before any budget or period is locked. */
export async function lockSpends(trx: Transaction, companyIds: Iterable<string>): Promise<void> {
  for (const id of [...new Set(companyIds)].sort((a, b) => Number(a) - Number(b))) await lockSpend(trx, id);
}
