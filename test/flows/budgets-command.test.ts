import { beforeAll, describe, expect, it } from 'vitest';
import { kontorHere } from '../cli/run-here.ts';
import { makeFolder } from '../cli/run-kontor.ts';
import { type OrdersSetup, setupOrders } from './order-setup.ts';

const BUDGETS = `budgets:
  - code: HANSA
    unit: A-1
    currency: EUR
    limit: 20000.00
    period: quarter
    from: 2026-01-01
    rollUp: enforced
  - code: NORD
    name: Nord, everything
    unit: A-2
    parent: HANSA
    currency: EUR
    limit: 5000
    period: { every: month, anchorDay: 31 }
    from: 2026-01-01
    until: 2099-01-01
    enforcement: block
    carry: { mode: share_of_original, rate: 0.5, cap: 1000 }
  - code: CC-4100
    costCentre: "4100"
    company: A-1
    parent: NORD
    currency: EUR
    limit: inherit
    from: 2026-01-01
`;

let setup: OrdersSetup;

beforeAll(async () => {
  setup = await setupOrders();
});

const run = async (args: string[], files: Record<string, string> = {}) =>
  kontorHere(args, { cwd: await makeFolder(files), env: { DATABASE_URL: setup.url } });
const put = (text: string, name = 'budgets.yaml') => run(['budgets', 'put', name], { [name]: text });

