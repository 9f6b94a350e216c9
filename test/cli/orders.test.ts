import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { insertPolicy } from '../../src/store/approvals/policies.ts';
import { setupOrders } from '../flows/order-setup.ts';
import { kontorHere } from './run-here.ts';
import { makeFolder } from './run-kontor.ts';

const xlsx = createRequire(import.meta.url)('xlsx') as typeof import('xlsx');

const RULES = {
  mode: 'own',
  rules: [
    { name: 'dear', effect: 'require', when: { orderTotal: { gt: 100, currency: 'EUR' } }, stages: [{ approvers: [{ superior: 1 }] }] },
  ],
};

async function office(files: Record<string, string> = {}) {
  const { db, url, id, rows } = await setupOrders();
  const put = (document: object) =>
    db.transaction((trx) =>
      insertPolicy(trx, { accountId: id('A-1'), by: 'test', reason: null, document, draft: false }, new Date('2026-01-01T00:00:00Z')),
    );
  await put(RULES);
  const place = { cwd: await makeFolder(files), env: { DATABASE_URL: url } };
  const run = (...args: string[]) => kontorHere(['orders', ...args], place);
  return {
    place,
    rows,
    run,
    put,
    async json(...args: string[]) {
      const { stdout, stderr, code } = await run(...args, '--json');
      return { code, ...JSON.parse(stdout || stderr) };
    },
  };
}

const SHEET = `Reference;Account;Ordered by;Product;Quantity;Unit price;Requested delivery on;Colour
R-1;A-2;P-1;4711;4;12,50;24.12.2099;red
R-1;;;4715;1;;;
R-2;a-2;p-1;4712;1,5;;;
R-3;A-2;P-1;4711;viele;;;
`;

