import type { Database } from './database.ts';
import { mysql } from './mysql.ts';
import { postgresql } from './postgresql.ts';
import { type Opening, openServer } from './server.ts';
import { openSqlite } from './sqlite.ts';
import { sqlserver } from './sqlserver.ts';

/** Close it, whatever happens. */
export async function openDatabase(opening: Opening): Promise<Database> {
  const { system } = opening.config;
  if (system === 'sqlite') return openSqlite(opening);
  return openServer({ postgresql, mysql, sqlserver }[system], opening);
}
