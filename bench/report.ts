/** The figures as a table: what was measured, beside what, the ratio, and the bound it is held to. */
import { cpus, totalmem } from 'node:os';

export interface Measures {
  rows: number;
  floorMs: number;
  firstMs: number;
  arraysMs: number;
  objectsMs: number;
  sameMs: number;
  onePercentMs: number;
  untouchedMs: number;
  memoryMb: number;
  largeMs: number;
  largeMemoryMb: number;
  /** Extrapolated to all rows from `perRecordJobs`. */
  perRecordMs: number;
  perRecordJobs: number;
}

export function* drawReport(m: Measures): Generator<string> {
  yield `${cpus().length} processors (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.version}; ${m.rows} rows x 15 columns; medians`;
  yield '';
  yield '| what | took | beside | took | ratio | bound | |';
  yield '| --- | ---: | --- | ---: | ---: | ---: | --- |';
  yield line('first import', m.firstMs, 'the floor (csv-parse, COPY, one upsert into jsonb)', m.floorMs, 2);
  yield line('full pull, nothing changed', m.sameMs, 'csv-parse alone, records as objects', m.objectsMs, 1.3);
  yield line('full pull, nothing changed', m.sameMs, 'csv-parse alone, records as arrays', m.arraysMs, 1.3);
  yield line('full pull, 1 % changed', m.onePercentMs, 'csv-parse alone, records as objects', m.objectsMs, 1.5);
  yield line('full pull, 1 % changed', m.onePercentMs, 'csv-parse alone, records as arrays', m.arraysMs, 1.5);
  yield line('ordinary pull, same file delivered again', m.untouchedMs, 'csv-parse alone, records as arrays', m.arraysMs, 1.3);
  yield line(`first import of ${4 * m.rows} rows`, m.largeMs, `of ${m.rows} rows`, m.firstMs, 4.4);
  const from = m.perRecordJobs < m.rows ? ` (extrapolated from ${m.perRecordJobs})` : '';
  yield line(`one job and one upsert per record${from}`, m.perRecordMs, 'first import', m.firstMs, 20, 'at least');
  yield row("worker's peak memory", `${m.memoryMb.toFixed(0)} MB`, '', '', '', '250 MB', m.memoryMb < 250);
  const growth = m.largeMemoryMb / m.memoryMb;
  yield row(
    `worker's peak memory, ${4 * m.rows} rows`,
    `${m.largeMemoryMb.toFixed(0)} MB`,
    `${m.rows} rows`,
    `${m.memoryMb.toFixed(0)} MB`,
    growth.toFixed(2),
    '1.10',
    growth <= 1.1,
  );
}

function line(
  what: string,
  ms: number,
  beside: string,
  besideMs: number,
  bound: number,
  sense: 'at most' | 'at least' = 'at most',
): string {
  const ratio = ms / besideMs;
  const isMet = sense === 'at most' ? ratio <= bound : ratio >= bound;
  return row(what, seconds(ms), beside, seconds(besideMs), ratio.toFixed(2), `${sense} ${bound}`, isMet);
}

/** `isMet` is `null` where there is no bound. */
export function row(
  what: string,
  took: string,
  beside: string,
  besideTook: string,
  ratio: string,
  bound: string,
  isMet: boolean | null,
): string {
  const verdict = { true: 'met', false: 'MISSED', null: '' }[String(isMet) as 'true' | 'false' | 'null'];
  return `| ${[what, took, beside, besideTook, ratio, bound, verdict].join(' | ')} |`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
