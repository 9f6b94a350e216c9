/**
 * What the mapping language cannot say, said before it: related records, roles of addresses, lines of streets. Pure; what is not as expected is
 * left for the record's schema to tell. A key is absent where the module that brings it is not installed: then we know nothing of it.
 */
import type { Json } from '../../src/connector/contract.ts';
import { isJsonObject } from '../../src/connector/json.ts';
import { linesOf } from '../../src/connector/text-lines.ts';
import type { Row } from './rpc.ts';

type Names = ReadonlySet<string>;

/** `parentRelation`: name of the relation type that leads up; the first such relation counts. */
export function flattenParty(row: Row, currency: string, names: Names, parentRelation: string | undefined): Row {
  const of = (field: string, key: string): Json => inside(row[field], key);
  return {
    ...row,
    state: stateOf(row.active),
    currency,
    language: of('lang', 'code'),
    taxRegistration: of('tax_identifier', 'code'),
    email: reached(row.contact_mechanisms, ['email']),
    phone: reached(row.contact_mechanisms, ['phone', 'mobile']),
    website: reached(row.contact_mechanisms, ['website']),
    ...(names.has('customer_payment_term') ? { paymentTerms: of('customer_payment_term', 'name') } : {}),
    ...(names.has('credit_limit_amount') ? { creditLimit: row.credit_limit_amount ?? null } : {}),
    ...(names.has('receivable') ? { balance: row.receivable ?? null } : {}),
    ...(names.has('sale_price_list') ? { priceList: of('sale_price_list', 'name') } : {}),
    ...(parentRelation !== undefined && names.has('relations') ? { parent: parentOf(row.relations, parentRelation) } : {}),
  };
}

/** A contact mechanism with a name is how Tryton knows a person at a company; one without is a number of the company itself. */
export function flattenMechanism(row: Row): Row[] {
  if (typeof row.name === 'string' && isBlank(row.name)) return [];
  const value = row.value ?? null;
  return [
    {
      ...row,
      state: stateOf(row.active),
      email: row.type === 'email' ? value : null,
      phone: row.type === 'phone' || row.type === 'mobile' ? value : null,
    },
  ];
}

/**
 * The flags `invoice` and `delivery` say which address documents take by themselves. One without flags may be used for both, and is nobody's
 * default. Without the modules that bring the flags, every address is such a one.
 */
export function flattenAddress(row: Row): Row[] {
  const roles = [
    { role: 'bill_to', isDefault: isTrue(row.invoice) },
    { role: 'ship_to', isDefault: isTrue(row.delivery) },
  ];
  const flagged = roles.filter(({ isDefault }) => isDefault);
  return (flagged.length > 0 ? flagged : roles).map(({ role, isDefault }) => ({
    ...row,
    role,
    isDefault,
    addressee: row.party_name ?? null,
    lines: [row.building_name ?? row.name, row.street].flatMap(linesOf),
    region: inside(row.subdivision, 'name'),
    country_code: inside(row.country, 'code'),
    // An archived address is over since it was archived, as near as Tryton tells.
    validTo: stateOf(row.active) === 'active' ? null : dayOf(row.write_date ?? row.create_date),
  }));
}

/** SQLite has no booleans: Tryton then answers 1 and 0. */
export function isTrue(value: Json | undefined): boolean {
  return value === true || value === 1;
}

export function inside(related: Json | undefined, key: string): Json {
  return isJsonObject(related) ? (related[key] ?? null) : null;
}

function stateOf(active: Json | undefined): string {
  return active === undefined || isTrue(active) ? 'active' : 'archived';
}

/**
 * The first without a name that is in use, of the first type that has one; named ones are people. The party's own fields `email`, `phone`, `website` will not do: asked with
 * `active_test: false`, without which archived parties are hidden, they tell archived mechanisms too (observed on 6.0).
 */
function reached(mechanisms: Json | undefined, types: readonly string[]): Json {
  if (!Array.isArray(mechanisms)) return null;
  const used = mechanisms.filter((one) => stateOf(inside(one, 'active') ?? undefined) === 'active' && isBlank(inside(one, 'name')));
  for (const type of types) {
    const found = used.find((one) => inside(one, 'type') === type);
    if (found !== undefined) return inside(found, 'value');
  }
  return null;
}

function parentOf(relations: Json | undefined, name: string): Json {
  if (!Array.isArray(relations)) return null;
  const up = relations
    .filter((one) => inside(inside(one, 'type'), 'name') === name)
    .sort((a, b) => Number(inside(a, 'id')) - Number(inside(b, 'id')));
  return inside(up[0], 'to');
}

function isBlank(name: Json): boolean {
  return name === null || (typeof name === 'string' && name.trim() === '');
}

function dayOf(stamp: Json | undefined): Json {
  return typeof stamp === 'string' ? stamp.slice(0, 10) : null;
}
