/** A database of its own for a test, copied in a moment from one that is already migrated. */
import path from 'node:path';
import type { Knex } from 'knex';
import { expect, inject, onTestFinished, TestRunner } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { atEnd } from './made-databases.ts';

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** Closed after the test that made it, else after the test file. */
  readonly db: Knex;
}

export interface Filling {
  readonly name: string;
  fill(db: Knex): Promise<void>;
}

let made = 0;
let admin: Promise<Knex> | undefined;
const templates = new Map<string, Promise<string>>();

/**
 * Dropped after the test file when it passes, kept when it fails. `empty`: without the tables of the migrations. `filled`: with what
 * the first one of the run to ask for it put in.
 */
export async function createTestDatabase(options: { empty?: boolean; filled?: Filling } = {}): Promise<TestDatabase> {
  const file = path.basename(expect.getState().testPath ?? 'unknown', '.test.ts').replaceAll(/\W+/g, '_');
  const folder = path.basename(path.dirname(expect.getState().testPath ?? '')).replaceAll(/\W+/g, '_');
  made += 1;
  const name = `t_${folder}_${file}_${made}`.toLowerCase();
  const template = options.empty ? 'template1' : options.filled ? await templateOf(options.filled) : 'kontor_template';
  await copyDatabase(name, template);
  const url = urlOf(name);
  const db = await openDatabase(url);
  atEnd(async (passed) => {
    await db.destroy();
    if (passed) await dropDatabase(name);
  });
  // A file may make more databases than a server has connections.
  if (TestRunner.getCurrentTest()) onTestFinished(() => db.destroy());
  return { name, url, db };
}

function templateOf(filling: Filling): Promise<string> {
  const template = templates.get(filling.name) ?? fillTemplate(filling);
  templates.set(filling.name, template);
  return template;
}

/** The files beside us wait for the one that came first. */
async function fillTemplate({ name, fill }: Filling): Promise<string> {
  const template = `kontor_template_${name}`;
  await asAdmin((admin) =>
    admin.transaction(async (trx) => {
      await trx.raw('select pg_advisory_xact_lock(hashtext(?))', [template]);
      if (await trx('pg_database').where({ datname: template }).first()) return;
      const draft = `${template}_draft`;
      await copyDatabase(draft, 'kontor_template');
      const db = await openDatabase(urlOf(draft), { poolSize: 1 });
      await fill(db).finally(() => db.destroy());
      // Under its own name only when it is whole.
      await trx.raw(`alter database ${draft} rename to ${template}`);
    }),
  );
  return template;
}

/** Copying files is several times cheaper than logging every page of the copy (the strategy of PostgreSQL when none is named). */
async function copyDatabase(name: string, template: string): Promise<void> {
  await dropDatabase(name);
  await asAdmin((admin) => admin.raw(`create database ${name} template ${template} strategy file_copy`));
}

async function dropDatabase(name: string): Promise<void> {
  await asAdmin((admin) => admin.raw(`drop database if exists ${name} with (force)`));
}

const urlOf = (name: string): string => new URL(`/${name}`, inject('adminUrl')).href;

async function asAdmin(act: (admin: Knex) => Promise<unknown>): Promise<void> {
  admin ??= openAdmin();
  await act(await admin);
}

async function openAdmin(): Promise<Knex> {
  const opened = await openDatabase(inject('adminUrl'), { poolSize: 2 });
  atEnd(async () => {
    admin = undefined;
    await opened.destroy();
  });
  return opened;
}
