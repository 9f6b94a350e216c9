import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { kontorHere } from './run-here.ts';
import type { Ended, Place } from './run-kontor.ts';

const YAML = `connections:
  shop:
    connector: spreadsheet
    settings: { folder: ./data, stableMs: 0 }
    formats: { decimal: ',', group: '.', date: dd.MM.yyyy, zone: Europe/Berlin }
    entities:
      account:
        read: { files: [accounts.csv] }
        mapping: { externalId: No, name: Name, priceList: List, catalogue: { column: Assortments, split: '|' } }
      price:
        read: { files: [prices.csv] }
        mapping: { externalId: No, account: Customer, priceList: List, product: Item, productName: What, unit: Unit, unitPrice: Price, currency: { value: EUR }, perQuantity: Per, minQuantity: From, validFrom: Since, validTo: Until }
      stock:
        read: { files: [stock.csv] }
        mapping: { externalId: { concat: [Site, Item], with: / }, site: Site, siteName: Town, product: Item, onHand: Qty, unit: { value: m } }
`;

const MANY = Array.from({ length: 21 }, (_, n) => `M${n};;T;9${String(n).padStart(3, '0')};Twine;;1;;;;`);
const FILES = {
  'kontor.yaml': YAML,
  'data/accounts.csv': 'No;Name;List;Assortments\nA-1;Hansa Kontor;T;Ropes | Sails\nA-2;Nord;;\n',
  'data/prices.csv': [
    'No;Customer;List;Item;What;Unit;Price;Per;From;Since;Until',
    'P1;A-1;;4711;Rope;m;1.234,0125;100;1.000;01.01.2026;01.01.2027',
    'P2;;T;4711;Rope;m;15;;;01.01.2026;',
    'P3;;;4711;Rope;m;20;;;;',
    'P4;A-1;;4711;Rope;m;0,5;;;01.01.2027;',
    ...MANY,
    '',
  ].join('\n'),
  'data/stock.csv': 'Site;Town;Item;Qty\nHL;Lübeck;4711;12.345,5\nHH;Hamburg;4711;-3\nHH;Hamburg;0815;0\n',
};

describe('prices and stock on the command line', () => {
  let place: Place;
  const run = (...args: string[]): Promise<Ended> => kontorHere(args, place);
  const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout);

  beforeAll(async () => {
    const { url } = await createTestDatabase();
    const cwd = await mkdtemp(join(tmpdir(), 'kontor-cli-'));
    await mkdir(join(cwd, 'data'));
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(cwd, name), text);
    place = { cwd, env: { DATABASE_URL: url } };
    const { runs } = await json('pull', 'shop', '--wait');
    expect(runs).toMatchObject([{ counts: { created: 2 } }, { counts: { created: 25 } }, { counts: { created: 3 } }]);
    return () => rm(cwd, { recursive: true, force: true });
  });

  it('shows the prices of an account with breaks and validity, twenty of them', async () => {
    const { code, stdout } = await run('accounts', 'show', 'A-1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/catalogue +Ropes, Sails\n/);
    expect(stdout).toMatch(/\nprices\nproduct +name +price +from +valid +for\n/);
    expect(stdout).toMatch(/4711 +Rope +EUR 1,234\.0125 per 100 m +1,000 +from 2026-01-01 before 2027-01-01 +this account\n/);
    expect(stdout).toMatch(/4711 +Rope +EUR 15\.00 per m +from 2026-01-01 +list T\n/);
    expect(stdout).toMatch(/9016 +Twine +EUR 1\.00 +list T\n… 4 more\n\nsources\n/);
    expect(stdout).not.toContain('everyone');
    expect((await run('accounts', 'show', 'A-2')).stdout).not.toContain('prices');
  });

  it('tells what an account pays for a product on a day', async () => {
    const pays = async (...args: string[]) => {
      const { account, prices } = await json('prices', ...args);
      return [account.number, ...prices.map((one: { profile: { unitPrice: string } }) => one.profile.unitPrice)];
    };
    expect(await pays('A-1', '--product', '4711', '--on', '2026-12-31')).toEqual(['A-1', '1234.0125', '15', '20']);
    expect(await pays('a-1', '--product', '4711', '--on', '2027-01-01')).toEqual(['A-1', '0.5', '15', '20']);
    expect(await pays('A-2')).toEqual(['A-2', '20']);
    expect((await run('prices', 'A-2', '--product', '9')).stdout).toBe('no prices\n');
  });

  it('goes on from the page before', async () => {
    const first = await run('prices', 'A-1', '--limit', '4');
    const [, after = ''] = /… 21 more: --after (\d+)\n$/.exec(first.stdout) ?? [];
    const rest = await json('prices', 'A-1', '--after', after);
    expect(rest).toMatchObject({ more: 0, next: null });
    expect(rest.prices).toHaveLength(21);
  });

  it('tells what lies where', async () => {
    const all = await run('stock');
    expect(all.stdout).toMatch(/^product +site +on hand +available +incoming +unit +changed\n0815 +HH, Hamburg +0 +m/);
    expect(all.stdout).toMatch(/\n4711 +HH, Hamburg +-3 +m .*\n4711 +HL, Lübeck +12,345\.5 +m /);
    expect(await json('stock', '--product', '4711', '--site', 'HL')).toMatchObject({
      stock: [{ connection: 'shop', profile: { site: 'HL', onHand: '12345.5', incoming: null } }],
      next: null,
    });
    const { stock, next } = await json('stock', '--limit', '1');
    expect(stock).toHaveLength(1);
    expect((await json('stock', '--after', next)).stock).toHaveLength(2);
    expect((await run('stock', '--site', 'nowhere')).stdout).toBe('no stock\n');
  });

  it.each([
    [['prices', 'X-9'], 'there is no account "X-9"'],
    [['prices', 'A-1', '--on', '2026-02-30'], 'a day of the calendar'],
    [['prices', 'A-1', '--on', '0000-01-01'], 'a day of the calendar'],
    [['prices'], "missing required argument 'account'"],
  ])('refuses %j with the cure', async (args, cure) => {
    expect(await run(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(cure) });
  });
});
