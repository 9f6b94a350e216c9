/** Methods of models as both protocols call them: parameters by name, records by ids. */
import type { World } from '../../world.ts';
import { withDocuments } from './documents.ts';
import { compileDomain, names } from './domain.ts';
import { accessError, Raised, userError, valueError } from './failures.ts';
import { goodsModels } from './goods.ts';
import { partnerModel } from './partners.ts';
import { cancel, confirm, load, salesModels, unlinkLines } from './sales.ts';
import { COMPANY, type Model, type ModelRow, type Store, stampText, type Values } from './store.ts';

export interface Called {
  readonly model: string;
  readonly method: string;
  readonly ids: readonly number[];
  readonly params: Values;
  readonly context: Values;
  readonly uid: number;
}

/** Method -> its parameters; others are a TypeError of Python. */
const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  search_read: ['domain', 'fields', 'offset', 'limit', 'order'],
  fields_get: ['allfields', 'attributes'],
  check_access_rights: ['operation', 'raise_exception'],
  has_access: ['operation'],
  check_object_reference: ['module', 'xml_id', 'raise_on_access_error'],
  load: ['fields', 'data'],
  action_confirm: [],
  action_cancel: [],
  unlink: [],
  context_get: [],
};
/** Of one model alone. */
const KEY_SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  generate: ['key', 'scope', 'name', 'expiration_date'],
  revoke: ['key'],
};
/** Work on records; the others are the model's own and take none. */
const OF_RECORDS = ['action_confirm', 'action_cancel', 'unlink', 'has_access'];

export function isWriting(method: string): boolean {
  return ['load', 'action_confirm', 'action_cancel', 'unlink', 'generate', 'revoke'].includes(method);
}

export function modelsOf(store: Store): Record<string, Model> {
  const { version, options } = store;
  const all: Record<string, Model> = {
    'res.partner': partnerModel(version),
    'res.country': lookup({ code: 'char' }, (world) => {
      for (const { country } of world.rows('address')) store.countries.idOf(country);
      return store.countries.all().map(([code, id]) => ({ id, code }));
    }),
    'res.company': lookup({ name: 'char', currency_id: 'many2one' }, () => [COMPANY]),
    'res.users': lookup({}, () => []),
    'ir.model.data': lookup({ module: 'char', name: 'char' }, () => []),
    'res.users.apikeys': lookup({ name: 'char', user_id: 'many2one', ...(version >= 18 ? { expiration_date: 'datetime' } : {}) }, () =>
      store.keys.rows(),
    ),
    ...goodsModels(version),
    ...withDocuments(salesModels(version), version),
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => !options.without?.includes(name)));
}

function lookup(types: Readonly<Record<string, string>>, rows: (world: World) => readonly Values[]): Model {
  const stamp = new Date(0);
  return {
    fields: new Map(Object.entries({ id: 'integer', write_date: 'datetime', ...types })),
    rows: (world) => rows(world).map((values) => ({ stamp, values: { ...values, write_date: stampText(stamp) } })),
  };
}

export function dispatch(called: Called, world: World, store: Store): unknown {
  const { model: name, method, ids, params, context } = called;
  const model = modelsOf(store)[name];
  if (!model) throw userError(`Object ${name} doesn't exist`);
  if (method.startsWith('_')) throw accessError(`Private methods (such as '${name}.${method}') cannot be called remotely.`);
  const known = method === 'has_access' && store.version < 18 ? undefined : (SIGNATURES[method] ?? signatureOfKeys(name, method, store));
  if (!known) throw new Raised('builtins.AttributeError', `The method '${name}.${method}' does not exist`, 404);
  const odd = Object.keys(params).find((param) => !known.includes(param));
  if (odd !== undefined) throw new Raised('builtins.TypeError', `got an unexpected keyword argument '${odd}'`, 422);
  if (ids.length > 0 && !OF_RECORDS.includes(method)) throw new Raised('builtins.TypeError', `cannot call ${name}.${method} with ids`, 422);
  switch (method) {
    case 'search_read':
      return searchRead(name, model, params, context, world, store);
    case 'fields_get':
      return fieldsGet(model, params);
    case 'check_access_rights':
    case 'has_access':
      return store.options.forbidden?.includes(name) !== true;
    case 'check_object_reference':
      return objectReference(params, store);
    case 'load':
      return load(params, world, store);
    case 'generate':
      return store.keys.generate(params, world);
    case 'revoke':
      return store.keys.revoke(params, world);
    case 'action_confirm':
      return confirm(ids, world, store);
    case 'action_cancel':
      return cancel(ids, context, world);
    case 'unlink':
      return unlinkLines(ids, world, store);
    default:
      return { lang: 'en_US', tz: false, uid: called.uid };
  }
}

