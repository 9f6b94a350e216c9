/** What the mapping language cannot say, said before it. Pure; what is not as expected is left for the record's schema to tell. */
import { isJsonObject } from '../../src/connector/json.ts';
import { isFilled, linesOf } from '../../src/connector/text-lines.ts';
import type { ObjectShape } from './objects.ts';
import { instant, type Row } from './soql.ts';

const ROLES = [
  { role: 'bill_to', kind: 'Billing' },
  { role: 'ship_to', kind: 'Shipping' },
] as const;

export function withState(row: Row, currency: string | undefined): Row {
  const named = row.CurrencyIsoCode ?? currency;
  return { ...row, state: row.IsDeleted === true ? 'deleted' : 'active', ...(named === undefined ? {} : { currency: named }) };
}

/** An account has room for two addresses, which are no records of their own. */
export function flattenAddresses(row: Row): Row[] {
  return ROLES.filter(({ kind }) => isGiven(row, kind)).map(({ role, kind }) => ({
    id: `${String(row.Id)}/${role}`,
    account: row.Id ?? null,
    role,
    lines: linesOf(row[`${kind}Street`]),
    city: row[`${kind}City`] ?? null,
    region: row[`${kind}State`] ?? null,
    postalCode: row[`${kind}PostalCode`] ?? null,
    country: row[`${kind}CountryCode`] ?? row[`${kind}Country`] ?? null,
    latitude: row[`${kind}Latitude`] ?? null,
    longitude: row[`${kind}Longitude`] ?? null,
    validTo: row.IsDeleted === true ? dayOf(row.SystemModstamp) : null,
  }));
}

export function addressIds(id: string): string[] {
  return ROLES.map(({ role }) => `${id}/${role}`);
}

/** Addresses that are blank. One whose fields are hidden is not known to be. */
export function blankAddresses(row: Row, shape: ObjectShape): string[] {
  return ROLES.filter(({ kind }) => shape.has(`${kind}City`) && !isGiven(row, kind)).map(({ role }) => `${String(row.Id)}/${role}`);
}

/**
 * Entries of the standard price book are for everyone, those of the others for their holders. One that is inactive or deleted is over since it
 * was changed, as near as Salesforce tells.
 */
export function flattenPrice(row: Row, currency: string | undefined): Row {
  const book = isJsonObject(row.Pricebook2) ? row.Pricebook2 : {};
  const isOver = row.IsDeleted === true || row.IsActive === false || book.IsActive === false;
  return {
    ...withState(row, currency),
    priceList: book.IsStandard === true ? null : (book.Name ?? null),
    validTo: isOver ? dayOf(row.SystemModstamp) : null,
  };
}

function isGiven(row: Row, kind: string): boolean {
  return ['Street', 'City', 'State', 'PostalCode', 'Country'].some((part) => isFilled(row[`${kind}${part}`]));
}

function dayOf(stamp: unknown): string | null {
  return instant(stamp)?.toISOString().slice(0, 10) ?? null;
}