describe('orders from a file', () => {
  it('are taken row by row; what cannot be is told with file, row and column, and the rest is taken', async () => {
    const good = SHEET.replace('viele', '2').replace('R-3;A-2', 'R-3;A-9');
    const { run, json } = await office({ 'orders.csv': good });
    const told = await run('submit', 'orders.csv', '--decimal', ',', '--date', 'dd.MM.yyyy');
    expect(told).toMatchObject({ code: 4, stderr: 'note: no field of an order, and left out: Colour\n' });
    expect(told.stdout).toMatch(/R-1\s+KO-1\s+waits for approval\s+EUR 1,050\.00\nR-2\s+KO-2\s+released\s+EUR 6\.00\nR-3\s+refused/);
    expect(told.stdout).toContain('orders.csv, row 5, column "Account"  there is no account "A-9"; name it by its external id');

    const again = await json('submit', 'orders.csv', '--decimal', ',', '--date', 'dd.MM.yyyy');
    expect(again).toMatchObject({ code: 4, orders: [{ outcome: 'known', key: 'KO-1' }, { outcome: 'known' }, { outcome: 'refused' }] });
    // A history is an account's; who names an order has its own in mind.
    expect((await run('history', 'R-2')).stderr).toContain('"R-2" is an order; what happened to it tells `kontor orders show KO-2`');
    expect((await run('history', 'R-9')).stderr).toContain('there is no account "R-9"');
  });

  it('with a row that cannot be read are not taken at all: an order without one of its lines is another order', async () => {
    const { run, rows } = await office({ 'orders.csv': SHEET });
    const { code, stderr } = await run('submit', 'orders.csv', '--decimal', ',', '--date', 'dd.MM.yyyy');
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: expect.stringContaining('orders.csv, row 5, column "Quantity": "viele" is no number'),
    });
    expect(await rows('select 1 from orders')).toEqual([]);
  });

  it('that say two things about one order are told where', async () => {
    const twice = SHEET.replace('R-1;;;4715', 'R-1;A-3;;4715').replace('viele', '2');
    const { run } = await office({ 'orders.csv': twice });
    const { code, stdout } = await run('submit', 'orders.csv', '--decimal', ',', '--date', 'dd.MM.yyyy');
    expect({ code, stdout }).toEqual({
      code: 4,
      stdout: expect.stringContaining('"A-3" is said in orders.csv, row 3, column "Account", and "A-2" in orders.csv, row 2'),
    });
  });

  it('may be a workbook, with true numbers and dates', async () => {
    const { place, json, run } = await office();
    const sheet = xlsx.utils.aoa_to_sheet(
      [
        ['REFERENCE', 'account', 'ordered_by', 'product', 'quantity', 'requested-delivery-on', 'line'],
        ['W-1', 'A-2', 'P-1', 4711, 2.5, new Date('2099-12-24T00:00:00Z'), 'a'],
        ['W-1', 'A-2', 'P-1', '4711', 1, null, 'b'],
      ],
      { UTC: true },
    );
    const book = xlsx.utils.book_new();
    xlsx.utils.book_append_sheet(book, sheet, 'May');
    xlsx.writeFile(book, join(place.cwd, 'orders.xlsx'));
    expect(await json('submit', 'orders.xlsx')).toMatchObject({ code: 0, orders: [{ reference: 'W-1', outcome: 'taken', total: 4_375 }] });
    expect((await json('show', 'W-1')).content).toMatchObject({
      requestedDeliveryOn: '2099-12-24',
      lines: [{ reference: 'a', quantity: '2.5' }, { reference: 'b' }],
    });
    expect(await run('submit', 'orders.xlsx', '--sheet', 'June')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('has no sheet "June"'),
    });
  });

  it('may be JSON or YAML, one or many; a file that is none is told so', async () => {
    const order = { reference: 'J-1', account: 'A-2', orderedBy: 'P-1', lines: [{ product: '4711', quantity: 1 }] };
    const { json, run } = await office({
      'one.json': JSON.stringify(order),
      'many.json': JSON.stringify([order, { ...order, reference: 'J-2', lines: [] }]),
      'one.yaml':
        'reference: Y-1\naccount: A-2\norderedBy: P-1\nrequestedDeliveryOn: 2099-01-31\nlines:\n  - { product: "4711", quantity: 1 }\n',
      'bad.json': '{',
      'few.csv': 'Reference,Product\nR-1,4711\n',
    });
    expect(await json('submit', 'one.json')).toMatchObject({ code: 0, orders: [{ outcome: 'taken' }] });
    expect(await json('submit', 'many.json')).toMatchObject({
      code: 4,
      orders: [{ outcome: 'known' }, { outcome: 'refused', problems: [{ place: 'many.json, order 2, lines', path: 'lines' }] }],
    });
    expect(await json('submit', 'one.yaml', '--origin', 'shop')).toMatchObject({
      code: 0,
      orders: [{ reference: 'Y-1', state: 'released' }],
    });
    expect(await run('submit', 'bad.json')).toMatchObject({ code: 5, stderr: expect.stringContaining('bad.json is no JSON') });
    expect(await run('submit', 'few.csv')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('few.csv has no column account, orderedBy, quantity'),
    });
    expect(await run('submit', 'none.csv')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no such file') });
  });
});

