/** What the mapping language cannot say, said before it. Pure; whatever is not as expected is left for the record's schema to tell. */
import { plainDecimal } from '../../src/connector/decimals.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/connector/json.ts';
import { isFilled } from '../../src/connector/text-lines.ts';

export interface AccountContext {
  readonly currency: string;
  /** Id of a payment term -> its code. */
  readonly terms: ReadonlyMap<string, string>;
}

/** Credit limits are in the main currency, whatever the customer's is. */
export function flattenAccount(row: Json, { currency, terms }: AccountContext): Json {
  if (!isJsonObject(row)) return row;
  const own = row.multicurrency_code;
  const accountCurrency = typeof own === 'string' && own !== '' ? own : currency;
  return {
    ...row,
    accountCurrency,
    parentId: isNone(row.parent) ? null : (row.parent ?? null),
    // The dictionary tells only terms that are in use; one that is not stands by its id.
    paymentTermsCode: isNone(row.cond_reglement_id) ? null : (terms.get(String(row.cond_reglement_id)) ?? String(row.cond_reglement_id)),
    creditLimit: accountCurrency === currency ? amountOf(row.outstanding_limit) : null,
  };
}

/** A third party's own address serves for bills and goods alike. */
export function flattenOwnAddress(row: Json): Json[] {
  if (!isJsonObject(row)) return [row];
  if (!hasAddress(row)) return [];
  return ['bill_to', 'ship_to'].map((role) => ({
    ...row,
    key: `${row.id}/${role}`,
    account: row.id ?? null,
    role,
    addressee: row.name ?? null,
  }));
}

/** A contact with an address of its own is a place to ship to; without a third party it is nobody's. */
export function flattenContactAddress(row: Json): Json[] {
  if (!isJsonObject(row)) return [row];
  if (!hasAddress(row) || isNone(row.socid)) return [];
  const addressee = [row.firstname, row.lastname].filter((part) => typeof part === 'string' && part !== '').join(' ');
  return [{ ...row, key: `contact-${row.id}/ship_to`, account: row.socid ?? null, role: 'ship_to', addressee }];
}

/** Private contacts belong to no third party. */
export function flattenContact(row: Json): Json[] {
  return isJsonObject(row) && isNone(row.socid) && 'socid' in row ? [] : [row];
}

/** One price for everyone, or one of each price level where levels are used. All without tax. */
export function flattenPrice(row: Json, currency: string): Json[] {
  if (!isJsonObject(row)) return [row];
  const levels = isJsonObject(row.multiprices) ? Object.entries(row.multiprices).filter(([, price]) => !isZero(price)) : [];
  const { multiprices: _levels, ...rest } = row;
  if (levels.length > 0) {
    return levels.map(([level, price]) => ({ ...rest, key: `${row.id}/${level}`, level, currency, unitPrice: amountOf(price) }));
  }
  return isZero(row.price) ? [] : [{ ...rest, key: `${row.id}`, level: null, currency, unitPrice: amountOf(row.price) }];
}

export interface Warehouse {
  readonly ref: string;
  readonly name: string | null;
}

/** `stock`: warehouse id -> { real }. PHP writes an empty one as a list. */
export function flattenStock(row: Json, stock: Json, warehouses: ReadonlyMap<string, Warehouse>): Json[] {
  if (!isJsonObject(row) || !isJsonObject(stock)) return [];
  return Object.entries(stock).map(([id, there]) => ({
    key: `${row.id}/${id}`,
    productId: row.id ?? null,
    ref: row.ref ?? null,
    site: warehouses.get(id)?.ref ?? id,
    siteName: warehouses.get(id)?.name ?? null,
    real: isJsonObject(there) ? amountOf(there.real) : null,
    date_modification: row.date_modification ?? null,
  }));
}

/** "1000.00000000" -> "1000" */
export function amountOf(value: Json | undefined): Json {
  return typeof value === 'string' || typeof value === 'number' ? plainDecimal(String(value)) : (value ?? null);
}

function isNone(value: Json | undefined): boolean {
  return value === null || value === undefined || value === '' || value === '0' || value === 0;
}

function isZero(value: Json | undefined): boolean {
  return isNone(value) || Number(value) === 0;
}

function hasAddress(row: JsonObject): boolean {
  return [row.address, row.zip, row.town].some(isFilled);
}
