/** Writes the csv every measurement reads: customers with fifteen columns, one in ten a parent, quotes where names need them. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export const COLUMNS = [
  'customer_no',
  'name',
  'parent',
  'status',
  'currency',
  'payment_terms',
  'credit_limit',
  'balance',
  'vat_id',
  'email',
  'phone',
  'website',
  'price_list',
  'language',
  'account_manager',
] as const;

const MANAGERS = ['Ines Holm', 'Jan Petersen', 'Maja Lindqvist', 'Piet van Dijk'];

/** `changedEvery`: every n-th customer has another credit limit than in the plain file. */
export async function writeCustomers(path: string, rows: number, changedEvery = 0): Promise<void> {
  const file = createWriteStream(path, { highWaterMark: 1 << 20 });
  let text = `${COLUMNS.join(',')}\n`;
  for (let i = 0; i < rows; i++) {
    text += customer(i, changedEvery > 0 && i % changedEvery === 0);
    if (text.length > 1 << 20) {
      if (!file.write(text)) await once(file, 'drain');
      text = '';
    }
  }
  file.end(text);
  await once(file, 'finish');
}

function customer(i: number, changed: boolean): string {
  const number = (n: number) => `C-${String(n).padStart(7, '0')}`;
  const parent = i % 10 === 0 ? '' : number(i - (i % 10));
  const limit = (i * 37) % 9_000;
  return (
    `${number(i)},"Company ${i}, Ltd.",${parent},${i % 50 === 0 ? 'blocked' : 'active'},EUR,NET${30 + (i % 3) * 15},` +
    `${changed ? limit + 1 : limit}.50,${(i * 13) % 777}.25,DE${100_000_000 + i},info${i}@customer.example,+49 40 ${1_000_000 + i},` +
    `https://c${i}.customer.example,PL-${i % 20},de,${MANAGERS[i % MANAGERS.length]}\n`
  );
}
