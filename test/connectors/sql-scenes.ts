/** What must hold of every database alike. Each is a real one; only how tables are made and spelled differs. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../../connectors/sql/index.ts';
import type { Cursor } from '../../src/connector/contract.ts';
import { openSession } from '../../src/connector/open-session.ts';

type Row = Record<string, unknown>;

/** A database with a login that may read, and hands to change it with. */
export interface SqlPeer {
  readonly settings: Record<string, unknown>;
  /** As its owner. */
  run(statement: string): Promise<unknown>;
  /** A transaction of another user: it has begun, and is committed later. Absent where only one can write. */
  late?(statement: string): Promise<{ commit(): Promise<void> }>;
  stop(): Promise<void>;
}

export interface SqlDialect {
  readonly types: { readonly decimal: string; readonly truth: string; readonly stamp: string; readonly bytes: string };
  readonly bytes: string;
  /** As the column of type `stamp` shows it. */
  shown(stamp: string): string;
  readonly truths: readonly [unknown, unknown];
  /** One reading sees one state, whatever happens meanwhile. */
  readonly isCopy?: boolean;
  /** The driver takes them for parameters. */
  readonly noQuestionMarks?: boolean;
  /** A select that takes seconds, and one whose error names a value. */
  readonly slow?: string;
  readonly leaky?: string;
}

/** Reads to the end as the engine does; small pages. */
export async function readSql(settings: Row, options: Row, cursor: Cursor | null = null, afterPage?: (turn: number) => Promise<unknown>) {
  const config = sql.config.parse({ pageSize: 4, ...settings });
  const request = { connection: 'erp', config, baseFolder: '/', signal: new AbortController().signal, now: () => new Date() };
  const session = openSession(sql, request, null);
  const source = sql.sources.account;
  if (!source) throw new Error('no source');
  const pages: Array<{ records: Row[]; cursor: Cursor }> = [];
  for await (const page of source.read(session, source.options.parse(options), cursor)) {
    pages.push({ records: page.records as Row[], cursor: JSON.parse(JSON.stringify(page.cursor)) });
    await afterPage?.(pages.length);
  }
  return { pages, records: pages.flatMap(({ records }) => records), cursor: pages.at(-1)?.cursor ?? null };
}

const ids = (records: readonly Row[]): string[] => records.map(({ id }) => String(id));
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, at) => String(from + at));
const CHANGED = { id: 'id', changedAt: { column: 'changed_at' } };
const TABLE = { table: 'customers', ...CHANGED };