/** They came with 19. */
function signatureOfKeys(model: string, method: string, { version }: Store): readonly string[] | undefined {
  return model === 'res.users.apikeys' && version >= 19 ? KEY_SIGNATURES[method] : undefined;
}

function searchRead(name: string, model: Model, params: Values, context: Values, world: World, store: Store): Values[] {
  // ir.model.data is for administrators (seen on 16 and 17); record rules hide nothing here.
  if (name === 'ir.model.data' || store.options.forbidden?.includes(name)) {
    throw accessError(
      `You are not allowed to access '${name}' (${name}) records.\n\nThis operation is allowed for the following groups:\n- User: Zoë Weiß`,
    );
  }
  const { domain = [], fields = [], limit, order } = params;
  const wanted = fields as string[];
  const stranger = wanted.find((field) => !model.fields.has(field));
  if (stranger !== undefined) throw valueError(`Invalid field '${stranger}' on model '${name}'`);
  const test = compileDomain(domain, name, model.fields);
  const hidesArchived = model.fields.has('active') && context.active_test !== false && !names(domain, 'active');
  const found = model.rows(world, store).filter((row) => (!hidesArchived || row.values.active === true) && test(row));
  const sorted = found.sort(sorter(order, model));
  return (typeof limit === 'number' ? sorted.slice(0, limit) : sorted).map(({ values }) =>
    Object.fromEntries(['id', ...wanted].map((field) => [field, values[field] ?? false])),
  );
}

/** By the row's own order where nobody says: by name for partners, which pages must not rely on. */
function sorter(order: unknown, { fields }: Model): (a: ModelRow, b: ModelRow) => number {
  if (typeof order !== 'string') return (a, b) => String(a.values.name).localeCompare(String(b.values.name));
  const terms = order.split(',').map((term) => /^\s*(\w+)(?:\s+(asc|desc))?\s*$/i.exec(term));
  if (terms.some((term) => !term || !fields.has(term[1] ?? ''))) throw userError(`Invalid "order" specified (${order}).`);
  return (a, b) => {
    for (const term of terms) {
      const field = term?.[1] ?? '';
      const [left, right] = field === 'write_date' ? [a.stamp.getTime(), b.stamp.getTime()] : [keyOf(a, field), keyOf(b, field)];
      const sign = (left > right ? 1 : left < right ? -1 : 0) * (term?.[2]?.toLowerCase() === 'desc' ? -1 : 1);
      if (sign !== 0) return sign;
    }
    return 0;
  };
}

function keyOf({ values }: ModelRow, field: string): number | string {
  const value = values[field];
  if (typeof value === 'number' || typeof value === 'string') return value;
  return Array.isArray(value) ? Number(value[0]) : 0;
}

function fieldsGet({ fields }: Model, { allfields }: Values): Values {
  const asked = Array.isArray(allfields) && allfields.length > 0 ? allfields : [...fields.keys()];
  return Object.fromEntries([...fields].filter(([name]) => asked.includes(name)).map(([name, type]) => [name, { type }]));
}

/** Found without rights on ir.model.data: it asks for those on the record (base/models/ir_model.py). */
function objectReference({ module, xml_id }: Values, { externalIds }: Store): [string, number] {
  const id = externalIds.get(`${String(module)}.${String(xml_id)}`);
  if (id === undefined) throw valueError(`External ID not found in the system: ${String(module)}.${String(xml_id)}`);
  return ['sale.order', Number(id)];
}