describe('orders on the command line', () => {
  it('are listed, shown, explained, discussed, changed, handed over and decided', async () => {
    const { run, json } = await office({
      'order.json': JSON.stringify({ reference: 'R-1', account: 'A-2', orderedBy: 'P-1', lines: [{ product: '4715', quantity: 1 }] }),
      'change.yaml': 'note: Ring twice\nlines:\n  - { reference: "1", product: "4715", quantity: 2 }\n',
    });
    await run('submit', 'order.json');
    expect((await run('list', '--state', 'pending_approval', '--account', 'A-2', '--person', 'P-1')).stdout).toMatch(
      /KO-1\s+R-1\s+waits for approval\s+Hansa Nord\s+Greta Brandt/,
    );
    expect((await run('list', '--since', '2099-01-01')).stdout).toBe('no orders\n');
    expect((await run('show', 'KO-1')).stdout).toMatch(/step 1 of revision 1, superior: asks Jens Brandt/);
    const why = (await run('why', 'R-1')).stdout;
    expect(why).toContain('needs approval');
    expect(why).toContain('because "dear" of Hansa: orderTotal 1000.00 EUR (rule: > 100.00 EUR)');
    expect(why).toContain('Jens Brandt, superior: may decide');

    expect(await run('comment', 'KO-1', 'Why so many?', '--as', 'P-2')).toMatchObject({ code: 0, stdout: 'noted on order KO-1\n' });
    expect((await run('revise', 'KO-1', 'change.yaml', '--as', 'P-1', '--from', '1')).stdout).toContain(
      'order KO-1 is at revision 2 and waiting for approval; what was decided is void\n  note: none → Ring twice',
    );
    expect(await run('revise', 'KO-1', 'change.yaml', '--as', 'P-1', '--from', '1')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('ORDER_CONFLICT'),
    });
    expect((await run('delegate', 'KO-1', '--as', 'P-2', '--to', 'P-3')).stdout).toContain('order KO-1 is with Maren Timm until');
    expect(await run('approve', 'KO-1', '--as', 'P-2')).toMatchObject({ code: 5, stderr: expect.stringContaining('ask Maren Timm') });
    expect(await run('approve', 'KO-1', '--as', 'P-3', '--revision', '1')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('look at revision 2'),
    });
    expect((await run('approve', 'KO-1', '--as', 'P-3', '--revision', '2', '--comment', 'fine')).stdout).toBe(
      'order KO-1 is released now\n',
    );
    expect((await run('approve', 'KO-1', '--as', 'P-3')).stdout).toContain('Maren Timm has decided so already');
    expect((await run('withdraw', 'KO-1', '--as', 'P-1')).stdout).toBe('order KO-1 is cancelled\n');
    const shown = await json('show', 'KO-1');
    expect(shown.decisions).toMatchObject([{ personName: 'Maren Timm', verdict: 'approve', comment: 'fine', channel: 'cli' }]);
    expect(shown.log.map(({ kind }: { kind: string }) => kind)).toContain('delegated');
  });

  it('meet the rules of today where they are judged anew; a dry run only says so', async () => {
    const { run, put } = await office({
      'order.json': JSON.stringify({ reference: 'R-1', account: 'A-2', orderedBy: 'P-1', lines: [{ product: '4715', quantity: 1 }] }),
    });
    await run('submit', 'order.json');
    const rejudge = (...more: string[]) => run('rejudge', 'R-1', '--reason', 'limit corrected', ...more);
    expect((await rejudge()).stdout).toBe('order KO-1: the rules of today ask the same (superior), and it waits as before\n');
    await put({ mode: 'own', rules: [] });
    expect((await rejudge('--dry-run')).stdout).toBe('order KO-1 would be released: it asked superior, and asks nobody\n');
    expect((await rejudge()).stdout).toBe('order KO-1 is released: it asked superior, and asks nobody\n');
    expect(await rejudge()).toMatchObject({ code: 5, stderr: expect.stringContaining('is released and waits for nobody') });
    expect((await run('show', 'R-1')).stdout).toMatch(/rejudged by cli\S* \(revision 1\) limit corrected/);
  });

  it('decline with a word why; what is not there is told with what lists it', async () => {
    const { run } = await office({
      'order.json': JSON.stringify({ reference: 'R-1', account: 'A-2', orderedBy: 'P-1', lines: [{ product: '4715', quantity: 1 }] }),
    });
    await run('submit', 'order.json');
    expect((await run('decline', 'R-1', '--as', 'P-2', '--comment', 'too dear')).stdout).toBe('order KO-1 is declined now\n');
    expect((await run('show', 'R-1')).stdout).toMatch(/Jens Brandt declined .*: too dear/);
    expect(await run('show', 'R-9')).toMatchObject({ code: 2, stderr: expect.stringContaining('`kontor orders list` shows them') });
    expect(await run('approve', 'R-1', '--as', 'P-77')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no person "P-77"'),
    });
  });
});
