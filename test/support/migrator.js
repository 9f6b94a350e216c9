// A process that connects, waits for a word on stdin, migrates a database with the migrations Kontor ships, and prints
// the names it applied.
// With `hang` it begins a migration of its own and never ends it.
import { once } from 'node:events';
import { openDatabase } from '../../dist/src/store/database.js';
import { migrate } from '../../dist/src/store/migrate.js';
import { migrations } from '../../dist/src/store/migrations/index.js';

const [url, mode] = process.argv.slice(2);
const db = await openDatabase(url);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();

async function hang(trx) {
  await trx.raw('create table half_done (id int)');
  process.stdout.write('hanging\n');
  await new Promise((resolve) => setTimeout(resolve, 600_000));
}

const { applied } = await migrate(db, mode === 'hang' ? [{ name: 'hanging', up: hang }] : migrations);
process.stdout.write(`${JSON.stringify(applied)}\n`);
await db.destroy();
