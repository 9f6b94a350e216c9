// Makes examples/data again, the same every time: the customers, prices and stock of an invented wholesaler, with a few rows wrong on purpose.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import iconv from 'iconv-lite';
import * as xlsx from 'xlsx';
import { accounts, addresses, contacts } from './example-customers.mjs';
import { prices, stock } from './example-prices.mjs';

const folder = process.argv[2] ?? fileURLToPath(new URL('../examples/data/', import.meta.url));
const madeOn = new Date('2026-06-01T00:00:00Z');

const germanNumber = new Intl.NumberFormat('de-DE', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const germanDate = (iso) => iso.split('-').reverse().join('.');

function csv(columns, rows, { delimiter, newline }) {
  const quote = (value) => (/["\r\n]/.test(value) || value.includes(delimiter) ? `"${value.replaceAll('"', '""')}"` : value);
  const line = (cells) => cells.map((cell) => quote(String(cell ?? ''))).join(delimiter);
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))].map((cells) => line(cells) + newline).join('');
}

/** Excel's own number of a day, so that the cell is a date and no zone can shift it. */
const dateSerial = (iso) => (Date.parse(iso) - Date.UTC(1899, 11, 30)) / 86_400_000;

function cell(column, value) {
  if (value === undefined || value === null || value === '') return undefined;
  if (column === 'Customer no.' || column === 'Parent') {
    // Typed as a number and shown as 001042, the way people type customer numbers into Excel.
    return /^\d{6}$/.test(value) ? { t: 'n', v: Number(value), z: '000000' } : { t: 's', v: value };
  }
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return { t: 'n', v: dateSerial(value), z: 'dd.mm.yyyy' };
  return typeof value === 'number' ? { t: 'n', v: value, z: '#,##0.00' } : { t: 's', v: String(value) };
}

/** `preface` are the lines people put above a table: a title, who exported it and when, an empty one. */
function sheet(columns, rows, preface) {
  const made = xlsx.utils.aoa_to_sheet(preface.map((text) => [text]));
  const top = preface.length;
  columns.forEach((name, at) => {
    made[xlsx.utils.encode_cell({ r: top, c: at })] = { t: 's', v: name };
  });
  rows.forEach((row, down) => {
    columns.forEach((name, at) => {
      const content = cell(name, row[name]);
      if (content) made[xlsx.utils.encode_cell({ r: top + 1 + down, c: at })] = content;
    });
  });
  made['!ref'] = xlsx.utils.encode_range({ s: { r: 0, c: 0 }, e: { r: top + rows.length, c: columns.length - 1 } });
  if (top > 0) made['!merges'] = [{ s: { r: 0, c: 0 }, e: { r: 0, c: 5 } }];
  return made;
}

function workbook(bookType, sheets) {
  const book = xlsx.utils.book_new();
  book.Props = { Title: 'Customers', CreatedDate: madeOn };
  for (const [name, made] of sheets) xlsx.utils.book_append_sheet(book, made, name);
  return xlsx.write(book, { type: 'buffer', bookType, compression: true });
}

const accountColumns = Object.keys(accounts.headOffice[0]);
const customers = sheet(accountColumns, accounts.headOffice, ['Customer list, head office', 'Export of 01.06.2026', '']);
// A balance that is a formula: what counts is the value Excel stored with it.
const balance = customers[xlsx.utils.encode_cell({ r: 4, c: accountColumns.indexOf('Open balance') })];
balance.f = `${balance.v - 100}+100`;
const legend = xlsx.utils.aoa_to_sheet([
  ['Payment terms', 'Meaning'],
  ['N14', '14 days net'],
  ['N30', '30 days net'],
  ['N30-2', '30 days net, 2 % within 10 days'],
  ['PRE', 'payment in advance'],
]);

const locations = accounts.branches.map((row) => ({
  ...row,
  'Credit limit': row['Credit limit'] === undefined ? '' : germanNumber.format(row['Credit limit']),
  'Open balance': row['Open balance'] === undefined ? '' : germanNumber.format(row['Open balance']),
  'Credit as of': germanDate(row['Credit as of'] ?? ''),
}));

mkdirSync(folder, { recursive: true });
const write = (name, content) => writeFileSync(`${folder}/${name}`, content);
write('customers.xlsx', workbook('xlsx', [['Customers', customers], ['Legend', legend]])); // biome-ignore format: one file a line
write('locations.csv', iconv.encode(csv(accountColumns, locations, { delimiter: ';', newline: '\r\n' }), 'win1252'));
write('contacts.csv', `\uFEFF${csv(Object.keys(contacts[0]), contacts, { delimiter: ',', newline: '\n' })}`);
const typedByHand = addresses.map((row) => ({
  ...row,
  'Valid from': germanDate(row['Valid from'] ?? ''),
  'Valid to': germanDate(row['Valid to'] ?? ''),
}));
write('addresses.ods', workbook('ods', [['Addresses', sheet(Object.keys(addresses[0]), typedByHand, [])]]));
write('prices.csv', csv(Object.keys(prices[0]), prices, { delimiter: ';', newline: '\r\n' }));
write('stock.csv', csv(Object.keys(stock[0]), stock, { delimiter: ',', newline: '\n' }));
