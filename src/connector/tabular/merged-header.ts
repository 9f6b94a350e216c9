/**
 * Headers of several rows, held together by merged cells: `Address` merged over `Street`, `Zip` and `City` makes the
 * columns `Address / Street`, `Address / Zip` and `Address / City`.
 */

/** Rows as shown (from 1), columns from 0, all inclusive. */
export interface Merge {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

interface TitleRow {
  readonly row: number;
  readonly cells: readonly string[];
}

/** Names of the columns and the last row of the header that has its names in `row`. */
export function joinHeaderRows(rows: readonly TitleRow[], row: number, merges: readonly Merge[]): { titles: string[]; lastRow: number } {
  const byRow = new Map(rows.map(({ row: at, cells }) => [at, cells]));
  const width = Math.max(0, ...rows.map(({ cells }) => cells.length));
  let first = row;
  let last = row;
  while (byRow.has(first - 1) && (merges.some(({ top, bottom }) => top < first && bottom >= first) || isGroupRow(first - 1, merges, width)))
    first--;
  while (reachesBelow(last, first, merges, byRow)) last++;

  const columns = Math.max(0, ...rows.filter((at) => at.row >= first && at.row <= last).map(({ cells }) => cells.length));
  const titles = Array.from({ length: columns }, (_, column) => {
    const parts: string[] = [];
    for (let at = first; at <= last; at++) {
      const part = (valueAt(at, column, merges, byRow) ?? '').trim();
      if (part !== '' && part !== parts.at(-1)) parts.push(part);
    }
    return parts.join(' / ');
  });
  return { titles, lastRow: last };
}

/** Groups columns, unlike a title that spans them all. */
function isGroupRow(row: number, merges: readonly Merge[], width: number): boolean {
  const here = merges.filter((merge) => merge.top <= row && merge.bottom >= row && merge.right > merge.left);
  return here.length > 0 && !here.some(({ left, right }) => right - left + 1 >= width);
}

/** A cell of the header is merged downwards, or is merged sideways over names that stand below it. */
function reachesBelow(last: number, first: number, merges: readonly Merge[], byRow: ReadonlyMap<number, readonly string[]>): boolean {
  const below = byRow.get(last + 1);
  if (!below) return false;
  return merges.some(({ top, bottom, left, right }) => {
    if (top < first || top > last) return false;
    if (bottom > last) return true;
    return (
      bottom === last &&
      right > left &&
      below.slice(left, right + 1).some((cell) => /\p{L}/u.test(cell)) &&
      isBlankBeside(below, merges, last)
    );
  });
}

/** The row below is a second row of names, not a record, if it is blank wherever no group stands above it. */
function isBlankBeside(below: readonly string[], merges: readonly Merge[], last: number): boolean {
  const grouped = (column: number) =>
    merges.some((merge) => merge.bottom === last && merge.left <= column && merge.right >= column && merge.right > merge.left);
  return below.every((cell, column) => cell.trim() === '' || grouped(column));
}

function valueAt(row: number, column: number, merges: readonly Merge[], byRow: ReadonlyMap<number, readonly string[]>): string | undefined {
  const merge = merges.find(({ top, bottom, left, right }) => row >= top && row <= bottom && column >= left && column <= right);
  return merge ? byRow.get(merge.top)?.[merge.left] : byRow.get(row)?.[column];
}
