/** Sales: create checks what Tryton checks, buttons silently do nothing where they do not apply. */
import type { World, WorldOrder } from '../../world.ts';
import { userError } from './failures.ts';
import type { Context } from './model.ts';
import { searchRead } from './search.ts';
import { Dec } from './typed.ts';
import { LINES } from './wares.ts';

type Values = Readonly<Record<string, unknown>>;

const TAX = 1;

/** What a person's client is told when the product of a line is chosen: only what changes. */
export function chooseProduct(line: unknown): unknown {
  const { product, unit, '_parent_sale.party': party } = line as Values;
  if (typeof product !== 'number' || typeof unit !== 'number' || typeof party !== 'number') return {};
  return { amount: new Dec('0.00'), taxes: { add: [[0, { id: TAX }]] } };
}

/** All of the list or nothing. */
export function createSales(list: unknown, context: Context, world: World): number[] {
  if (!Array.isArray(list)) throw userError('create takes a list');
  const checked = list.map((values) => saleOf(values as Values, context, world));
  return checked.map((order) => Number(world.placeOrder(order).id));
}

function saleOf(values: Values, context: Context, world: World) {
  required(values, 'company', 'Company', 'Sale');
  required(values, 'party', 'Party', 'Sale');
  required(values, 'currency', 'Currency', 'Sale');
  const soldTo = String(values.party);
  if (!world.row('account', soldTo)) throw userError('The value for field "Party" in "Sale" is not valid according to its domain.');
  const currency = named('currency.currency', values.currency, 'code', context, world);
  if (currency === undefined) throw userError('The value for field "Currency" in "Sale" is not valid according to its domain.');
  return {
    number: null,
    reference: typeof values.reference === 'string' ? values.reference : '',
    soldTo,
    billTo: ownAddress(values.invoice_address, soldTo, 'Invoice Address', world),
    shipTo: ownAddress(values.shipment_address, soldTo, 'Shipment Address', world),
    currency,
    lines: createdLines(values, context, world),
  };
}

function commandsOf({ lines }: Values, name: 'create' | 'delete'): unknown[] {
  const commands = [lines ?? []].flat(1) as unknown[];
  return commands.flatMap((command) => (Array.isArray(command) && command[0] === name ? (command[1] as unknown[]) : []));
}

function createdLines(values: Values, context: Context, world: World) {
  return commandsOf(values, 'create').map((line) => lineOf(line as Values, context, world));
}

/** Lines go only from drafts and cancelled sales (sale.py, SaleLine.delete); what is sent besides is taken. */
export function writeSales(ids: unknown, given: unknown, context: Context, world: World): void {
  const values = given as Values;
  for (const id of [ids].flat()) {
    const sale = world.row('order', String(id));
    if (!sale) throw userError(`You are not allowed to write to records "${String(id)}" of "Sale" because of at least one of these rules:`);
    const gone = commandsOf(values, 'delete').map(Number);
    if (gone.length > 0 && sale.state !== 'draft' && sale.state !== 'cancelled')
      throw userError(`To delete line "${String(gone[0])}" you must cancel or reset to draft the sale "${sale.number ?? sale.id}".`);
    const left = sale.lines.filter((_, place) => !gone.includes(Number(sale.id) * LINES + place));
    world.change('order', sale.id, { lines: [...left, ...createdLines(values, context, world)] });
  }
}

function lineOf(line: Values, context: Context, world: World) {
  for (const [field, label] of [
    ['quantity', 'Quantity'],
    ['unit_price', 'Unit Price'],
  ] as const)
    required(line, field, label, 'Sale Line');
  if (line.product !== undefined) required(line, 'unit', 'Unit', 'Sale Line');
  if (JSON.stringify(line.taxes) !== JSON.stringify([['add', [TAX]]])) throw userError('The invoice of this sale would have no taxes.');
  if (!(line.unit_price instanceof Dec)) throw digits(`Decimal('${line.unit_price}000000000000005684')`);
  if ((line.unit_price.text.split('.')[1] ?? '').length > 4) throw digits(`Decimal('${line.unit_price.text}')`);
  const product = named('product.product', line.product, 'code', { ...context, active_test: true }, world);
  if (product === undefined) throw userError('The value for field "Product" in "Sale Line" is not valid according to its domain.');
  return {
    product,
    quantity: String(line.quantity),
    unitPrice: line.unit_price.text,
    lineReference: typeof line.note === 'string' ? line.note : null,
  };
}

/** Every id a button is pressed for. `queue`: the server leaves processing to a worker that has not come yet. */
export function press(button: string, ids: unknown, world: World, queue: boolean): void {
  const sales = [ids].flat().map((id) => {
    const sale = world.row('order', String(id));
    if (!sale) {
      throw userError(
        `You are not allowed to read records "${String(id)}" of "Sale" because of at least one of these rules:\nUser in companies`,
      );
    }
    return sale;
  });
  for (const sale of sales) move(button, sale, world, queue);
}

function move(button: string, { id, state, lines, billTo }: WorldOrder, world: World, queue: boolean): void {
  if (button === 'quote' && state === 'draft') {
    if (lines.length > 0 && billTo === null) throw userError('A value is required for field "Invoice Address" in "Sale".');
    world.stepOrder(id, 'quoted');
  }
  if (button === 'confirm' && state === 'quoted') {
    world.stepOrder(id, 'confirmed');
    if (!queue) world.stepOrder(id, 'processing');
  }
  if (button === 'process' && state === 'confirmed') world.stepOrder(id, 'processing');
  if (button === 'draft' && (state === 'quoted' || state === 'confirmed')) world.change('order', id, { state: 'draft' });
  if (button === 'cancel' && (state === 'draft' || state === 'quoted')) world.stepOrder(id, 'cancelled');
}

function required(values: Values, field: string, label: string, record: string): void {
  if (values[field] === undefined || values[field] === null) throw userError(`A value is required for field "${label}" in "${record}".`);
}

function digits(value: string): Error {
  return userError(`The number of digits in the value "${value}" for field "Unit Price" in "Sale Line" exceeds the limit of "4".`);
}

function ownAddress(id: unknown, accountId: string, label: string, world: World): string | null {
  if (id === undefined || id === null) return null;
  if (world.row('address', String(id))?.accountId !== accountId) {
    throw userError(`The value for field "${label}" in "Sale" is not valid according to its domain.`);
  }
  return String(id);
}

function named(model: string, id: unknown, field: string, context: Context, world: World): string | undefined {
  const [found] = searchRead(model, [[['id', '=', id]], 0, 1, null, [field]], context, world) as Record<string, unknown>[];
  const value = found?.[field];
  return typeof value === 'string' ? value : undefined;
}
