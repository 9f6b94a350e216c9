/** Tables that fit: aligned columns, cut where the terminal ends, one block per row where it is too narrow for that. */
import { type Terminal, truncate, widthOf } from './terminal.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** May be cut to this many columns when there is no room. */
  readonly least?: number;
  /** Colours a cell; never its width. */
  readonly style?: (cell: string) => string;
}

const GAP = '  ';

/** Cells are plain text of one line. */
export function drawTable(columns: readonly Column[], rows: readonly string[][], { width, paint }: Terminal): string[] {
  const natural = columns.map(({ title }, index) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index] ?? ''))));
  const fitted = fitWidths(natural, columns, width);
  if (!fitted) return drawBlocks(columns, rows, paint);
  const line = (cells: readonly string[], styleOf: (index: number) => ((text: string) => string) | undefined) =>
    cells
      .map((cell, index) => {
        const text = pad(cell, fitted[index] ?? 0, columns[index]?.align, index === cells.length - 1);
        return styleOf(index)?.(text) ?? text;
      })
      .join(GAP);
  const titles = columns.map(({ title }) => title);
  return [line(titles, () => paint.dim), ...rows.map((row) => line(row, (index) => columns[index]?.style))].map((text) => text.trimEnd());
}

/** Takes from the widest column that may give, until the row fits. */
function fitWidths(natural: readonly number[], columns: readonly Column[], width: number): number[] | undefined {
  const widths = [...natural];
  const total = () => widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1);
  while (total() > width) {
    const giving = widths
      .map((one, index) => ({ index, one, least: columns[index]?.least ?? Number.POSITIVE_INFINITY }))
      .filter(({ one, least }) => one > least)
      .sort((a, b) => b.one - a.one)[0];
    if (!giving) return undefined;
    widths[giving.index] = giving.one - 1;
  }
  return widths;
}

function pad(cell: string, width: number, align: 'right' | undefined, isLast: boolean): string {
  const text = truncate(cell, width);
  const room = ' '.repeat(Math.max(0, width - widthOf(text)));
  if (align === 'right') return room + text;
  return isLast ? text : text + room;
}

function drawBlocks(columns: readonly Column[], rows: readonly string[][], paint: Terminal['paint']): string[] {
  return rows.flatMap((row, number) => [
    ...(number > 0 ? [''] : []),
    ...columns.flatMap(({ title }, index) => (row[index] ? [`${paint.dim(`${title}:`)} ${row[index]}`] : [])),
  ]);
}

/** `label  value` lines; values that are empty are left out. */
export function drawFacts(facts: ReadonlyArray<readonly [label: string, value: string | null | undefined]>, { paint }: Terminal): string[] {
  const given = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(0, ...given.map(([label]) => widthOf(label)));
  return given.map(([label, value]) => `${paint.dim(label.padEnd(width))}  ${value}`);
}
