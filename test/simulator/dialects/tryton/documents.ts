/** Sales placed elsewhere beside those placed here, shipments, invoices: what a world calls documents. */
import type { Stamped, World, WorldDocument, WorldDocumentLine } from '../../world.ts';
import { type Context, type Field, idIn, listOf, type Model, model } from './model.ts';
import { Dec, Stamp, stampOf } from './typed.ts';

/** Documents have ids of their own in the world; sales placed here have others. */
const SALES = 5_000_000;
const CURRENCIES = ['CHF', 'EUR'];

const stamps = {
  create_date: { of: ({ createdAt }: Stamped) => stampOf(createdAt) },
  write_date: { of: ({ version, changedAt }: Stamped) => (version === 0 ? null : stampOf(changedAt)) },
};

const day = ({ datedOn }: WorldDocument) => new Stamp(datedOn);
const units = (world: World) => listOf(world.rows('product').map(({ unit }) => unit));
const saleId = (id: string | null) => (id === null ? null : SALES + Number(id));

function ofKind(world: World, ...kinds: WorldDocument['kind'][]): WorldDocument[] {
  return world.rows('document').filter(({ kind }) => kinds.includes(kind));
}

function linesOf(world: World, ...kinds: WorldDocument['kind'][]): WorldDocumentLine[] {
  return world.rows('documentLine').filter(({ documentId }) => kinds.includes(world.row('document', documentId)?.kind ?? 'order'));
}

/** The sold line of the same place, as far as the sale has one. */
function soldLine(line: WorldDocumentLine, world: World): number | null {
  const of = world.row('document', line.documentId);
  const place = world.linesOf(line.documentId).findIndex(({ id }) => id === line.id);
  return saleId((of?.aboutId && world.linesOf(of.aboutId)[place]?.id) || null);
}

const SALE_STATES = {
  draft: 'quotation',
  open: 'processing',
  shipped: 'processing',
  invoiced: 'done',
  paid: 'done',
  cancelled: 'cancelled',
};

const sale = model<WorldDocument>({
  rows: (world) => ofKind(world, 'order'),
  id: ({ id }) => SALES + Number(id),
  fields: {
    ...stamps,
    id: { of: ({ id }) => SALES + Number(id) },
    number: { of: ({ number }) => number },
    reference: { of: ({ reference }) => reference ?? '' },
    description: { of: () => '4500012' },
    party: { to: 'party.party', of: ({ accountId }) => Number(accountId) },
    state: { of: ({ state }) => SALE_STATES[state] },
    sale_date: { of: day },
    shipping_date: { of: () => null },
    currency: { to: 'currency.currency', of: ({ currency }) => idIn(CURRENCIES, currency) },
    untaxed_amount: { of: () => new Dec('100.00') },
    invoice_state: { of: ({ state }) => (state === 'invoiced' ? 'paid' : 'none') },
    shipment_state: { of: ({ state }) => (state === 'shipped' || state === 'invoiced' ? 'sent' : 'waiting') },
    lines: { to: 'sale.line', many: true, of: ({ id }, world) => world.linesOf(id).map((line) => SALES + Number(line.id)) },
  },
});

const goods = {
  ...stamps,
  type: { of: () => 'line' },
  product: {
    to: 'product.product',
    of: ({ product }: WorldDocumentLine, world: World) => Number(world.rows('product').find(({ number }) => number === product)?.id),
  },
  quantity: { of: ({ quantity }: WorldDocumentLine) => Number(quantity) },
  unit: { to: 'product.uom', of: (_: WorldDocumentLine, world: World) => idIn(units(world), 'PCE') },
  unit_price: { of: ({ unitPrice }: WorldDocumentLine) => new Dec(unitPrice) },
  currency: {
    to: 'currency.currency',
    of: ({ documentId }: WorldDocumentLine, world: World) => idIn(CURRENCIES, world.row('document', documentId)?.currency ?? null),
  },
  amount: { of: () => new Dec('10.00') },
};

const saleLine = model<WorldDocumentLine>({
  rows: (world) => linesOf(world, 'order'),
  id: ({ id }) => SALES + Number(id),
  fields: {
    ...goods,
    id: { of: ({ id }) => SALES + Number(id) },
    sale: { to: 'sale.sale', of: ({ documentId }) => saleId(documentId) },
    note: { of: () => 'several\nlines' },
  },
});

const MOVES = { shipped: 'done', cancelled: 'cancelled' } as const;
const moveState = ({ state }: WorldDocument) => (state in MOVES ? MOVES[state as keyof typeof MOVES] : 'assigned');

