/** How sales orders are changed in the simulated S/4HANA: header, items, prices, partners and texts, each by a call of its own. */
import type { SimAnswer, SimRequest } from '../dialect.ts';
import type { WorldOrder, WorldOrderLine } from '../world.ts';
import type { Row } from './odata/types.ts';
import { BLOCKS, CHANGED_HEADER, checkedLine, exactOnly, type Given, knownOnly, listIn, type OrderDesk, refusal, versionHeader, WORDS } from './sap-s4-order-writes.ts'; // biome-ignore format: one list
import { etagOf, fileOf, type OrderFile } from './sap-s4-orders.ts';

interface Place {
  readonly order: WorldOrder;
  /** What is meant, without `A_SalesOrder` or `SalesOrder`: '', Item, ItemPrElement, HeaderPartner, Text ... */
  readonly kind: string;
  readonly keys: ReadonlyMap<string, string>;
  /** Of a POST: the collection below it. */
  readonly below: string | undefined;
}

/** `undefined`: not a change of an order. */
export function changeOrder(request: SimRequest, path: string, desk: OrderDesk): SimAnswer | undefined {
  const place = placeOf(path, desk);
  if (!place || !['PATCH', 'POST', 'DELETE'].includes(request.method)) return undefined;
  const { order } = place;
  if (request.method !== 'POST') refuseUnseen(request, order);
  // As SAP says it of an item of which everything was delivered or invoiced.
  if (order.state === 'shipped' || order.state === 'invoiced')
    throw refusal('V1/400', 'Item 000010 has been delivered or invoiced and cannot be changed');
  const body = request.method === 'DELETE' ? {} : (request.json() as Given);
  if (request.method === 'POST') addPart(request, body, place, desk);
  else if (place.kind === '') changeHeader(body, order, desk);
  else changePart(request, body, place, desk);
  const headers = versionHeader(desk.version);
  return request.method === 'POST' ? { status: 201, headers, json: desk.version === 2 ? { d: body } : body } : { status: 204, headers };
}

function placeOf(path: string, { world }: OrderDesk): Place | undefined {
  const [, kind = '', inside = '', below] = /^(?:A_)?SalesOrder(\w*)\(([^)]*)\)(?:\/(\w+))?$/.exec(decodeURIComponent(path)) ?? [];
  const keys = new Map([...inside.matchAll(/(?:(\w+)=)?'([^']*)'/g)].map(([, name = 'SalesOrder', value = '']) => [name, value] as const));
  const order = world.row('order', keys.get('SalesOrder') ?? '');
  return order && { order, kind, keys, below };
}

/** Who has not seen the order's last state may not change it, nor a part of it. */
function refuseUnseen({ headers }: SimRequest, order: WorldOrder): void {
  const seen = headers['if-match'];
  if (seen === undefined) throw refusal('/IWFND/CM_MGW/092', 'The request has to be conditional. Try using "If-Match" header.', 428);
  if (seen !== etagOf(order)) throw refusal('/IWBEP/CM_MGW_RT/021', 'The entity was changed in the meantime', 412);
}

/** Blocked again it is no longer on its way; freed of its blocks it is. */
function changeHeader(body: Given, order: WorldOrder, { world, files }: OrderDesk): void {
  knownOnly(CHANGED_HEADER, [body]);
  const file = fileOf(files, order);
  const given = Object.entries(body).filter(([name]) => BLOCKS.includes(name));
  const blocks = { ...file.blocks, ...Object.fromEntries(given.map(([name, reason]) => [name, String(reason)])) };
  files.set(order.id, { ...file, blocks });
  const isFree = Object.values(blocks).every((reason) => reason === '');
  if (isFree && world.stepOrder(order.id, 'confirmed')) return;
  world.change('order', order.id, isFree ? {} : { state: order.state === 'confirmed' ? 'draft' : order.state });
}

function addPart(request: SimRequest, body: Given, { order, kind, keys, below = '' }: Place, { version, world, files }: OrderDesk): void {
  const { item, price, partner, names } = WORDS[version];
  const file = fileOf(files, order);
  if (kind === '' && below === names.items) {
    const prices = listIn(body[names.prices], version);
    knownOnly(item, [body]);
    knownOnly(price, prices);
    if (version === 4) exactOnly(request, [body]);
    const number = String(body.SalesOrderItem);
    if ([...file.numbers, ...file.rejected.map((one) => one.number)].includes(number))
      throw refusal('V1/348', `Item ${number} already exists`);
    const line = checkedLine(body, prices, version, world);
    files.set(order.id, { ...file, numbers: [...file.numbers, number] });
    world.change('order', order.id, { lines: [...order.lines, line] });
  } else if (kind === 'Item' && below === names.prices) {
    knownOnly(price, [body]);
    changeLine(order, file, keys.get('SalesOrderItem'), { unitPrice: String(body[names.rate]) }, { version, world, files, service: '' });
  } else if (kind === '' && below === names.partners) {
    knownOnly(partner, [body]);
    putPartners(order, [...file.partners, body as Row], { version, world, files, service: '' });
  } else if (kind === '' && below === (version === 2 ? 'to_Text' : '_Text')) {
    files.set(order.id, { ...file, texts: [...file.texts, body as Row] });
    world.change('order', order.id, {});
  } else throw refusal('/IWFND/CM_MGW/096', `Nothing is added to ${below}`, 405);
}

