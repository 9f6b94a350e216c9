/** A workbook, whatever its format, as the layout needs it. */
import type { Merge } from './merged-header.ts';

export interface SheetRow {
  readonly row: number;
  readonly cells: string[];
  /** One letter of `KIND` per cell. */
  readonly kinds: string;
  readonly hidden: boolean;
}

export interface Sheet {
  readonly name: string;
  /** Those that touch the rows where a header is looked for. */
  merges(): Promise<readonly Merge[]>;
  /** Rows in order, some at a time. `share` of the sheet is behind us then. */
  rows(): AsyncIterable<{ rows: SheetRow[]; share: number }>;
}

export interface Book {
  /** In the order of the tabs, hidden ones too. */
  readonly sheets: readonly Sheet[];
  /** Whether `SheetRow.hidden` can be trusted to say so. */
  readonly knowsHiddenRows: boolean;
  close(): void;
}
