/** Orders of a system nobody wrote a connector for, as `settings.orders` declares them. */
import type { Json } from '../../src/connector/json.ts';
import { pathReader } from '../../src/connector/mapping/paths.ts';
import type { OrderTarget, OrderToPlace, PlacedLine, PlacedOrder } from '../../src/connector/orders.ts';
import type { Session } from '../../src/connector/session.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import { unusable } from './answer.ts';
import { bodyOf } from './order-body.ts';
import type { OrderCall, OrderChange, OrderSettings } from './order-settings.ts';
import type { RestSettings } from './settings.ts';

type OrderSession = Session<RestSettings>;

export const orders: OrderTarget<RestSettings> = {
  traits: {
    referenceField: 'the field that `settings.orders.create.body` gives $reference',
    // What the shortest fields seen hold.
    maxReferenceLength: 30,
    referencePattern: '[A-Za-z0-9._-]+',
    uniqueReference: 'none',
    // Where `lookupLagSeconds` says nothing else: what systems behind a search index were seen to need.
    lookupLagMs: 10_000,
    alsoLookIn: ['the places of `settings.orders.find`'],
  },
  lookupLagMs: ({ orders: { lookupLagSeconds = 10 } = {} }) => lookupLagSeconds * 1_000,
  find: (session, reference) => findMany(session, [reference]),
  findMany,
  async create(session, order) {
    const { create } = declared(session);
    const { json } = await call(session, create, order, { reference: order.reference });
    const id = textAt(create.id, json);
    if (id === null) throw unusable(create.path, `holds no id at "${create.id}"; correct \`orders.create.id\``);
    return { id, number: create.number === undefined ? id : textAt(create.number, json) };
  },
  steps: [
    {
      name: 'confirm',
      mayApply: ({ orders: told }) => told?.confirm !== undefined || Object.values(told?.states ?? {}).includes('placed'),
      isDone: ({ state }) => state !== 'placed',
      async run(session, { id, reference }) {
        const { confirm } = declared(session);
        if (!confirm) throw missing('confirm', 'the state "placed" among `states` asks for it');
        await call(session, confirm, { id, reference }, { id, reference });
      },
    },
  ],
  async cancel(session, { id, reference }) {
    const { cancel } = declared(session);
    if (!cancel) throw undeclared(session, 'cancel', id);
    await change(session, cancel, { id, reference }, {});
  },
  async revise(session, { id, reference }, order) {
    const { revise } = declared(session);
    if (!revise) throw undeclared(session, 'revise', id);
    await change(session, revise, { id, reference }, order);
  },
  async status(session, ids) {
    const { status } = declared(session);
    if (ids.length === 0) return [];
    if (!status) throw missing('status', 'how orders stand is asked for by their ids');
    return lookUp(session, status, { ids: ids.join(',') });
  },
};

/** Place after place: one that moves on while we look is then found among the later ones, perhaps in both, never in neither. */
async function findMany(session: OrderSession, references: readonly string[]): Promise<PlacedOrder[]> {
  const all = new Map<string, PlacedOrder>();
  for (const place of declared(session).find) {
    for (const one of await lookUpAll(session, place, references)) {
      if (references.includes(one.reference) && !all.has(one.id)) all.set(one.id, one);
    }
  }
  return [...all.values()];
}

async function lookUpAll(
  session: OrderSession,
  place: OrderSettings['find'][number],
  references: readonly string[],
): Promise<PlacedOrder[]> {
  if (place.path.includes('{references}')) return lookUp(session, place, { references: references.join(',') });
  return (await Promise.all(references.map((reference) => lookUp(session, place, { reference })))).flat();
}

function declared({ config, connection }: OrderSession): OrderSettings {
  if (config.orders) return config.orders;
  throw new NeedsOperatorError(
    'CONFIG_INVALID',
    `connection ${connection} is to take orders and declares no \`settings.orders\`; see connectors/rest/README.md`,
  );
}

