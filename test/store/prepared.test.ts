/** Statements that are planned once per connection, and what becomes of them behind a pooler that lends out connections. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { prepared } from '../../src/store/prepared.ts';

const NAMES = "select name from pg_prepared_statements where name like 'kontor%'";

let opened: Database[];
let pooler: Server | undefined;
beforeEach(() => {
  opened = [];
});
afterEach(async () => {
  for (const db of opened) await db.destroy();
  pooler?.close();
  pooler = undefined;
});

async function open(url: string): Promise<Database> {
  const db = await openDatabase(url, { poolSize: 1 });
  opened.push(db);
  return db;
}

/** As PgBouncer does it: the process id that it tells its clients is its own. */
async function openPooler(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  pooler = createServer((client) => {
    const server = connect(Number(port), hostname);
    client.pipe(server);
    server.on('data', (data) => {
      const key = data.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
      if (key >= 0) data.writeInt32BE(4_711, key + 5);
      client.write(data);
    });
    for (const end of [client, server]) end.on('error', () => undefined).on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(pooler, 'listening');
  const through = new URL(url);
  through.port = String((pooler.address() as AddressInfo).port);
  return through.href;
}

const sum = (db: Database, value: number) => prepared(db.raw<{ rows: Array<{ n: number }> }>('select ?::int + 1 as n', [value]), 'sum');

it('are planned once and used again', async () => {
  const db = await open(inject('adminUrl'));
  expect([(await sum(db, 1)).rows, (await sum(db, 2)).rows]).toEqual([[{ n: 2 }], [{ n: 3 }]]);
  expect((await db.raw(NAMES)).rows).toEqual([{ name: 'kontor_sum' }]);
});

it('are planned anew behind a pooler, which may lend another connection for the next', async () => {
  const db = await open(await openPooler(inject('adminUrl')));
  expect([(await sum(db, 1)).rows, (await sum(db, 2)).rows]).toEqual([[{ n: 2 }], [{ n: 3 }]]);
  expect((await db.raw(NAMES)).rows).toEqual([]);
});
