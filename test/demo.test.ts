import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { access, chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { serverOf } from './support/embedded-users.ts';

const root = join(import.meta.dirname, '..');

interface Demonstration {
  orders: Array<{
    reference: string;
    outcome: string;
    receipt: { state: string; handoffs: Array<{ state: string; attempts: Array<{ outcome: string }> }> };
  }>;
  runs: Array<{ entity: string; outcome: string; counts: Record<'read' | 'created' | 'changed' | 'unchanged' | 'quarantined', number> }>;
  quarantine: Array<{ origin: { file: string; row: number }; problems: Array<{ code: string; reason: string }> }>;
  accounts: Array<{
    profile: { number: string; status: string; paymentTerms: string | null; creditLimit: string };
    path: Array<{ number: string }>;
    addresses: Array<{ profile: { role: string } }>;
    contacts: Array<{ profile: { name: string } }>;
    prices: { prices: Array<{ scope: string; profile: Record<'product' | 'unitPrice', string> }>; more: number };
  }>;
  stock: Array<{ profile: Record<'site' | 'onHand', string> }>;
  month: {
    periods: Array<Record<'key' | 'state', string> & Record<'allocated' | 'carried' | 'overridden' | 'reserved' | 'committed', number>>;
    events: Array<{ at: string; kind: string; reference?: string; happened?: string; event?: string; reader?: string; percent?: number }>;
  };
}

/** What examples/README.md promises, below a heading: cells as texts, code without its backticks. */
function promised(heading: string): string[][] {
  const page = readFileSync(join(root, 'examples/README.md'), 'utf8');
  const section = page.split(/^(?=## )/m).find((part) => part.startsWith(`## ${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim().replace(/^`(.*)`$/, '$1'))); // biome-ignore format: one chain
}

const counts = ({ runs }: Demonstration, names: ReadonlyArray<keyof Demonstration['runs'][number]['counts']>) =>
  runs.map((run) => [run.entity, ...names.map((name) => String(run.counts[name]))]);

const NOWHERE = 'postgres://nobody:nothing@127.0.0.1:1/nowhere';

/** The program as a newcomer starts it, in a machine that names servers which do not exist. */
function startKontor(
  cwd: string,
  databaseUrl: string,
  ...words: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    KONTOR_TEST_RUN: process.env.KONTOR_TEST_RUN,
    KONTOR_DATA_FOLDER: join(cwd, 'data'),
    DATABASE_URL: databaseUrl,
    REDIS_URL: 'redis://127.0.0.1:1',
  };
  const child = spawn(process.execPath, [join(root, 'bin/kontor.js'), ...words], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...output })));
}

