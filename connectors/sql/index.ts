/** Databases, read directly: a table, view or query for each entity, declared and mapped in kontor.yaml. Nothing is ever written. */
import { z } from 'zod';
import type { Connector, Session, SystemInfo } from '../../src/connector/contract.ts';
import { jsonSource } from '../../src/connector/json-source.ts';
import { openDatabase } from './open-database.ts';
import { readTable } from './read.ts';
import { readOptions } from './read-options.ts';
import { type SqlSettings, sqlSettings } from './settings.ts';

const record = z.object({ '@at': z.string() }).catchall(z.json());

/** Every entity is read in the same way; without a mapping of its own, for every database is another. */
const table = jsonSource({ options: readOptions, record, read: readTable, at: (row) => row['@at'] });

export const sql: Connector<SqlSettings> = {
  name: 'sql',
  summary: 'tables, views and queries of PostgreSQL, MySQL, MariaDB, SQL Server and SQLite, mapped in kontor.yaml',
  config: sqlSettings,
  // SQLite computes where it is called. A table tells nothing of rows that are gone: a full pull compares the ids.
  traits: { keys: 'exact', offMainThread: true, deletes: 'id-set-difference', delta: 'changes' },
  check,
  sources: {
    account: table,
    contact: table,
    address: table,
    price: table,
    stock: table,
    rate: table,
    document: table,
    documentLine: table,
  },
};

async function check(session: Session<SqlSettings>): Promise<SystemInfo> {
  const { config } = session;
  const database = await openDatabase(session);
  try {
    const isOpen = config.system !== 'sqlite' && config.encrypt !== 'verify' && !/^(?:localhost|127\.|::1$)/.test(config.host ?? '');
    return {
      summary: `${await database.version()}, ${config.system === 'sqlite' ? config.file : `database ${config.database} at ${config.host}`}`,
      warnings: isOpen ? ['the server is not asked who it is; set `encrypt: verify`, with `tls.ca` if its certificate is its own'] : [],
    };
  } finally {
    await database.close();
  }
}
