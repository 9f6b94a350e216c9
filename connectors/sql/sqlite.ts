/**
 * SQLite, from a copy. The engine is the real one, compiled to WebAssembly; it knows nothing of the locks of other programs, so the file is
 * copied (with its write-ahead log) and the copy is taken only if nothing was written meanwhile. What was read is one state of the database.
 */
import { copyFile, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import knex, { type Knex } from 'knex';
import { openFolder } from '../../src/connector/files.ts';
import { NeedsOperatorError, RetryLaterError } from '../../src/errors.ts';
import type { Database, DatabaseRow } from './database.ts';
import { failureOf } from './failures.ts';
import type { Opening } from './server.ts';

type Engine = import('node-sqlite3-wasm').Database;

export async function openSqlite({ connection, config, baseFolder, signal }: Opening): Promise<Database> {
  const file = config.file ?? '';
  const where = { connection, place: `SQLite file ${file}` };
  const source = await found(baseFolder, file);
  const folder = await mkdtemp(path.join(tmpdir(), 'kontor-sqlite-'));
  let engine: Engine;
  try {
    await copyWhole(source, path.join(folder, 'copy.db'), config.maxFileMb);
    engine = await openCopy(path.join(folder, 'copy.db'));
  } catch (error) {
    throw failureOf(error, where);
  } finally {
    // The engine holds it open; nothing of it stays behind, whatever happens to this process.
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
  // Makes the statements; the engine runs them.
  const db = knex({ client: 'better-sqlite3', useNullAsDefault: true });

  async function ask(statement: Knex.QueryBuilder | Knex.Raw): Promise<readonly DatabaseRow[]> {
    if (signal.aborted) throw new RetryLaterError('SHUTTING_DOWN', `${connection}: stopped while reading ${file}`);
    try {
      const { sql, bindings } = statement.toSQL().toNative();
      return engine.all(sql, [...(bindings as string[])]) as DatabaseRow[];
    } catch (error) {
      throw failureOf(error, where);
    }
  }

  return {
    knex: db,
    ask,
    version: async () => `SQLite ${String((await ask(db.raw('select sqlite_version() as version')))[0]?.version)}`,
    clock: async () => null,
    async names(table) {
      const names =
        table === undefined
          ? db.raw("select name from sqlite_master where type in ('table', 'view')")
          : db.raw('select name from pragma_table_info(?)', [table]);
      return (await ask(names)).map(({ name }) => String(name));
    },
    async close() {
      engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openCopy(file: string): Promise<Engine> {
  const { default: sqlite } = await import('node-sqlite3-wasm');
  const engine = new sqlite.Database(file, { fileMustExist: true });
  try {
    // Without shared memory a write-ahead log can be read by one alone; it is folded into the copy.
    engine.exec('pragma locking_mode = exclusive');
    engine.all('pragma journal_mode = delete');
    engine.all('select count(*) from sqlite_master');
    engine.exec('pragma query_only = on');
    return engine;
  } catch (error) {
    engine.close();
    throw error;
  }
}

async function found(baseFolder: string, file: string): Promise<string> {
  const folder = await openFolder(baseFolder, path.dirname(file));
  const wanted = path.join(folder, path.basename(file));
  const real = await realpath(wanted).catch(() => null);
  if (real === null) throw new NeedsOperatorError('SOURCE_UNREADABLE', `there is no file ${wanted}; correct \`file\``);
  if (path.dirname(real) !== folder)
    throw new NeedsOperatorError(
      'SOURCE_OUTSIDE_FOLDER',
      `${wanted} is a link that leads out of its folder; name the file itself in \`file\``,
    );
  return real;
}

/** Copies until nothing was written meanwhile: a torn copy would be a database nobody ever had. */
async function copyWhole(source: string, target: string, maxMb: number): Promise<void> {
  const before = await stateOf(source);
  if (before.bytes > maxMb * 1024 * 1024)
    throw new NeedsOperatorError('SOURCE_TOO_LARGE', `${source} holds more than ${maxMb} MB; raise \`maxFileMb\``);
  // A journal is there while a transaction is being written, or after a crash until somebody opens the database.
  if (before.hasJournal) throw busy(source);
  await copyFile(source, target);
  if (before.hasLog) await copyFile(`${source}-wal`, `${target}-wal`);
  const after = await stateOf(source);
  if (after.stamp !== before.stamp) throw busy(source);
}

async function stateOf(source: string): Promise<{ stamp: string; bytes: number; hasLog: boolean; hasJournal: boolean }> {
  const [main, log, journal] = await Promise.all(
    ['', '-wal', '-journal'].map((suffix) => stat(`${source}${suffix}`, { bigint: true }).catch(() => null)),
  );
  const stamp = [main, log, journal].map((one) => (one ? `${one.ino} ${one.size} ${one.mtimeNs}` : '')).join('/');
  const bytes = Number((main?.size ?? 0n) + (log?.size ?? 0n));
  return { stamp, bytes, hasLog: (log?.size ?? 0n) > 0n, hasJournal: (journal?.size ?? 0n) > 0n };
}

function busy(source: string): RetryLaterError {
  return new RetryLaterError('SOURCE_NOT_READY', `${source} is being written; it is read when that is done`);
}
