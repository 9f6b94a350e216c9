import type { Database } from './database.ts';
import { mysql } from './mysql.ts';
import { postgresql } from './postgresql.ts';
import type { Opening } from './server.ts';
import { sqlserver } from './sqlserver.ts';

/** Close it, whatever happens. knex and the drivers are loaded by those who read a database. */
export async function openDatabase(opening: Opening): Promise<Database> {
  const { system } = opening.config;
  if (system === 'sqlite') return (await import('./sqlite.ts')).openSqlite(opening);
  const { openServer } = await import('./server.ts');
  return openServer({ postgresql, mysql, sqlserver }[system], opening);
}
