/** Deep insert of a sales order, with the refusals of the API's pages (their published source has the words). */
import type { SimAnswer, SimRequest } from '../dialect.ts';
import type { World, WorldOrder } from '../world.ts';
import { failure } from './business-central.ts';

interface GivenLine {
  lineType?: string;
  lineObjectNumber?: string;
  unitOfMeasureCode?: string;
  quantity?: unknown;
  unitPrice?: unknown;
}
interface GivenOrder {
  externalDocumentNumber?: string;
  customerId?: string;
  billToCustomerId?: string;
  currencyCode?: string;
  shipToName?: string;
  salesOrderLines?: GivenLine[];
}

const HEAD =
  /^(externalDocumentNumber|orderDate|customerId|billToCustomerId|currencyCode|pricesIncludeTax|requestedDeliveryDate|salesOrderLines|shipTo\w+|shortcutDimension[12]Code)$/;
const LINE = ['lineType', 'lineObjectNumber', 'description', 'unitOfMeasureCode', 'quantity', 'unitPrice'];

/** All or nothing: the call is one transaction. */
export function createSalesOrder(request: SimRequest, world: World): SimAnswer {
  const given = request.json() as GivenOrder;
  for (const name of Object.keys(given)) if (!HEAD.test(name)) throw unknown(name, 'salesOrder');
  if (given.customerId === undefined)
    throw failure(400, 'Application_DialogException', 'A "customerNumber" or a "customerId" must be provided.');
  const account = world.row('account', given.customerId);
  if (!account) throw failure(400, 'Application_DialogException', 'The sell-to customer cannot be found.');
  if (given.billToCustomerId !== undefined && !world.row('account', given.billToCustomerId)) {
    throw failure(400, 'Application_DialogException', 'The bill-to customer cannot be found.');
  }
  if (!account.active || account.blocked) {
    throw failure(
      400,
      'Application_DialogException',
      `You cannot create this type of document when Customer ${account.number} is blocked with type All`,
    );
  }
  const reference = given.externalDocumentNumber ?? '';
  if (reference.length > 35) {
    throw failure(
      400,
      'Application_StringExceededLength',
      `The length of the string is ${reference.length}, but it must be less than or equal to 35 characters. Value: ${reference}`,
    );
  }
  if (!['EUR', 'CHF', 'USD'].includes(given.currencyCode ?? 'EUR'))
    throw failure(400, 'Application_DialogException', 'The "currencyCode" does not match to a Currency.');
  const lines = (given.salesOrderLines ?? []).flatMap((line) => checkedLine(line, world));
  // The field is of type Code: capitals, without blanks around.
  const order = world.placeOrder({
    reference: reference.trim().toUpperCase(),
    soldTo: account.id,
    billTo: given.billToCustomerId ?? null,
    shipTo: given.shipToName ?? null,
    currency: given.currencyCode ?? 'EUR',
    lines,
  });
  return {
    status: 201,
    json: { '@odata.etag': 'W/"JzE5OzE"', id: order.id, number: order.number, externalDocumentNumber: order.reference, status: 'Draft' },
  };
}

/** DELETE and PATCH of an order, POST of a line below it, DELETE and PATCH of a line. */
export function changeSalesOrder(path: string, request: SimRequest, world: World): SimAnswer | undefined {
  const [, set = '', id = '', below] = /\/(salesOrders|salesOrderLines)\(([^)]*)\)(\/salesOrderLines)?$/.exec(path) ?? [];
  const order = world.rows('order').find((one) => one.id === id || one.lines.some(({ lineReference }) => lineReference === id));
  if (set === '') return undefined;
  if (!order || order.location === 'posted' || order.state === 'cancelled')
    throw failure(404, 'Internal_RecordNotFound', `The record does not exist. Identification fields and values: SystemId='${id}'`);
  if (request.method !== 'POST' && request.headers['if-match'] === undefined)
    throw failure(400, 'BadRequest', 'Could not validate the client concurrency token required by the operation.');
  if (order.state === 'shipped')
    throw failure(400, 'Application_DialogException', "Qty. Shipped Not Invoiced must be equal to '0' in Sales Line.");
  if (below !== undefined) return added(order, request, world);
  if (set === 'salesOrders') return request.method === 'DELETE' ? removed(order, world) : { status: 200, json: {} };
  const keep = request.method === 'DELETE' ? [] : [request.json() as GivenLine];
  const lines = order.lines.flatMap((line) =>
    line.lineReference === id
      ? keep.map(({ quantity, unitPrice }) => ({ ...line, quantity: String(quantity), unitPrice: String(unitPrice) }))
      : [line],
  );
  world.change('order', order.id, { lines });
  return keep.length === 0 ? { status: 204 } : { status: 200, json: { id } };
}

function removed({ id }: WorldOrder, world: World): SimAnswer {
  world.stepOrder(id, 'cancelled');
  return { status: 204 };
}

function added({ id, lines }: WorldOrder, request: SimRequest, world: World): SimAnswer {
  const more = checkedLine(request.json() as GivenLine, world);
  world.change('order', id, { lines: [...lines, ...more] });
  return { status: 201, json: { id: more[0]?.lineReference ?? null } };
}

const linesMade = new WeakMap<World, number>();

/** Ids of lines are not those of orders, and stay when others go. */
function newLineId(world: World): string {
  const made = (linesMade.get(world) ?? 0) + 1;
  linesMade.set(world, made);
  return `e0000000-0000-4000-8000-${String(made).padStart(12, '0')}`;
}

type CheckedLine = { product: string; quantity: string; unitPrice: string; lineReference: string };

/** A comment is no line of the ledger. */
function checkedLine(line: GivenLine, world: World): CheckedLine[] {
  for (const name of Object.keys(line)) if (!LINE.includes(name)) throw unknown(name, 'salesOrderLine');
  if (line.lineType === 'Comment') return [];
  const product = world.rows('product').find(({ number }) => number === line.lineObjectNumber);
  if (line.lineType !== 'Item' || !product) throw failure(400, 'Application_DialogException', 'Item does not exist.');
  if (line.unitOfMeasureCode !== undefined && line.unitOfMeasureCode !== product.unit) {
    throw failure(
      400,
      'Internal_InvalidTableRelation',
      `The field Unit of Measure Code of table Sales Line contains a value (${line.unitOfMeasureCode}) that cannot be found in the related table (Item Unit of Measure).`,
    );
  }
  for (const name of ['quantity', 'unitPrice'] as const) {
    if (typeof line[name] !== 'number')
      throw failure(400, 'BadRequest', `Cannot convert a value to target type 'Edm.Decimal' for ${name}.`);
  }
  return [{ product: product.number, quantity: String(line.quantity), unitPrice: String(line.unitPrice), lineReference: newLineId(world) }];
}

function unknown(name: string, type: string): Error {
  return failure(
    400,
    'BadRequest',
    `The property '${name}' does not exist on type 'Microsoft.NAV.${type}'. Make sure to only use property names that are defined by the type.`,
  );
}
