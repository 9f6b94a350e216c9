/** Comparisons of what was handed off with what the ERP holds: each is a row that grows chunk by chunk, and is gone on with after a kill. */
import type { Finding } from '../../domain/orders/reconcile-order.ts';
import type { Database, Transaction } from '../database.ts';

export interface Reconciliation {
  readonly id: string;
  readonly connection: string;
  readonly trigger: string;
  /** Hand-offs accepted since then are compared. */
  readonly since: Date;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Last hand-off that was compared. */
  readonly position: string;
  readonly compared: number;
  readonly findings: readonly Finding[];
  /** What was not compared, and why. */
  readonly notes: readonly string[];
}

const COLUMNS = `id, connection, trigger, since, started_at as "startedAt", finished_at as "finishedAt", position, compared, findings, notes`;
/** An unfinished one that is older is told as it stands, and another begun. */
const GO_ON_WITHIN_H = 20;

/** The unfinished one of the connection, else a new one. */
export async function beginReconciliation(
  trx: Transaction,
  { connection, trigger, since, now }: { connection: string; trigger: string; since: Date; now: Date },
): Promise<Reconciliation> {
  const { rows: open } = await trx.raw<{ rows: Reconciliation[] }>(
    `select ${COLUMNS} from reconciliations where connection = :connection and finished_at is null and trigger = :trigger
       and started_at > :now::timestamptz - make_interval(hours => ${GO_ON_WITHIN_H}) order by id desc limit 1`,
    { connection, trigger, now },
  );
  if (open[0]) return open[0];
  const { rows } = await trx.raw<{ rows: Reconciliation[] }>(
    `insert into reconciliations (connection, trigger, since, started_at) values (:connection, :trigger, :since, :now) returning ${COLUMNS}`,
    { connection, trigger, since, now },
  );
  return rows[0] as Reconciliation;
}

export interface OrderToCompare {
  readonly handoffId: string;
  readonly orderId: string;
  readonly isCancelled: boolean;
  /** External ids of the buying account. */
  readonly soldTo: readonly string[];
}

/** The next accepted hand-offs of the window behind `position`. */
export async function nextToCompare(
  db: Database,
  { connection, since, startedAt, position }: Pick<Reconciliation, 'connection' | 'since' | 'startedAt' | 'position'>,
  limit: number,
): Promise<OrderToCompare[]> {
  const { rows } = await db.raw<{ rows: OrderToCompare[] }>(
    `select h.id as "handoffId", h.order_id as "orderId",
       exists (select from handoffs c where c.order_id = h.order_id and c.kind = 'cancel' and c.state = 'accepted') as "isCancelled",
       array(select l.external_id from links l join sources s on s.id = l.source_id and s.entity = 'account' where l.local_id = h.account_id
         and (s.connection = h.connection or not exists (select from links m join sources t on t.id = m.source_id
           where m.local_id = h.account_id and t.entity = 'account' and t.connection = h.connection))) as "soldTo"
     from handoffs h
     where h.connection = :connection and h.kind = 'create' and h.state = 'accepted' and h.settled_at >= :since and h.settled_at <= :startedAt
       and h.id > :position::bigint order by h.id limit :limit`,
    { connection, since, startedAt, position, limit },
  );
  return rows;
}

export async function addFindings(
  trx: Transaction,
  id: string,
  { position, compared, findings }: { position: string; compared: number; findings: readonly Finding[] },
): Promise<void> {
  await trx.raw(
    `update reconciliations set position = :position::bigint, compared = compared + :compared, findings = findings || :findings::jsonb
     where id = :id and finished_at is null`,
    { id, position, compared, findings: JSON.stringify(findings) },
  );
}

export async function finishReconciliation(
  trx: Transaction,
  id: string,
  { findings, notes, now }: { findings: readonly Finding[]; notes: readonly string[]; now: Date },
): Promise<Reconciliation> {
  const { rows } = await trx.raw<{ rows: Reconciliation[] }>(
    `update reconciliations set finished_at = :now, findings = findings || :findings::jsonb, notes = :notes::jsonb where id = :id returning ${COLUMNS}`,
    { id, now, findings: JSON.stringify(findings), notes: JSON.stringify(notes) },
  );
  return rows[0] as Reconciliation;
}

/** Begin of the last one that came to its end. */
export async function lastReconciledAt(db: Database, connection: string): Promise<Date | null> {
  const row = await db('reconciliations')
    .where({ connection })
    .whereNotNull('finished_at')
    .orderBy('id', 'desc')
    .first<{ started_at: Date } | undefined>('started_at');
  return row?.started_at ?? null;
}

export async function listReconciliations(
  db: Database,
  { connection, limit }: { connection?: string | undefined; limit: number },
): Promise<Reconciliation[]> {
  const { rows } = await db.raw<{ rows: Reconciliation[] }>(
    `select ${COLUMNS} from reconciliations where :connection::text is null or connection = :connection order by id desc limit :limit`,
    { connection: connection ?? null, limit },
  );
  return rows;
}

export interface Stray {
  readonly reference: string;
  readonly number: string | null;
  /** `null`: we know no such order. */
  readonly orderId: string | null;
  /** Of our hand-off, where there is one. */
  readonly handoffState: string | null;
}

/** Orders that were pulled from there with a reference of ours, and were not handed off there as far as we know. */
export async function findStrays(db: Database, connection: string, keyPrefix: string, limit: number): Promise<Stray[]> {
  const { rows } = await db.raw<{ rows: Stray[] }>(
    `select d.reference, d.number, o.id as "orderId",
       (select h.state from handoffs h where h.order_id = o.id and h.kind = 'create' order by h.seq desc limit 1) as "handoffState"
     from documents d join links l on l.local_id = d.id join sources s on s.id = l.source_id and s.entity = 'document' and s.connection = :connection
     left join orders o on o.external_key = d.reference
     where d.kind = 'order' and d.state is distinct from 'cancelled' and d.reference ~ :pattern
       and not exists (select from handoffs h where h.order_id = o.id and h.kind = 'create' and h.connection = :connection and h.state in ('accepted', 'sending'))
     order by d.reference, d.id limit :limit`,
    { connection, pattern: `^${keyPrefix}[0-9]+$`, limit },
  );
  return rows;
}
