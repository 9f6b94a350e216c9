/** The sql connector against a real MariaDB. */
import knex from 'knex';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { describeSql, readSql, type SqlPeer } from '../../connectors/sql-scenes.ts';
import type { SqlTold } from './start.ts';

const told = (): SqlTold | undefined => inject('peers').sql as SqlTold | undefined;
let turn = 0;

async function mariadb(): Promise<SqlPeer> {
  const { host, port, admin } = told() as SqlTold;
  const open = (database?: string) =>
    knex({
      client: 'mysql2',
      connection: { host, port, user: admin, multipleStatements: true, ...(database === undefined ? {} : { database }) },
      pool: { min: 0, max: 3 },
    });
  turn += 1;
  const [database, user, password] = [`erp_${turn}`, `reader_${turn}`, 'reader-4711'];
  const root = open();
  await root.raw(`create database ${database} character set utf8mb4; create user ${user}@'127.0.0.1' identified by '${password}'`);
  await root.raw(`grant select, execute on ${database}.* to ${user}@'127.0.0.1'`);
  await root.destroy();
  const db = open(database);
  return {
    settings: { system: 'mysql', host, port, database, user, password, encrypt: 'no' },
    run: (statement) => db.raw(statement),
    async late(statement) {
      const transaction = await db.transaction();
      await transaction.raw(statement);
      return { commit: async () => void (await transaction.commit()) };
    },
    stop: () => db.destroy(),
  };
}

describe.skipIf(!told())('a real MariaDB', () => {
  describeSql(
    'MariaDB',
    {
      types: { decimal: 'decimal(20, 4)', truth: 'tinyint(1)', stamp: 'datetime', bytes: 'blob' },
      bytes: "x'00'",
      truths: [1, 0],
      shown: (stamp) => stamp.replace(' ', 'T'),
      noQuestionMarks: true,
      slow: 'select sleep(20) as id',
      leaky: 'select id, extractvalue(name, concat(0x7e, name)) as name from customers',
    },
    mariadb,
  );

  describe('beyond that', () => {
    let peer: SqlPeer;
    beforeAll(async () => {
      peer = await mariadb();
    });
    afterAll(() => peer.stop());

    it('writes nothing, whatever a query does', async () => {
      await peer.run('create table marks (id integer)');
      await peer.run('create function mark() returns integer modifies sql data begin insert into marks values (1); return 1; end');
      await expect(readSql(peer.settings, { query: 'select mark() as id', id: 'id' })).rejects.toMatchObject({
        code: 'ERP_REFUSED',
        message: expect.stringContaining('would write'),
      });
      expect(await peer.run('select * from marks')).toMatchObject({ 0: [] });
    });

    it('takes zero dates for none, bits for numbers, TIMESTAMP for UTC, and whole numbers beyond 2^53 as ids', async () => {
      await peer.run(
        "set session sql_mode = ''; create table events (id bigint unsigned primary key, day date, at timestamp null, flag bit(1))",
      );
      await peer.run(
        "set session sql_mode = '', time_zone = '+01:00'; insert into events values (18446744073709551614, '0000-00-00', '2026-03-02 09:00:00', b'1'), (18446744073709551615, '2026-03-02', null, b'0')",
      );
      const options = { table: 'events', id: 'id', changedAt: { column: 'at' } };
      const { records, pages, cursor } = await readSql({ ...peer.settings, pageSize: 1 }, options);
      expect(records).toEqual([
        { '@at': 'events(18446744073709551614)', id: '18446744073709551614', day: null, at: '2026-03-02T08:00:00Z', flag: 1 },
        { '@at': 'events(18446744073709551615)', id: '18446744073709551615', day: '2026-03-02', at: null, flag: 0 },
      ]);
      expect(pages).toHaveLength(3);
      expect((await readSql(peer.settings, options, cursor)).records).toHaveLength(2);
      await expect(readSql(peer.settings, { ...options, changedAt: { column: 'at', zone: 'Europe/Berlin' } })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
      });
    });

    it('says which login, database or permission is wrong', async () => {
      const from = { table: 'secrets', id: 'id' };
      await peer.run('create table mysql.kontor_secrets (id integer)');
      await expect(readSql(peer.settings, { ...from, table: 'mysql.kontor_secrets' })).rejects.toMatchObject({
        code: 'ERP_PERMISSION_MISSING',
      });
      await expect(readSql({ ...peer.settings, password: 'another' }, from)).rejects.toMatchObject({ code: 'ERP_LOGIN_REFUSED' });
      await expect(readSql({ ...peer.settings, database: 'mysql' }, from)).rejects.toMatchObject({ code: 'ERP_PERMISSION_MISSING' });
      await expect(readSql({ ...peer.settings, encrypt: 'verify' }, from)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
    });
  });
});
