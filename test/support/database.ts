/** A database of its own for a test, copied in a moment from one that is already migrated. */
import path from 'node:path';
import type { Knex } from 'knex';
import { expect, inject } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** Closed after the test file, whether it passes or not. */
  readonly db: Knex;
}

const made: TestDatabase[] = [];

/** Dropped after the test file when it passes, kept when it fails. `empty`: without the tables of the migrations. */
export async function createTestDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const file = path.basename(expect.getState().testPath ?? 'unknown', '.test.ts').replaceAll(/\W+/g, '_');
  const folder = path.basename(path.dirname(expect.getState().testPath ?? '')).replaceAll(/\W+/g, '_');
  const name = `t_${folder}_${file}_${made.length + 1}`.toLowerCase();
  const template = options.empty ? 'template1' : 'kontor_template';
  await asAdmin((admin) => admin.raw(`drop database if exists ${name} with (force)`));
  await asAdmin((admin) => admin.raw(`create database ${name} template ${template}`));
  const url = new URL(`/${name}`, inject('adminUrl')).href;
  const database = { name, url, db: await openDatabase(url) };
  made.push(database);
  return database;
}

/** What drop-databases.ts calls when a test file has ended. */
export async function endTestDatabases(passed: boolean): Promise<void> {
  for (const { db, name } of made.splice(0)) {
    await db.destroy();
    if (passed) await asAdmin((admin) => admin.raw(`drop database if exists ${name} with (force)`));
  }
}

async function asAdmin(act: (admin: Knex) => Promise<unknown>): Promise<void> {
  const admin = await openDatabase(inject('adminUrl'), { poolSize: 1 });
  try {
    await act(admin);
  } finally {
    await admin.destroy();
  }
}
