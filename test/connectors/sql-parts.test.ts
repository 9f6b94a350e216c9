/** Statements and failures of databases, SQL Server's among them: no such server can be had here, so that its SQL is looked at. */
import knex, { type Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import { Digits, idPart, isoText, plainCell } from '../../connectors/sql/cells.ts';
import { failureOf } from '../../connectors/sql/failures.ts';
import { sql } from '../../connectors/sql/index.ts';
import { readOptions } from '../../connectors/sql/read-options.ts';
import { pageQuery, withoutIdQuery } from '../../connectors/sql/select.ts';
import { describeQuery, expressionsFor, sqlserver } from '../../connectors/sql/sqlserver.ts';

const databases = {
  pg: knex({ client: 'pg' }),
  mysql2: knex({ client: 'mysql2' }),
  mssql: knex({ client: 'mssql' }),
  sqlite: knex({ client: 'better-sqlite3', useNullAsDefault: true }),
};
const native = (statement: Knex.QueryBuilder | Knex.Raw) => statement.toSQL().toNative();
const SINCE = new Date('2026-03-02T08:00:00.123Z');

describe('statements', () => {
  const options = readOptions.parse({
    table: 'sales.customers',
    id: ['list', 'no'],
    changedAt: { column: 'changed_at' },
    where: "a = 'x?' or b = 1",
  });
  const page = { since: SINCE, behind: [{ s: "o'b" }, { n: '9007199254740993' }], limit: 50 };

  it('of SQL Server', () => {
    expect(native(pageQuery(databases.mssql, options, page))).toEqual({
      sql:
        "select top (@p0) * from [sales].[customers] where (a = 'x?' or b = 1\n) and [list] is not null and [no] is not null and " +
        '([changed_at] >= @p1 or [changed_at] is null) and (([list] > @p2) or ([list] = @p3 and [no] > 9007199254740993)) order by [list] asc, [no] asc',
      bindings: [50, '2026-03-02T08:00:00.123', "o'b", "o'b"],
    });
    expect(native(withoutIdQuery(databases.mssql, options, { limit: 50 })).sql).toContain(
      '([list] is null or [no] is null) order by [list] asc',
    );
  });

  it.each([
    ['pg', '"changed_at" >= $1', '2026-03-02T08:00:00.123+00:00'],
    ['mysql2', '`changed_at` >= ?', '2026-03-02T08:00:00.123'],
    ['mssql', '[changed_at] >= @p1', '2026-03-02T08:00:00.123'],
    ['sqlite', 'julianday(`changed_at`) >= julianday(?)', '2026-03-02T08:00:00.122'],
  ] as const)('ask %s for changes in its words', (client, condition, value) => {
    const { sql: text, bindings } = native(pageQuery(databases[client], options, { ...page, behind: null }));
    expect(text).toContain(`(${condition} or`);
    expect(bindings).toContain(value);
  });

  it.each([
    [{ type: 'seconds' }, '>= 1772438400 or'],
    [{ type: 'milliseconds' }, '>= 1772438400123 or'],
  ])('compare numbers with numbers: %j', (more, condition) => {
    const counted = { ...options, changedAt: readOptions.parse({ table: 'a', id: 'b', changedAt: { column: 'c', ...more } }).changedAt };
    expect(native(pageQuery(databases.sqlite, counted, page)).sql).toContain(condition);
  });

  it('let nothing but a number stand for a number', () => {
    expect(() => pageQuery(databases.pg, options, { ...page, behind: [{ s: 'a' }, { n: '1 or 1=1' }] }).toSQL()).toThrow(RangeError);
  });

  it('let SQL Server itself write what its driver would round, and refuse its bytes', () => {
    const described = [
      ['id', 'bigint'],
      ['price', 'decimal(18,4)'],
      ['credit', 'money'],
      ['born', 'date'],
      ['at', 'datetime2(7)'],
      ['on', 'datetimeoffset(7)'],
      ['name', 'nvarchar(100)'],
    ].map(([name = '', type = '']) => ({ name, type }));
    expect(native(databases.mssql.select(...expressionsFor(databases.mssql, described))).sql).toBe(
      'select convert(varchar(60), [id]) as [id], convert(varchar(60), [price]) as [price], convert(varchar(60), [credit], 2) as [credit], ' +
        'convert(varchar(10), [born], 23) as [born], convert(varchar(40), [at], 126) as [at], convert(varchar(40), [on], 127) as [on], [name]',
    );
    expect(() => expressionsFor(databases.mssql, [{ name: 'photo', type: 'varbinary(max)' }])).toThrow('"photo" holds bytes');
    const query = readOptions.parse({ query: "select 'it''s' as a, id from t;", id: 'id' });
    expect(native(describeQuery(databases.mssql, query)).bindings).toEqual([
      "select * from (select 'it''s' as a, id from t\n) as [kontor]",
    ]);
  });

  it('of SQL Server go over TLS, with a driver that is there', () => {
    const settings = sql.config.parse({ system: 'sqlserver', host: 'db', database: 'erp', user: 'reader', encrypt: 'trust' });
    const client = knex({
      client: 'mssql',
      connection: { ...sqlserver.connection(settings), host: 'db' } as Knex.StaticConnectionConfig,
    }).client;
    expect(client.driver.Connection).toBeTypeOf('function');
    expect(client._generateConnection().options).toMatchObject({
      encrypt: true,
      trustServerCertificate: true,
      readOnlyIntent: true,
      requestTimeout: 60_000,
    });
  });
});

describe('settings', () => {
  it.each([
    [{ system: 'sqlite' }, 'sqlite needs `file`'],
    [{ system: 'sqlite', file: 'a', host: 'b' }, 'sqlite has no `host`'],
    [{ system: 'mysql', host: 'a', user: 'b' }, 'mysql needs `database`'],
    [{ system: 'oracle' }, 'Invalid option'],
  ])('%j are refused', (settings, message) => {
    expect(
      sql.config
        .safeParse(settings)
        .error?.issues.map((issue) => issue.message)
        .join(),
    ).toContain(message);
  });

  it.each([
    [{ id: 'id' }, 'either `table` or `query`'],
    [{ table: 'a', query: 'b', id: 'id' }, 'either `table` or `query`'],
    [{ table: 'a as b', id: 'id' }, 'name of a table'],
    [{ table: 'a', id: 'x as y' }, 'name of a column'],
    [{ table: 'a', id: 'x.y' }, 'name of a column'],
    [{ table: 'a', id: 'x', changedAt: { column: 'y', zone: '+01:00' } }, 'must be a zone'],
  ])('%j are refused for an entity', (options, message) => {
    expect(
      readOptions
        .safeParse(options)
        .error?.issues.map((issue) => JSON.stringify(issue))
        .join(),
    ).toContain(message);
  });
});

describe('cells', () => {
  it('lose nothing', () => {
    expect([null, undefined, new Digits('1.50'), 12n, 1.5, true, 'x', Number.POSITIVE_INFINITY, { a: 1 }].map(plainCell)).toEqual([
      null,
      null,
      '1.50',
      '12',
      1.5,
      true,
      'x',
      'Infinity',
      { a: 1 },
    ]);
    expect([new Digits('1'), 5, 7n, 'a', null, new Uint8Array(1)].map(idPart)).toEqual([
      { n: '1' },
      { n: '5' },
      { n: '7' },
      { s: 'a' },
      undefined,
      undefined,
    ]);
    expect([isoText('2026-03-02 08:00:00.5+00', true), isoText('2026-03-02 08:00:00', false)]).toEqual([
      '2026-03-02T08:00:00.5Z',
      '2026-03-02T08:00:00',
    ]);
  });
});

describe('failures', () => {
  const where = { connection: 'erp', place: 'SQL Server at db:1433, database erp' };
  it.each([
    [{ code: 'ELOGIN', message: "Login failed for user 'x'." }, 'ERP_LOGIN_REFUSED'],
    [{ code: 'EREQUEST', number: 229, message: "The SELECT permission was denied on the object 'T'" }, 'ERP_PERMISSION_MISSING'],
    [{ code: 'EREQUEST', number: 208, message: "Invalid object name 'T'." }, 'ERP_NOT_FOUND'],
    [{ code: 'EREQUEST', number: 207, message: "Invalid column name 'C'." }, 'SOURCE_LAYOUT'],
    [{ code: 'EREQUEST', number: 1205, message: 'deadlock victim' }, 'ERP_UNREACHABLE'],
    [{ code: 'ETIMEOUT', message: 'Timeout: Request failed to complete in 60000ms' }, 'ERP_UNREACHABLE'],
    [{ code: 'ESOCKET', message: 'Failed to connect to db:1433' }, 'ERP_UNREACHABLE'],
    [{ code: 'EREQUEST', number: 245, message: "Conversion failed when converting the value 'Müller' to int." }, 'ERP_REFUSED'],
    [{ code: 'ER_ACCESS_DENIED_ERROR', message: 'Access denied' }, 'ERP_LOGIN_REFUSED'],
    [{ name: 'KnexTimeoutError', message: 'Timeout acquiring a connection' }, 'ERP_UNREACHABLE'],
    [{ message: 'Connection terminated unexpectedly' }, 'ERP_UNREACHABLE'],
    [null, 'ERP_REFUSED'],
  ])('%j is %s', (error, code) => {
    const failure = failureOf(error, where);
    expect(failure).toMatchObject({ code, message: expect.stringContaining('erp: SQL Server at db:1433') });
    expect(failure.message).not.toContain('Müller');
  });
});