describe('kontor budgets', () => {
  it('takes budgets from a file, changes those it knows, and shows what is left and when periods begin', async () => {
    expect(await put(BUDGETS)).toMatchObject({ code: 0, stdout: expect.stringContaining('3 budgets are new, 0 changed, 0 unchanged') });
    expect((await put(BUDGETS)).stdout).toContain('0 budgets are new, 0 changed, 3 unchanged');
    expect((await put(BUDGETS.replace('limit: 5000', 'limit: 6000'))).stdout).toContain('0 budgets are new, 1 changed, 2 unchanged');
    expect((await run(['budgets', 'list'])).stdout).toMatch(/NORD\s+unit Hansa Nord.*6,000\.00/);
    const shown = JSON.parse((await run(['budgets', 'show', 'NORD', '--json'])).stdout);
    expect(shown).toMatchObject({
      budget: { version: 2, zone: 'Europe/Berlin', companyId: setup.id('A-1'), carryRule: { rate: '0.5', cap: 100_000 } },
      periods: [{ state: 'open', allocated: 600_000 }],
    });
    const statement = await run(['budgets', 'statement', 'NORD']);
    expect(statement.stdout).toMatch(/ALLOCATE\s+EUR 5,000\.00\s+EUR 5,000\.00[\s\S]*ALLOCATE\s+EUR 1,000\.00\s+EUR 6,000\.00.*version 2/);
    const { boundaries } = JSON.parse((await run(['budgets', 'preview', 'NORD', '--count', '3', '--json'])).stdout);
    expect(boundaries).toHaveLength(3);
    expect(boundaries[0]).toMatchObject({ startOn: shown.budget.nextOpensOn, startAt: shown.budget.nextOpensAt });
    expect((await run(['budgets', 'rebuild'])).stdout).toContain('every sum is what its movements come to');
  });

  it('ends as failed when a stored sum is not what its movements come to, and changes nothing', async () => {
    const off = (by: number) => setup.db.raw(`update budget_periods set allocated = allocated + ? where key like '%-Q%'`, [by]);
    await off(7);
    const { code, stdout } = await run(['budgets', 'rebuild', '--json']);
    expect(code).toBe(5);
    expect(JSON.parse(stdout).differences).toMatchObject([{ code: 'HANSA', allocated: 2_000_007, rebuilt: { allocated: 2_000_000 } }]);
    expect(await run(['budgets', 'rebuild', 'NORD'])).toMatchObject({ code: 0 });
    await off(-7);
    expect(await run(['budgets', 'rebuild'])).toMatchObject({ code: 0 });
  });

  it('tells everything that is wrong at once, with place and cure, and takes nothing', async () => {
    const before = await setup.db('budgets').count('* as n');
    const wrong = await put(`budgets:
  - { code: A, unit: A-99, currency: EUR, limit: 10, from: 2026-01-01 }
  - { code: B, unit: A-3, zone: Mars/Olympus, currency: EUR, limit: 10, from: 2026-01-01 }
  - { code: C, unit: A-3, currency: EUR, limit: 10, from: 2026-01-01, until: 2027-01-01 }
  - { code: D, unit: A-3, currency: EUR, limit: 10, from: 2026-12-31, parent: E }
  - { code: E, project: X, company: A-1, currency: EUR, limit: 10, from: 2026-01-01, parent: D }
  - { code: F, project: Y, company: A-1, currency: EUR, limit: 10, from: 2026-01-01, carry: { mode: full, cap: -5 } }
  - { code: G, project: Z, company: A-1, currency: EURO, limit: 10, from: 2026-01-01 }
  - { code: H, project: W, company: A-1, currency: USD, limit: 10, from: 2026-01-01, parent: HANSA }
  - { code: NORD, unit: A-2, currency: EUR, basis: gross, limit: 10, from: 2026-01-01 }
  - { code: I, project: V, company: A-1, currency: EUR, limit: none, from: 2026-01-01 }
  - { code: J, project: U, company: A-1, currency: EUR, limit: 5, from: 2026-01-01, period: { calendar: nowhere } }
`);
    expect(wrong).toMatchObject({ stderr: expect.stringContaining('BUDGET_INVALID') });
    expect(wrong.code).not.toBe(0);
    const told = [
      ...[/budgets\.yaml:2: there is no account "A-99"; correct the name/, /budgets\.yaml:3: .*time zone of the IANA list/],
      ...[/C and D have the same owner, and days in common/, /circle: D -> E -> D|circle: E -> D -> E/],
      ...[/budgets\.yaml:7: .*zero or more/, /budgets\.yaml:8: .*currency code of ISO 4217/, /its parent HANSA has another currency/],
      ...[/the basis of NORD cannot change/, /budgets\.yaml:11: /, /there is no fiscal calendar "nowhere"/],
    ];
    for (const one of told) expect(wrong.stderr).toMatch(one);
    expect(await setup.db('budgets').count('* as n')).toEqual(before);
  });

  it('tells problems in the order of the lines, whichever check finds them, and none twice', async () => {
    const budget = (code: string, more: string) => `  - code: ${code}\n    currency: EUR\n    from: 2026-01-01\n    ${more}\n`;
    const text = [
      budget('TOP', 'unit: A-77\n    limit: 5'),
      budget('BELOW', 'unit: A-3\n    limit: 5\n    parent: TOP'),
      budget('NONE', 'project: N\n    company: A-1\n    limit: -5\n    zone: Mars/Olympus'),
      budget('UNDER', 'project: U\n    company: A-1\n    limit: 5\n    parent: NONE'),
      budget('LOST', 'project: L\n    company: A-1\n    limit: 5\n    parent: NOBODY'),
      budget('LATE', 'project: M\n    company: A-1\n    limit: 5\n    until: 2025-01-01'),
    ];
    const { stderr } = await put(`budgets:\n${text.join('')}`);
    expect([...stderr.matchAll(/budgets\.yaml:(\d+): (.*?);/g)].map(([, line, reason]) => `${line} ${reason}`)).toEqual([
      '2 there is no account "A-77"',
      expect.stringMatching(/^18 limit must be unlimited/),
      expect.stringMatching(/^19 zone must be a time zone/),
      '27 there is no budget "NOBODY" to be its parent',
      '40 until must be after from (2026-01-01)',
    ]);
    const rows =
      'code,project,company,currency,limit,from,parent\nP8,Q,A-77,EUR,5,2026-01-01,\nP9,R,A-1,EUR,5,2026-01-01,P8\nP7,S,A-1,EUR,x y,2026-01-01,P6\nP6,T,A-1,EUR,5\n';
    const table = (await run(['budgets', 'put', 'b.csv'], { 'b.csv': rows })).stderr;
    expect([...table.matchAll(/b\.csv, row (\d)/g)].map(([, row]) => row)).toEqual(['2', '4', '5']);
  });

  it('shows whose a budget is and all its rules, and goes on behind a code', async () => {
    const full = `code: FULL\nproject: F\ncompany: A-1\nparent: HANSA\ncurrency: EUR\nlimit: 900\nfrom: 2026-01-01\nuntil: 2099-01-01\nperiod: { dates: [{ from: 2026-01-01, to: 2098-12-31 }] }\ncarry: { mode: share_of_unused, rate: 0.25, cap: 10, minUtilisation: 0.5, expiresAfter: { days: 1 }, overspend: deduct }\ncloseAfter: { businessDays: 1 }\n`;
    expect((await put(full)).stdout).toBe('1 budget is new, 0 changed, 0 unchanged\n');
    const { stdout } = await run(['budgets', 'show', 'FULL']);
    expect(stdout).toMatch(/owner +project F\n/);
    expect(stdout).toMatch(/parent +HANSA\n/);
    expect(stdout).toMatch(/limit +EUR 900\.00 in each of 1 listed period, net/);
    expect(stdout).toContain('share_of_unused 0.25, at most EUR 10.00, if at least 0.5 was used, for 1 day, overspending is deducted\n');
    expect(stdout).toContain('for good after 1 business day;');
    expect((await run(['budgets', 'show', 'HANSA'])).stdout).toMatch(
      /with those below +EUR 0\.00 reserved, EUR 0\.00 committed; 3 budgets below it, which it is charged with\n[\s\S]*a quarter, net/,
    );
    expect((await run(['budgets', 'list', '--limit', '1'])).stdout).toMatch(/\nCC-4100 .*\nmore: --after CC-4100\n$/);
    expect((await run(['budgets', 'list', '--limit', '1', '--after', 'CC-4100'])).stdout).toContain('\nFULL ');
  });

  it('reads a table as an office keeps it', async () => {
    const csv =
      'Code;Project;Company;Currency;Limit;Period;Anchor Day;From;Carry;Carry rate;Alerts\nP1;Fair;A-1;EUR;1.200,50;Half-year;;01.01.2026;;;50% 90%\nP2;Fair 2;A-1;EUR;unlimited;month;15;01.01.2026;;;\n';
    const taken = await run(['budgets', 'put', 'b.csv', '--decimal', ',', '--date', 'dd.MM.yyyy'], { 'b.csv': csv });
    expect(taken).toMatchObject({ code: 0, stdout: expect.stringContaining('2 budgets are new') });
    const rows = await setup
      .db('budgets')
      .where('code', 'like', 'P_')
      .orderBy('code')
      .select('amount', 'limit_kind', 'alert_percents', 'period_rule');
    expect(rows).toMatchObject([
      { amount: '120050', alert_percents: [50, 90], period_rule: { kind: 'half_year' } },
      { amount: null, limit_kind: 'unlimited', period_rule: { kind: 'month', anchorDay: 15 } },
    ]);
    const bad = await run(['budgets', 'put', 'b.csv'], {
      'b.csv': 'code,project,company,currency,limit,from\nP3,Q,A-1,EUR,many things,2026-13-01\n',
    });
    expect(bad.stderr).toMatch(/b\.csv, row 2, column "limit": .*no number[\s\S]*b\.csv, row 2, column "from"/);
  });

  it('moves money that is free, by somebody with authority over where it is from', async () => {
    const move = (...args: string[]) => run(['budgets', ...args, '--reason', 'trade fair']);
    const refused = await move('transfer', 'NORD', '--from', 'HANSA', '--amount', '500', '--as', 'P-1');
    expect(refused.stderr).toContain('Greta Brandt has no authority over HANSA; its owner may do this, or an administrator');
    const moved = await move('transfer', 'NORD', '--from', 'HANSA', '--amount', '500', '--as', 'P-4');
    expect(moved.stdout).toContain('HANSA');
    const pair = await setup.db('budget_movements').whereIn('type', ['TRANSFER_IN', 'TRANSFER_OUT']).orderBy('id');
    // HANSA is charged with NORD: it gives nothing away, and its statement tells of it.
    expect(pair.map(({ amount }) => amount)).toEqual(['0', '50000']);
    expect(pair[0]).toMatchObject({
      counterpart_key: pair[1].idempotency_key,
      by: `person:${setup.id('P-4')}`,
      reason: expect.stringContaining('trade fair'),
    });
    expect((await move('transfer', 'NORD', '--from', 'HANSA', '--amount', '20000.01', '--as', 'P-4')).stderr).toContain('BUDGET_EXCEEDED');
    expect((await move('top-up', 'NORD', '--amount', '100', '--as', 'P-3')).stderr).toContain('NOT_ALLOWED');
    expect((await move('top-up', 'NORD', '--amount', '0', '--as', 'P-4')).stderr).toContain('the amount is zero and would move nothing');
    expect((await move('top-up', 'NORD', '--amount', '100', '--as', 'P-4')).code).toBe(0);
    const next = await move('transfer', 'NORD', '--from', 'NORD', '--from-on', '2090-06-15', '--amount', '1', '--as', 'P-4');
    expect(next.stderr).toContain('NORD has no period on that day');
    expect((await run(['budgets', 'statement', 'NORD'])).stdout).toMatch(/TRANSFER_IN .* Ines Paulsen +trade fair/);
    expect((await run(['budgets', 'rebuild', 'NORD'])).stdout).toContain('every sum is what');
  });

  it('closes a budget and reopens it, and says so where it is shown', async () => {
    const closed = await run(['budgets', 'close', 'CC-4100', '--reason', 'the shop has moved']);
    expect(closed.stdout).toBe('CC-4100 is closed and takes nothing more\n');
    expect((await run(['budgets', 'close', 'CC-4100'])).stdout).toMatch(/^CC-4100 is closed since .*, by cli:/);
    expect((await run(['budgets', 'list'])).stdout).toMatch(/CC-4100 .*, closed/);
    expect((await run(['budgets', 'preview', 'CC-4100'])).stdout).toContain('no period follows: it is closed');
    expect((await run(['budgets', 'statement', 'CC-4100'])).code).toBe(0);
    expect((await run(['budgets', 'reopen', 'CC-4100'])).stdout).toBe('CC-4100 may be used again\n');
    expect((await run(['budgets', 'reopen', 'CC-4100'])).stdout).toBe('CC-4100 is not closed\n');
    expect((await run(['budgets', 'show', 'CC-4100'])).stdout).toMatch(/closed .* by cli:.*: the shop has moved; reopened/);
  });

  it('tells each bad row of a list of periods with its column and a cure, in the order of the rows', async () => {
    const store = (text: string) => run(['budgets', 'calendars', 'put', 'bad', 'p.csv'], { 'p.csv': text });
    const rows =
      'key,from,to\nP1,2026-01-01,2026-01-31\nP2,01.02.2026,2026-02-30\nP3,2026-03-31,2026-03-01\nP4,,2026-04-30\nP5,2026-05-01,\nP6\n';
    const { code, stderr } = await store(rows);
    expect(code).not.toBe(0);
    expect(
      stderr
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line.startsWith('p.csv, ')),
    ).toEqual([
      'p.csv, row 3, column "from": "01.02.2026" is not a date written yyyy-MM-dd; correct it, or tell with --date',
      'p.csv, row 3, column "to": "2026-02-30" is not a date written yyyy-MM-dd; correct it, or tell with --date',
      'p.csv, row 4: ends before it begins on 2026-03-31; correct it',
      'p.csv, row 5: does not say when it begins; fill from',
      'p.csv, row 6: needs either to (last day) or until (first day after); correct it',
      expect.stringMatching(/^p\.csv, row 7: the row has only 1 cell where the header has 3/),
    ]);
    expect((await store('period,begin,end\nP1,2026-01-01,2026-01-31\n')).stderr).toMatch(
      /has no column from, to \(last day\) or until \(first day after\); it has: period, begin, end/,
    );
    expect((await run(['budgets', 'calendars', 'put', ' ', 'p.csv'])).stderr).toContain('it must say something');
    const half = await run(['budgets', 'calendars', 'put', 'half', 'c.yaml'], { 'c.yaml': 'weeks: 4-4-5\nanchor: 2026-01-26\n' });
    expect(half.stderr).toContain('the file needs week53 beside weeks: nearest, never');
  });

  it('keeps fiscal calendars by name, from a rule or from the list of an ERP', async () => {
    const calendar = 'weeks: 4-4-5\nanchor: 2026-01-26\nweek53: nearest\n';
    const stored = await run(['budgets', 'calendars', 'put', 'retail', 'c.yaml'], { 'c.yaml': calendar });
    expect(stored.stdout).toContain('version 1 of fiscal calendar retail is stored: 4-4-5 from 2026-01-26');
    const gap = 'key,from,to\nP1,2026-01-01,2026-01-31\nP2,2026-02-02,2026-02-28\n';
    expect((await run(['budgets', 'calendars', 'put', 'erp', 'p.csv'], { 'p.csv': gap })).stderr).toContain('no period holds 2026-02-01');
    const list = 'key,from,to\nP1,2026-01-01,2026-12-31\nP2,2027-01-01,2098-12-31\n';
    expect((await run(['budgets', 'calendars', 'put', 'erp', 'p.csv'], { 'p.csv': list })).code).toBe(0);
    const german = 'Key;From;To;Remark\nP1;01.01.2026;31.01.2026;short\nP2;01.02.2026;28.02.2026;\n';
    const office = await run(['budgets', 'calendars', 'put', 'office', 'g.csv', '--date', 'dd.MM.yyyy'], { 'g.csv': german });
    expect(office.stdout).toContain('is stored: 2 listed periods; 0 budgets use it');
    expect(office.stderr).toContain('note: columns that say nothing about periods: Remark');
    const use = 'code: ERP\nproject: E\ncompany: A-1\ncurrency: EUR\nlimit: 7\nfrom: 2026-02-01\nperiod: { calendar: erp }\n';
    expect((await put(use)).code).toBe(0);
    const [period] = await setup.db('budget_periods as p').join('budgets as b', 'b.id', 'p.budget_id').where('b.code', 'ERP').select('p.*');
    expect(period.key).toMatch(/^P[12]$/);
    expect((await run(['budgets', 'calendars'])).stdout).toMatch(/erp\s+1\s+2 listed periods[\s\S]*retail\s+1\s+4-4-5/);
  });

  it('says of a budget whose time is over that it has ended, and where its periods are', async () => {
    const over = '{ code: OVER, unit: A-3, currency: EUR, limit: 10, from: 2026-01-01, until: 2026-02-01 }';
    expect(await put(`budgets: [${over}]`)).toMatchObject({ code: 0 });
    expect((await run(['budgets', 'preview', 'OVER'])).stdout).toBe('no period follows: it holds before 2026-02-01\n');
    expect((await run(['budgets', 'show', 'OVER'])).stdout).toMatch(/next period +none: it holds before 2026-02-01\n/);
    const { code, stderr } = await run(['budgets', 'statement', 'OVER']);
    expect(code).toBe(2);
    expect(stderr).toContain('OVER has no period now; `kontor budgets show OVER` lists those it had, --on DAY chooses one');
  });
});
