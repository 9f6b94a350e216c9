/** What Kontor does not do: a job for every record, and an upsert in every job. BullMQ on PostgreSQL, fifty at a time. */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import pg from 'pg';
import { z } from 'zod';
import { openBackend } from '../src/queue/backend.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';
import { openQueue } from '../src/queue/open-queue.ts';
import { startWorker } from '../src/queue/run-worker.ts';

const [, , file, url, count] = process.argv;
if (!file || !url || !count) throw new Error('per-record.js FILE DATABASE_URL COUNT');
const records: Record<string, string>[] = [];
for await (const record of createReadStream(file).pipe(parse({ columns: true, to: Number(count) }))) records.push(record);

const pool = new pg.Pool({ connectionString: url, max: 20 });
await pool.query('create table profiles (customer_no text primary key, doc jsonb not null)');
let left = records.length;
let allDone: () => void = () => undefined;
const done = new Promise<void>((resolve) => {
  allDone = resolve;
});
const upsertJob = defineJob({
  name: 'upsert',
  payload: z.object({ record: z.record(z.string(), z.string()) }),
  retry: { attempts: 3, firstDelayMs: 100 },
  async handle({ record }: { record: Record<string, string> }, _context: JobContext) {
    await pool.query('insert into profiles values ($1, $2) on conflict (customer_no) do update set doc = excluded.doc', [
      record.customer_no,
      record,
    ]);
    left -= 1;
    if (left === 0) allDone();
    return undefined;
  },
});
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const backend = await openBackend({ kind: 'postgres', url });
const queue = openQueue(backend);
const worker = await startWorker({
  backend,
  jobs: [upsertJob as never],
  context: (base) => base,
  concurrency: 50,
  drainMs: 1_000,
  log: silent,
});
const startedMs = performance.now();
await queue.addMany(
  upsertJob,
  records.map((record) => ({ record })),
);
await done;
const ms = performance.now() - startedMs;
await worker.stop();
await queue.close();
await backend.close();
await pool.end();
console.log(JSON.stringify({ ms, records: records.length }));
process.exit(0);