export function describeSql(
  name: string,
  { types, bytes, shown, truths, isCopy, noQuestionMarks, slow, leaky }: SqlDialect,
  start: () => Promise<SqlPeer>,
): void {
  describe(name, () => {
    let peer: SqlPeer;
    beforeAll(async () => {
      peer = await start();
      const columns = `name varchar(100), credit ${types.decimal}, big bigint, vip ${types.truth}, since date, changed_at ${types.stamp}`;
      await peer.run(`create table customers (id integer not null primary key, ${columns})`);
      await peer.run(
        'create table prices (list varchar(20) not null, product varchar(20) not null, price varchar(20), primary key (list, product))',
      );
      await peer.run('create table odd (id varchar(20), photo varchar(20))');
      await peer.run(`create table photos (id integer, photo ${types.bytes})`);
    });
    afterAll(() => peer?.stop());
    beforeEach(async () => {
      for (const table of ['customers', 'prices', 'odd', 'photos']) await peer.run(`delete from ${table}`);
      for (let id = 1; id <= 10; id += 1) await add(id, '2026-03-02 08:00:00');
    });

    const add = (id: number, stamp: string | null) =>
      peer.run(`insert into customers (id, name, changed_at) values (${id}, 'Name ${id}', ${stamp === null ? 'null' : `'${stamp}'`})`);
    const read = (options: Row, cursor?: Cursor | null, afterPage?: (turn: number) => Promise<unknown>) =>
      readSql(peer.settings, options, cursor, afterPage);

    it('reads every row once, and keeps digits, NULL, dates and instants as they are', async () => {
      await peer.run(
        `insert into customers values (0, 'Müller''s "Größe" ß', '12345678901234.5670', 9007199254740993, ${truths[0] === true ? 'true' : '1'}, '2026-11-10', '2026-03-02 08:00:00')`,
      );
      const { records, pages } = await read(TABLE);
      expect(ids(records)).toEqual(numbers(0, 10));
      expect(pages.length).toBeGreaterThan(2);
      const { credit, ...first } = records[0] as Row;
      expect(first).toEqual({
        '@at': 'customers(0)',
        id: 0,
        name: 'Müller\'s "Größe" ß',
        big: '9007199254740993',
        vip: truths[0],
        since: '2026-11-10',
        changed_at: shown('2026-03-02 08:00:00'),
      });
      expect(String(credit).replace(/0+$/, '')).toBe('12345678901234.567');
      expect(records[1]).toMatchObject({ credit: null, big: null, vip: null, since: null });
    });

    it('misses nothing after any page, while rows come and go', async () => {
      const whole = await read(TABLE, null, async (turn) => {
        if (turn !== 1) return;
        await peer.run('delete from customers where id in (1, 2, 6)');
        await add(11, '2026-03-02 08:00:00');
      });
      // A copy of a file is one state of the database; a server shows what is true page by page.
      const [last, gone] = isCopy ? ['10', ''] : ['11', '6'];
      expect(ids(whole.records)).toEqual(numbers(1, Number(last)).filter((id) => id !== gone));
      for (const { cursor, records } of whole.pages.slice(0, -1)) {
        const last = Number(records.at(-1)?.id);
        const rest = await read(TABLE, cursor);
        expect(ids(rest.records)).toEqual(numbers(last + 1, 11).filter((id) => id !== '6'));
      }
    });

    it('reads in a delta what was changed at the instant of the cursor and since, more equal stamps than a page holds, and rows without a stamp', async () => {
      await add(20, '2026-03-02 12:00:00');
      const { cursor } = await read(TABLE);
      await peer.run("update customers set changed_at = '2026-03-02 12:00:00' where id <= 6");
      await add(21, null);
      expect(ids((await read(TABLE, cursor)).records)).toEqual([...numbers(1, 6), '20', '21']);
    });

    it('finds what is committed behind its stamp, within the declared lag', async () => {
      const late = await peer.late?.("insert into customers (id, changed_at) values (30, '2026-03-02 11:50:00')");
      await add(20, '2026-03-02 12:00:00');
      const { cursor, records } = await read(TABLE);
      expect(ids(records)).not.toContain('30');
      if (late) await late.commit();
      else await peer.run("insert into customers (id, changed_at) values (30, '2026-03-02 11:50:00')");
      expect(ids((await read(TABLE, cursor)).records)).toEqual(['20', '30']);
    });

    it('understands stamps of another zone', async () => {
      const berlin = { ...TABLE, changedAt: { column: 'changed_at', zone: 'Europe/Berlin', commitLagSeconds: 0 } };
      // 13:00 in Berlin is 12:00 in UTC; a clock change may make an hour of it.
      await add(20, '2026-03-02 13:00:00');
      const { cursor } = await read(berlin);
      expect(cursor).toMatchObject({ since: '2026-03-02T10:59:59.000Z' });
      await add(21, '2026-03-02 11:59:58');
      await add(22, '2026-03-02 11:59:59');
      expect(ids((await read(berlin, cursor)).records)).toEqual(['20', '22']);
    });

    it('goes on behind ids of several parts', async () => {
      const keys = ['a', "o'b", 'c'].flatMap((list) => ['1', '2', '10'].map((product) => [list, product] as const));
      for (const [list, product] of keys) await peer.run(`insert into prices values ('${list.replace("'", "''")}', '${product}', '1.50')`);
      const { records } = await read({ table: 'prices', id: ['list', 'product'] });
      expect(records.map(({ list, product }) => `${list}/${product}`).sort()).toEqual(keys.map((key) => key.join('/')).sort());
      expect(records[0]?.['@at']).toBe('prices(a,1)');
    });

    it('shows rows without an id instead of losing them', async () => {
      for (const id of ["'x'", 'null', "'y'", 'null', "'z'", "'w'"]) await peer.run(`insert into odd (id) values (${id})`);
      const { records } = await read({ table: 'odd', id: 'id' });
      expect(records.map(({ id }) => id)).toEqual([null, null, 'w', 'x', 'y', 'z']);
    });

    it('reads a query as if it were a view, with whatever stands in it', async () => {
      const condition = noQuestionMarks ? "name <> ':x'" : "name <> '?' and name <> ':x'";
      const query = `select id as customer, name, changed_at from customers where ${condition} -- to the end`;
      const { records } = await read({
        query,
        id: 'customer',
        where: `name = 'Name 3' or ${condition.slice(0, 4)} = 'Name 7' -- and so on`,
        columns: ['name'],
      });
      expect(records).toEqual([
        { '@at': 'query(3)', customer: 3, name: 'Name 3' },
        { '@at': 'query(7)', customer: 7, name: 'Name 7' },
      ]);
      if (noQuestionMarks) await expect(read({ query: "select '?' as id", id: 'id' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    });

    it('names what is missing, and what somebody may have meant', async () => {
      await expect(read({ table: 'custmers', id: 'id' })).rejects.toMatchObject({
        code: 'ERP_NOT_FOUND',
        message: expect.stringContaining('did you mean "customers"'),
      });
      await expect(read({ ...TABLE, columns: ['nam'] })).rejects.toMatchObject({
        code: 'SOURCE_LAYOUT',
        message: expect.stringContaining('there is no column "nam"; did you mean "name"'),
      });
      await expect(read({ query: 'select frm', id: 'id' })).rejects.toMatchObject({ name: 'NeedsOperatorError' });
      await expect(read({ query: 'selct 1', id: 'id' })).rejects.toMatchObject({
        code: 'ERP_REFUSED',
        message: expect.stringContaining('does not understand'),
      });
    });

    it('refuses bytes by the name of their column, and reads the others', async () => {
      await peer.run(`insert into photos values (1, ${bytes})`);
      await expect(read({ table: 'photos', id: 'id' })).rejects.toMatchObject({
        code: 'SOURCE_LAYOUT',
        message: expect.stringContaining('"photo"'),
      });
      expect(ids((await read({ table: 'photos', id: 'id', columns: ['id'] })).records)).toEqual(['1']);
    });

    it('says what answers', async () => {
      const request = {
        connection: 'erp',
        config: sql.config.parse(peer.settings),
        baseFolder: '/',
        signal: new AbortController().signal,
        now: () => new Date(),
      };
      expect(await sql.check(openSession(sql, request, null))).toMatchObject({
        summary: expect.stringMatching(/^\w+ \d+\.\d+/),
        warnings: [],
      });
    });

    it('tells no value in an error', async () => {
      const leak = leaky ?? 'select id, name from customers where name = json_extract(name, name)';
      const error = await read({ query: leak, id: 'id' }).then(
        () => null,
        (reason: Error) => reason,
      );
      expect(error).toMatchObject({ code: 'ERP_REFUSED' });
      expect(JSON.stringify([error, error?.message, String((error as Error).cause)])).not.toContain('Name 1');
    });

    if (slow === undefined) return;
    it('gives up a statement that takes too long', async () => {
      await expect(readSql({ ...peer.settings, statementSeconds: 1 }, { query: slow, id: 'id' })).rejects.toMatchObject({
        name: 'RetryLaterError',
        message: expect.stringContaining('statementSeconds'),
      });
    });
  });
}
