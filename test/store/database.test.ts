import { expect, inject, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { createTestDatabase } from '../support/database.ts';

it('names host and port of a server that does not answer, never the password', async () => {
  const opening = openDatabase('postgres://kontor:s3cret@127.0.0.1:1/kontor');
  await expect(opening).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', message: expect.stringContaining('127.0.0.1:1/kontor') });
  await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('s3cret') });
});

it('refuses what is not a PostgreSQL url without repeating it', async () => {
  const opening = openDatabase('mysql://kontor:s3cret@somewhere/kontor');
  await expect(opening).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('s3cret') });
});

it('tells a refused login from a server that does not answer', async () => {
  const url = new URL(inject('adminUrl'));
  url.password = 'wrong';
  await expect(openDatabase(url.href)).rejects.toMatchObject({ code: 'DATABASE_UNSUITABLE', name: 'NeedsOperatorError' });
});

it('refuses a server that is too old and tells what it found', async () => {
  const { db, name, url } = await createTestDatabase();
  // Looks like PostgreSQL 13: our own current_setting is found before the real one.
  await db.raw('create schema old');
  await db.raw(`create function old.current_setting(setting text) returns text language sql
    as $$ select case when setting = 'server_version_num' then '130005' else '13.5' end $$`);
  await db.raw(`alter database ${name} set search_path = old, public, pg_catalog`);
  await expect(openDatabase(url)).rejects.toMatchObject({
    code: 'DATABASE_UNSUITABLE',
    message: expect.stringContaining('is PostgreSQL 13.5; Kontor needs 14 or later'),
  });
});

it('speaks UTC on every connection and keeps days and long numbers as text', async () => {
  const { db } = await createTestDatabase();
  const { rows } = await db.raw(
    "select current_setting('timezone') as zone, current_setting('application_name') as name, date '2026-03-29' as day, 9007199254740993::bigint as id",
  );
  expect(rows).toEqual([{ zone: 'UTC', name: 'kontor', day: '2026-03-29', id: '9007199254740993' }]);
});
