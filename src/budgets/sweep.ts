/**
 * Looks again at everything that something has happened to since the last look, chunk by chunk, each in a transaction of its own. While
 * something is stuck the next look begins where this one did, so that nothing is left behind.
 */
import type { Database, Transaction } from '../store/database.ts';
import { loadMark, saveMark } from '../store/orders/documents.ts';
import { type Stuck, togetherOrAlone } from './stuck.ts';

/** What a transaction writes is seen when it ends. */
const COMMIT_LAG_MS = 10 * 60_000;

export interface Touched {
  readonly id: string;
  /** As people know it. */
  readonly name: string;
}

export interface Touches {
  /** What something has happened to at this instant or later. */
  readonly since: Date;
  /** Of higher ids, at most `limit`, in their order. */
  readonly after: string;
  readonly limit: number;
}

export interface Sweep {
  /** Under which it is kept how far one has looked. */
  readonly mark: string;
  readonly chunk: number;
  readonly find: (db: Database, asked: Touches) => Promise<Touched[]>;
  /** Answers how many movements were written. */
  readonly mend: (trx: Transaction, ids: readonly string[]) => Promise<number>;
}

export interface Swept {
  readonly looked: number;
  readonly written: number;
  readonly stuck: readonly Stuck[];
}

export async function sweep(db: Database, { mark, chunk, find, mend }: Sweep, now: Date): Promise<Swept> {
  const since = await loadMark(db, mark);
  const stuck: Stuck[] = [];
  let [looked, written] = [0, 0];
  const mendAll = (touched: readonly Touched[]) => db.transaction((trx) => mend(trx, touched.map(({ id }) => id))); // biome-ignore format: one call
  for (let after = '0'; ; ) {
    const touched = await find(db, { since, after, limit: chunk });
    const last = touched.at(-1);
    if (!last) break;
    const done = await togetherOrAlone(touched, mendAll, ({ name }, error) => stuck.push({ name, error }));
    looked += touched.length;
    written += done.reduce((sum, one) => sum + one, 0);
    after = last.id;
  }
  if (stuck.length === 0) await saveMark(db, mark, new Date(now.getTime() - COMMIT_LAG_MS));
  return { looked, written, stuck };
}