function missing(key: string, why: string): NeedsOperatorError {
  return new NeedsOperatorError('CONFIG_INVALID', `\`settings.orders.${key}\` is not declared, and ${why}`);
}

function undeclared({ connection }: OrderSession, what: 'cancel' | 'revise', id: string): NeedsOperatorError {
  const done = what === 'cancel' ? 'cancel' : 'change';
  return new NeedsOperatorError(
    'HANDOFF_UNSUPPORTED',
    `${connection} declares no \`settings.orders.${what}\`; ${done} order ${id} there by hand, then \`kontor orders settle\``,
  );
}

/** With what was seen right before, so that nobody who was faster is overruled. */
async function change(session: OrderSession, declaredCall: OrderChange, names: Names, order: OrderToPlace | object): Promise<void> {
  const { version } = declaredCall;
  if (version === undefined) {
    await call(session, declaredCall, { ...order, ...names }, names);
    return;
  }
  const { json, headers } = await session.http.send({ path: filled(version.path, names), query: session.config.query });
  const seen = version.field === undefined ? headers.etag : pathReader(version.field)(json);
  if ((typeof seen !== 'string' && typeof seen !== 'number') || seen === '') {
    throw unusable(
      version.path,
      `holds no ${version.field === undefined ? 'ETag' : `version at "${version.field}"`}; the order was left as it is`,
    );
  }
  if (version.field === undefined) await call(session, declaredCall, { ...order, ...names }, names, { 'if-match': String(seen) });
  else await call(session, declaredCall, { ...order, ...names, version: seen }, names);
}

type Names = Readonly<Record<string, string>>;

function call(session: OrderSession, { method, path, body }: OrderCall, order: OrderToPlace | object, names: Names, headers: Names = {}) {
  const json = body === undefined ? undefined : bodyOf(body as Json, order);
  const { query } = session.config;
  return session.http.send({ method, path: filled(path, names), query, headers, ...(json !== undefined && { json }) });
}

function filled(path: string, names: Names): string {
  return path.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (names[name] === undefined ? whole : encodeURIComponent(names[name])));
}

async function lookUp(
  session: OrderSession,
  { path, orders: at, foundIn }: OrderSettings['find'][number],
  names: Names,
): Promise<PlacedOrder[]> {
  const { json, verdict } = await session.http.send({ path: filled(path, names), query: session.config.query });
  if (verdict === 'empty') return [];
  const list = at === undefined ? json : pathReader(at)(json);
  if (!Array.isArray(list))
    throw unusable(path, `holds no list of orders${at === undefined ? '' : ` at "${at}"`}; correct \`orders\` if it does so always`);
  return list.map((row) => placedOrder(row, declared(session), path, foundIn ?? null));
}

function placedOrder(row: unknown, { fields, states }: OrderSettings, path: string, foundIn: string | null): PlacedOrder {
  const id = textAt(fields.id, row);
  const reference = textAt(fields.reference, row);
  const lines = pathReader(fields.lines)(row);
  if (id === null || reference === null || !Array.isArray(lines)) {
    throw unusable(path, 'holds an order without id, reference or lines; correct `orders.fields` if it does so always');
  }
  const stateThere = told(fields.state, row) ?? '';
  return {
    id,
    number: fields.number === undefined ? id : textAt(fields.number, row),
    reference,
    soldTo: told(fields.soldTo, row),
    state: states[stateThere] ?? 'accepted',
    stateThere,
    foundIn,
    currency: told(fields.currency, row),
    lines: lines.map(
      (line): PlacedLine => ({
        product: textAt(fields.product, line),
        quantity: textAt(fields.quantity, line) ?? '',
        unitPrice: told(fields.unitPrice, line),
      }),
    ),
  };
}

function told(at: string | undefined, row: unknown): string | null {
  return at === undefined ? null : textAt(at, row);
}

function textAt(at: string, row: unknown): string | null {
  const value = pathReader(at)(row);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
