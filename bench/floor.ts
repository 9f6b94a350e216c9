/**
 * The floor: the least anybody would do to keep such a file in PostgreSQL. csv-parse streams into COPY into an unlogged
 * table, then one statement keeps each row as jsonb with a hash.
 */
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { COLUMNS } from './customers-file.ts';

const [, , file, url] = process.argv;
if (!file || !url) throw new Error('floor.js FILE DATABASE_URL');
const client = new pg.Client({ connectionString: url });
await client.connect();
await client.query(`
  create unlogged table raw (${COLUMNS.map((column) => `${column} text`).join(', ')});
  create table kept (customer_no text primary key, hash text not null, doc jsonb not null)`);
const startedMs = performance.now();
const toCopy = new Transform({
  writableObjectMode: true,
  transform(record: string[], _encoding, done) {
    done(
      null,
      `${record.map((cell) => cell.replace(/[\\\t\n\r]/g, (c) => (c === '\\' ? '\\\\' : c === '\t' ? '\\t' : c === '\n' ? '\\n' : '\\r'))).join('\t')}\n`,
    );
  },
});
await pipeline(createReadStream(file), parse({ from: 2 }), toCopy, client.query(copyFrom('copy raw from stdin')));
const copiedMs = performance.now();
await client.query(`
  insert into kept (customer_no, hash, doc) select customer_no, md5(raw::text), to_jsonb(raw) from raw
  on conflict (customer_no) do update set hash = excluded.hash, doc = excluded.doc where kept.hash <> excluded.hash`);
const endedMs = performance.now();
await client.end();
console.log(JSON.stringify({ ms: endedMs - startedMs, copyMs: copiedMs - startedMs, keepMs: endedMs - copiedMs }));
