/** What the mapping language cannot say, said before it. Pure; what is not as expected is left for the record's schema to tell. */
import { isFilled, linesOf } from '../../src/connector/text-lines.ts';
import type { Row } from './search.ts';

const ROLES = [
  { role: 'bill_to', kind: 'billingAddress' },
  { role: 'ship_to', kind: 'shippingAddress' },
] as const;
const PARTS = ['Street', 'City', 'State', 'PostalCode', 'Country'];

export const ADDRESS_FIELDS: readonly string[] = ROLES.flatMap(({ kind }) => PARTS.map((part) => `${kind}${part}`));

/** Whoever is no longer with the account is marked so in the relation between the two, and stays a contact. */
export function flattenContact(row: Row): Row {
  return { ...row, state: row.accountIsInactive === true ? 'inactive' : 'active' };
}

/** An account has room for two addresses, which are no records of their own. */
export function flattenAddresses(row: Row): Row[] {
  return ROLES.filter(({ kind }) => isGiven(row, kind)).map(({ role, kind }) => ({
    id: `${String(row.id)}/${role}`,
    account: row.id ?? null,
    role,
    lines: linesOf(row[`${kind}Street`]),
    city: row[`${kind}City`] ?? null,
    region: row[`${kind}State`] ?? null,
    postalCode: row[`${kind}PostalCode`] ?? null,
    country: row[`${kind}Country`] ?? null,
  }));
}

/** Addresses that are blank. One whose fields the user may not see is not in the answer, and not known to be. */
export function blankAddresses(row: Row): string[] {
  return ROLES.filter(({ kind }) => `${kind}City` in row && !isGiven(row, kind)).map(({ role }) => `${String(row.id)}/${role}`);
}

function isGiven(row: Row, kind: string): boolean {
  return PARTS.some((part) => isFilled(row[`${kind}${part}`]));
}
