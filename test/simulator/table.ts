import type { Stamped } from './rows.ts';

/** Numbers as text in the order of the numbers, and ids of one length in the order of the text. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareStamps(a: Stamped, b: Stamped): number {
  return a.changedAt.getTime() - b.changedAt.getTime() || compareIds(a.id, b.id);
}

/** First place in sorted `rows` for which `isBefore` no longer holds. */
function placeOf<R>(rows: readonly R[], isBefore: (row: R) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(rows[middle] as R)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows of one kind, by id, by stamp and by owner, kept in order while they change: a page costs what it holds, not what there is. */
export class Table<R extends Stamped> {
  readonly #byId = new Map<string, R>();
  readonly #byStamp: R[] = [];
  readonly #byOwner = new Map<string, Set<string>>();
  readonly #ownerOf: (row: R) => string | null;

  constructor(ownerOf: (row: R) => string | null) {
    this.#ownerOf = ownerOf;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): R | undefined {
    return this.#byId.get(id);
  }

  /** In the order in which they became visible. */
  all(): R[] {
    return [...this.#byId.values()];
  }

  /** Stamped at or after `at`, by stamp and id; behind the row (`at`, `afterId`) where that is given. */
  since(at: Date, afterId?: string, limit = Number.POSITIVE_INFINITY): R[] {
    const from = at.getTime();
    const start = placeOf(this.#byStamp, (row) => {
      const stamp = row.changedAt.getTime();
      return stamp < from || (stamp === from && afterId !== undefined && compareIds(row.id, afterId) <= 0);
    });
    return this.#byStamp.slice(start, start + limit);
  }

  ownedBy(owner: string): R[] {
    const ids = this.#byOwner.get(owner) ?? [];
    return Array.from(ids, (id) => this.#byId.get(id) as R);
  }

  /** Adds the row, or puts it in the place of the one with its id. */
  put(row: R): void {
    const old = this.#byId.get(row.id);
    if (old) this.#forget(old);
    this.#byId.set(row.id, row);
    this.#byStamp.splice(
      placeOf(this.#byStamp, (other) => compareStamps(other, row) < 0),
      0,
      row,
    );
    const owner = this.#ownerOf(row);
    if (owner === null) return;
    const owned = this.#byOwner.get(owner) ?? new Set();
    this.#byOwner.set(owner, owned.add(row.id));
  }

  delete(row: R): void {
    this.#forget(row);
    this.#byId.delete(row.id);
  }

  #forget(row: R): void {
    this.#byStamp.splice(
      placeOf(this.#byStamp, (other) => compareStamps(other, row) < 0),
      1,
    );
    const owner = this.#ownerOf(row);
    if (owner !== null) this.#byOwner.get(owner)?.delete(row.id);
  }
}