export const followers: Readonly<Record<string, Model>> = {
  'stock.shipment.out': model<WorldDocument>({
    rows: (world) => ofKind(world, 'shipment'),
    id: ({ id }) => Number(id),
    fields: {
      ...stamps,
      id: { of: ({ id }) => Number(id) },
      number: { of: ({ number }) => number },
      reference: { of: ({ trackingNumber }) => trackingNumber },
      state: { of: moveState },
      customer: { to: 'party.party', of: ({ accountId }) => Number(accountId) },
      planned_date: { of: day },
      effective_date: { of: day },
      moves: { to: 'stock.move', many: true, of: ({ id }, world) => world.linesOf(id).map((line) => Number(line.id)) },
    },
  }),
  'stock.shipment.out.return': model<WorldDocument>({
    rows: () => [],
    id: ({ id }) => Number(id),
    fields: { ...stamps, id: { of: ({ id }) => Number(id) }, number: { of: () => null }, state: { of: () => 'draft' } },
  }),
  'stock.move': model<WorldDocumentLine>({
    rows: (world) => linesOf(world, 'shipment'),
    id: ({ id }) => Number(id),
    fields: {
      ...goods,
      id: { of: ({ id }) => Number(id) },
      shipment: { of: ({ documentId }) => `stock.shipment.out,${documentId}` },
      origin: { of: (line, world) => (soldLine(line, world) === null ? null : `sale.line,${soldLine(line, world)}`) },
      sale: { to: 'sale.sale', of: ({ documentId }, world) => saleId(world.row('document', documentId)?.aboutId ?? null) },
      state: { of: ({ documentId }, world) => moveState(world.row('document', documentId) as WorldDocument) },
    },
  }),
  'account.invoice': model<WorldDocument>({
    rows: (world) => ofKind(world, 'invoice', 'credit_note'),
    id: ({ id }) => Number(id),
    fields: {
      ...stamps,
      id: { of: ({ id }) => Number(id) },
      type: { of: () => 'out' },
      number: { of: ({ number }) => number },
      party: { to: 'party.party', of: ({ accountId }) => Number(accountId) },
      state: { of: ({ state }) => (state === 'open' ? 'posted' : state) },
      invoice_date: { of: day },
      currency: { to: 'currency.currency', of: ({ currency }) => idIn(CURRENCIES, currency) },
      untaxed_amount: { of: ({ kind }) => new Dec(kind === 'invoice' ? '100.00' : '-100.00') },
      amount_to_pay: { of: ({ state }) => new Dec(state === 'paid' ? '0.00' : '119.00') },
      sales: { to: 'sale.sale', many: true, of: ({ aboutId }) => [saleId(aboutId)].filter((id) => id !== null) },
    },
  }),
  'account.invoice.line': model<WorldDocumentLine>({
    rows: (world) => linesOf(world, 'invoice', 'credit_note'),
    id: ({ id }) => Number(id),
    fields: {
      ...goods,
      id: { of: ({ id }) => Number(id) },
      invoice: { to: 'account.invoice', of: ({ documentId }) => Number(documentId) },
      origin: { of: (line, world) => (soldLine(line, world) === null ? null : `sale.line,${soldLine(line, world)}`) },
    },
  }),
};

/** Sales of both kinds in one table. What one kind has no field for is none. */
export function withDocuments(placed: Readonly<Record<string, Model>>): Record<string, Model> {
  return { ...placed, ...followers, 'sale.sale': joined(placed['sale.sale'], sale), 'sale.line': joined(placed['sale.line'], saleLine) };
}

type Either = { readonly here: object } | { readonly elsewhere: object };

function joined(here: Model | undefined, elsewhere: Model): Model {
  if (!here) throw new Error('there are no sales');
  const pick = (row: Either): [Model, never] => ('here' in row ? [here, row.here as never] : [elsewhere, row.elsewhere as never]);
  const names = new Set([...Object.keys(here.fields), ...Object.keys(elsewhere.fields)]);
  const field = (name: string): Field => {
    const { to, many } = { ...here.fields[name], ...elsewhere.fields[name] };
    const of = (row: Either, world: World, context: Context): unknown => {
      const [from, inner] = pick(row);
      return from.fields[name]?.of(inner, world, context) ?? null;
    };
    return { ...(to !== undefined && { to }), ...(many && { many }), of } as Field;
  };
  return model<Either>({
    rows: (world) => [...here.rows(world).map((row) => ({ here: row })), ...elsewhere.rows(world).map((row) => ({ elsewhere: row }))],
    id: (row) => {
      const [from, inner] = pick(row);
      return from.id(inner);
    },
    fields: Object.fromEntries([...names].map((name) => [name, field(name)])) as never,
  });
}