describe('kontor demo', () => {
  let first: Awaited<ReturnType<typeof startKontor>>;
  let second: Awaited<ReturnType<typeof startKontor>>;
  let cwd: string;
  let server: number | null;
  let mails: string[];

  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kontor-demo-'));
    await chmod(cwd, 0o755);
    first = await startKontor(cwd, NOWHERE, 'demo', '--json');
    second = await startKontor(cwd, NOWHERE, 'demo');
    // Its data are where we look for their server, and not somewhere else.
    await access(join(cwd, 'data/postgres/data/PG_VERSION'));
    server = serverOf(join(cwd, 'data'));
    mails = (await readdir(join(cwd, 'data/mail'))).filter((name) => name.endsWith('.eml'));
    return () => rm(cwd, { recursive: true, force: true });
  }, 400_000);

  const answer = (): Demonstration => JSON.parse(first.stdout);

  it('creates what the page about the samples says, and ends well', () => {
    expect(first).toMatchObject({ code: 0 });
    expect(answer().runs.map(({ outcome }) => outcome)).toEqual(Array(5).fill('complete'));
    expect(counts(answer(), ['read', 'created', 'quarantined'])).toEqual(promised('Counts'));
    expect(counts(answer(), ['changed', 'unchanged']).flat().filter(Number)).toEqual([]);
  });

  it('sets aside the rows that page names, each with its reason', () => {
    const aside = answer().quarantine.map(({ origin, problems }) => [origin.file, String(origin.row), problems[0]?.code]);
    expect(aside).toEqual(promised('Wrong on purpose').map(([file, row, , code]) => [file, row, code]));
    expect(answer().quarantine.every(({ problems }) => problems.length === 1 && (problems[0]?.reason.length ?? 0) > 20)).toBe(true);
  });

  it('shows three profiles with hierarchy, terms, addresses and contacts', () => {
    const shown = answer().accounts;
    expect(shown.map(({ profile, path }) => [profile.number, profile.status, path.map(({ number }) => number)])).toEqual([
      ['001001', 'active', []],
      ['L-2001', 'active', ['001001', '001001-IN']],
      ['001078', 'blocked', []],
    ]);
    expect(shown.map(({ profile }) => [profile.paymentTerms, profile.creditLimit])).toEqual([
      ['PRE', '2050000'],
      [null, '4850000'],
      ['PRE', '1100000'],
    ]);
    expect(shown.map(({ addresses }) => addresses.map(({ profile }) => profile.role))).toEqual([
      ['bill_to', 'pay_to', 'ship_to'],
      ['ship_to', 'ship_to'],
      ['bill_to', 'pay_to', 'ship_to'],
    ]);
    expect(shown.map(({ contacts }) => contacts.length)).toEqual([3, 1, 3]);
  });

  it('shows what they pay, their own price before that of their list, and where goods lie', () => {
    const paid = answer().accounts.map(({ prices }) =>
      prices.prices.filter(({ profile }) => profile.product === '4101').map(({ scope, profile }) => [scope, profile.unitPrice]),
    );
    expect(paid).toEqual([
      [
        ['account', '2.4225'],
        ['account', '2.451'],
        ['account', '2.28'],
        ['priceList', '2.622'],
      ],
      [],
      [],
    ]);
    expect(answer().stock.map(({ profile }) => [profile.site, profile.onHand])).toEqual([
      ['HB', '625'],
      ['HH', '312.5'],
      ['HL', '0'],
    ]);
    expect(second.stdout).toMatch(/4104 +Kupfernägel 40 mm +EUR 0.0315 per Stk +from 2026-01-01 before 2027-01-01 +this account/);
    expect(second.stdout).toMatch(/4104 +Kupfernägel 40 mm +EUR 3.23 per 100 Stk +1,000 +from 2026-01-01 +list SHIP/);
  });

  it('releases one order, leaves one waiting, has one declined, and delivers once the one whose answer is lost', () => {
    expect(
      answer().orders.map(({ reference, outcome, receipt }) => [reference, outcome, receipt.state, receipt.handoffs[0]?.state]),
    ).toEqual([
      ['WEB-1001', 'taken', 'released', 'accepted'],
      ['WEB-1002', 'taken', 'pending_approval', undefined],
      ['WEB-1003', 'taken', 'declined', undefined],
      ['WEB-1004', 'taken', 'released', 'accepted'],
    ]);
    expect(answer().orders[3]?.receipt.handoffs[0]?.attempts.map(({ outcome }) => outcome)).toEqual(['unknown', 'adopted']);
    expect(second.stdout).toContain('no order was sent a second time');
    expect(second.stdout).toMatch(/Receipt for order WEB-1004[\s\S]*the answer was lost[\s\S]*found there with equal content/);
  });

  it('plays a month: a budget alert, an order beyond the budget, an escalation over Easter, what was left carried over', async () => {
    const { periods, events } = answer().month;
    expect(
      periods.map(({ key, allocated, carried, overridden, reserved, committed }) => [
        key,
        allocated,
        carried,
        overridden,
        reserved,
        committed,
      ]),
    ).toEqual([
      ['2026-03', 300_000, -40_800, 0, 0, 259_200],
      ['2026-04', 300_000, 40_800, 87_200, 0, 428_000],
    ]);
    // As `kontor budgets` says it: what was approved beyond the budget is no money that came in.
    expect(second.stdout).toMatch(/^2026-04 .* EUR 4,280\.00 +-EUR 872\.00 +EUR 872\.00$/m);
    const told = (kind: string) => events.filter((event) => event.kind === kind);
    expect(told('alert').map(({ at, percent }) => [at.slice(0, 10), percent])).toContainEqual(['2026-03-24', 80]);
    const held = told('order').filter(({ reference }) => reference === 'MONTH-3');
    // Asked on the Thursday before Easter at three; four working hours later it is Tuesday, eleven o'clock.
    const turns = ['submitted', 'step_escalated', 'approved', 'released'];
    expect(held.filter(({ happened = '' }) => turns.includes(happened)).map(({ at, happened }) => [at, happened])).toEqual([
      ['2026-04-02T13:00:00.000Z', 'submitted'],
      ['2026-04-07T09:00:00.000Z', 'step_escalated'],
      ['2026-04-07T09:40:00.000Z', 'approved'],
      ['2026-04-07T09:40:00.000Z', 'released'],
    ]);
    // The deputy of the one who is away, and the superior of both.
    expect(told('mail').map(({ event, reader }) => [event, reader])).toEqual(
      expect.arrayContaining([
        ['approval.asked', 'Jürgen Störtenbecker'],
        ['approval.reminder', 'Jürgen Störtenbecker'],
        ['approval.escalated', 'Wiebke Lüders'],
        ['approval.recalled', 'Jürgen Störtenbecker'],
        ['order.approved', 'Maren Castorp'],
      ]),
    );
    expect(mails.length).toBeGreaterThanOrEqual(told('mail').length);
  });

  it('finds everything unchanged the second time, and tells it to people', () => {
    expect(second).toMatchObject({ code: 0 });
    const told = second.stdout.split('\n').flatMap((line) => {
      const [entity, outcome, ...numbers] = line.trim().split(/ {2,}/);
      return outcome === 'complete' ? [[entity, ...numbers]] : [];
    });
    // Nothing created, nothing changed: blank cells, so three numbers are left.
    expect(told).toEqual(promised('Counts'));
    expect(second.stdout).toContain('locations.csv, row 32: "31.02.2026" is not a date');
    expect(second.stdout).toMatch(/Where to look next\n.*kontor .*map sheets account/);
  });

  it('names commands to look further that work right away, and asks nobody in March about an order of today', async () => {
    const [, next = ''] = second.stdout.split('Where to look next\n');
    const commands = next
      .split('\n')
      .flatMap((line) => /^DATABASE_URL= KONTOR_DATA_FOLDER=\S+ npx kontor (--config .*?) {2}/.exec(line)?.[1] ?? []);
    expect(commands.length).toBeGreaterThan(5);
    expect(next).toContain('as in PowerShell, set these variables first');
    const followed = new Map<string, Awaited<ReturnType<typeof startKontor>>>();
    for (const command of commands) followed.set(command, await startKontor(cwd, '', ...command.split(' ')));
    expect([...followed].filter(([, { code }]) => code !== 0)).toEqual([]);
    const why = commands.find((command) => command.includes('orders why')) ?? '';
    expect(followed.get(why)?.stdout).toContain('is active and with Sören Plönnies');
    const third = await startKontor(cwd, NOWHERE, 'demo');
    expect(third.stdout).toMatch(/WEB-1002 .* in the ERP +approved; it is SO-/);
    const list = commands.find((command) => command.endsWith('mail list')) ?? '';
    expect((await startKontor(cwd, '', ...list.split(' '))).stdout).toMatch(/order\.approved +sent +Maren Castorp +DEMO-5/);
  }, 400_000);

  it('says what it is doing while it works, in plain lines where no terminal is', () => {
    for (const entity of ['account', 'contact', 'address', 'price', 'stock'])
      expect(second.stderr).toContain(`sheets ${entity}: complete\n`);
    expect(second.stdout + second.stderr).not.toContain('\u001b');
  });

  it('leaves no database server behind', () => {
    expect(server).toBeNull();
  });
});