function changePart(request: SimRequest, body: Given, place: Place, desk: OrderDesk): void {
  const { order, kind, keys } = place;
  const { version, files, world } = desk;
  const { price, partner, names } = WORDS[version];
  const file = fileOf(files, order);
  if (kind === 'Item') changeItem(request, body, place, desk);
  else if (kind === 'ItemPrElement' || kind === 'ItemPricingElement') {
    // What a condition is cannot be changed in version 4.
    knownOnly(version === 2 ? price : without(price, 'ConditionType'), [body]);
    if (keys.get('PricingProcedureStep') !== '20') throw refusal('VE/108', 'Condition PPR0 cannot be changed manually');
    changeLine(order, file, keys.get('SalesOrderItem'), { unitPrice: String(body[names.rate]) }, desk);
  } else if (kind === 'HeaderPartner' || kind === 'Partner') {
    knownOnly(without(partner, 'PartnerFunction'), [body]);
    putPartners(order, changedIn(file.partners, 'PartnerFunction', keys, body), desk);
  } else if (kind === 'Text') {
    knownOnly(['LongText'], [body]);
    files.set(order.id, { ...file, texts: changedIn(file.texts, 'LongTextID', keys, body) });
    world.change('order', order.id, {});
  } else throw refusal('/IWFND/CM_MGW/096', `${kind} is not changed`, 405);
}

function changeItem(request: SimRequest, body: Given, { order, keys }: Place, desk: OrderDesk): void {
  const file = fileOf(desk.files, order);
  const number = keys.get('SalesOrderItem');
  knownOnly([...without(WORDS[desk.version].item, 'SalesOrderItem'), 'SalesDocumentRjcnReason'], [body]);
  if (request.method === 'DELETE') takeLine(order, file, number, null, desk);
  else if (typeof body.SalesDocumentRjcnReason === 'string') takeLine(order, file, number, body.SalesDocumentRjcnReason, desk);
  else {
    if (desk.version === 4) exactOnly(request, [body]);
    changeLine(order, file, number, { quantity: String(body.RequestedQuantity) }, desk);
  }
}

function without(names: readonly string[], name: string): string[] {
  return names.filter((one) => one !== name);
}

function changedIn(rows: readonly Row[], key: string, keys: Place['keys'], body: Given): Row[] {
  return rows.map((one) => (one[key] === keys.get(key) ? { ...one, ...(body as Row) } : one));
}

function putPartners(order: WorldOrder, partners: readonly Row[], { world, files }: OrderDesk): void {
  files.set(order.id, { ...fileOf(files, order), partners });
  const shipTo = partners.find(({ PartnerFunction }) => PartnerFunction === 'SH');
  world.change('order', order.id, { shipTo: shipTo ? String(shipTo.AddressID ?? shipTo.Customer) : null });
}

function changeLine(
  order: WorldOrder,
  file: OrderFile,
  number: string | undefined,
  values: Partial<WorldOrderLine>,
  { world }: OrderDesk,
): void {
  const at = placeIn(file, number);
  world.change('order', order.id, { lines: order.lines.map((line, place) => (place === at ? { ...line, ...values } : line)) });
}

/** Rejected with a reason, deleted without. An order all of whose items are rejected is cancelled, and keeps its lines. */
function takeLine(
  order: WorldOrder,
  file: OrderFile,
  number: string | undefined,
  reason: string | null,
  { world, files }: OrderDesk,
): void {
  const at = placeIn(file, number);
  const line = order.lines[at] as WorldOrderLine;
  const numbers = file.numbers.filter((_, place) => place !== at);
  const rejected = reason === null ? file.rejected : [...file.rejected, { number: number ?? '', reason, line }];
  files.set(order.id, { ...file, numbers, rejected });
  world.change('order', order.id, { lines: order.lines.filter((_, place) => place !== at) });
  if (numbers.length === 0 && rejected.length > 0) world.stepOrder(order.id, 'cancelled');
}

function placeIn({ numbers }: OrderFile, number: string | undefined): number {
  const at = numbers.indexOf(number ?? '');
  if (at === -1) throw refusal('V1/034', `Item ${number} does not exist`, 404);
  return at;
}
