/** How the engine and the mapping language look at a row. */
import { z } from 'zod';
import type { Json, Origin } from '../../src/connector/contract.ts';
import { cellValue } from '../../src/connector/tabular/cell.ts';
import { cleanTitle, makeHeader } from '../../src/connector/tabular/header.ts';
import { Row } from '../../src/connector/tabular/row.ts';
import { RecordRejectedError } from '../../src/errors.ts';

export function rowOrigin({ header, row }: Row): Origin {
  return header.sheet === undefined ? { file: header.file, row } : { file: header.file, sheet: header.sheet, row };
}

export function rowContent(row: Row): string {
  return row.content;
}

/** Lists side by side: column names are foreign and must not become property names. */
export function rowPayload({ header, cells, kinds }: Row): Json {
  const payload = { columns: [...header.names], cells: [...cells] };
  return kinds === undefined ? payload : { ...payload, kinds };
}

const storedRow = z.object({
  columns: z.array(z.string()),
  cells: z.array(z.string()),
  kinds: z.string().optional(),
  broken: z.string().optional(),
});

/** A row that could not be read as one stays so, whatever the mapping says now: only a new pull can bring it corrected. */
export function reviveRow(payload: Json, origin: Origin): Row {
  const { columns, cells, kinds, broken } = storedRow.parse(payload);
  if (broken !== undefined) throw new RecordRejectedError('RECORD_INVALID', `${broken}; correct the file, then pull again`);
  const header = makeHeader(origin.file ?? '', origin.sheet, columns);
  return Row.of(header, cells, origin.row ?? 0, kinds);
}

export function accessRow({ header }: Row): {
  shape: unknown;
  names: readonly string[];
  at(name: string): ((row: Row) => unknown) | undefined;
} {
  return {
    shape: header,
    names: header.names,
    at(name) {
      const index = header.names.indexOf(cleanTitle(name));
      return index < 0 ? undefined : (row) => (row.kinds === undefined ? row.cell(index) : cellValue(row.cell(index), row.kinds[index]));
    },
  };
}
