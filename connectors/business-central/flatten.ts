/** What the mapping language cannot say, said before it. Pure; whatever is not as expected is left for the record's schema to tell. */
import type { Json } from '../../src/connector/contract.ts';
import { isJsonObject } from '../../src/connector/json.ts';
import type { ODataRow } from '../../src/connector/odata/index.ts';

/** How an id says "none". */
const NO_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Credit limit and balance are kept in the company's own currency ("(LCY)" in the client), whatever the customer's is. They are ours only
 * where the two are the same; a limit of 0 is none.
 */
export function flattenCustomer(row: ODataRow): ODataRow {
  const { paymentTerm, customerFinancialDetail: details, ...rest } = row;
  const isLocal = row.currencyId === undefined || row.currencyId === null || row.currencyId === NO_ID;
  return {
    ...rest,
    paymentTermsCode: within(paymentTerm, 'code'),
    balance: within(details, 'balance'),
    overdueAmount: within(details, 'overdueAmount'),
    creditLimitInCurrency: isLocal && row.creditLimit !== 0 ? (row.creditLimit ?? null) : null,
    balanceInCurrency: isLocal ? within(details, 'balance') : null,
  };
}

/** A customer has one address, for bills and goods alike. Without street, place and postal code it is none. */
export function flattenAddress(row: ODataRow): ODataRow[] {
  const isBlank = [row.addressLine1, row.addressLine2, row.city, row.postalCode].every((part) => part === '' || part === null);
  return isBlank ? [] : ['bill_to', 'ship_to'].map((role) => ({ ...row, role }));
}

/** A list price of 0 is none. One that includes tax is no price of ours, and is said to be missing. */
export function flattenPrice(row: ODataRow, currencyCode: Json): ODataRow[] {
  if (row.unitPrice === 0) return [];
  return [{ ...row, currencyCode, netUnitPrice: row.priceIncludesTax === true ? null : (row.unitPrice ?? null) }];
}

function within(value: Json | undefined, name: string): Json {
  return isJsonObject(value) ? (value[name] ?? null) : null;
}
