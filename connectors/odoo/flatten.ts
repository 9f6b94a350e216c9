/**
 * What the mapping language cannot say, said before it. Companies, people and addresses are all rows of res.partner. Pure; what is not as expected
 * is left for the record's schema to tell. A key is absent where its field is: then we know nothing of it.
 */
import type { Json } from '../../src/connector/contract.ts';
import type { Row } from './call.ts';
import { type Fields, idOf, nameOf, withoutNoise } from './fields.ts';
import type { Lookups } from './lookups.ts';

/** A company, or a person who belongs to none. */
export function flattenAccount(row: Row, fields: Fields, { priceLists, currency }: Lookups): Row {
  const ifThere = (field: string, values: () => Row): Row => (fields.has(field) ? values() : {});
  return {
    ...row,
    state: stateOf(row),
    parent: idOf(row.parent_id),
    currency: fields.has('currency_id') ? nameOf(row.currency_id) : currency,
    email: firstAddress(row.email),
    ...ifThere('property_payment_term_id', () => ({ paymentTerms: nameOf(row.property_payment_term_id) })),
    ...ifThere('credit_limit', () => ({ creditLimit: limitOf(row) })),
    ...ifThere('credit', () => ({ balance: typeof row.credit === 'number' ? withoutNoise(row.credit) : (row.credit ?? null) })),
    ...ifThere('property_product_pricelist', () => ({ priceList: listOf(row.property_product_pricelist, priceLists) })),
    ...ifThere('user_id', () => ({ accountManager: nameOf(row.user_id) })),
    ...ifThere('industry_id', () => ({ industry: nameOf(row.industry_id) })),
  };
}

/** A person at a company. Of people below people the commercial entity is still the company: the account. */
export function flattenContact(row: Row): Row {
  return { ...row, state: stateOf(row), account: idOf(row.commercial_partner_id), email: firstAddress(row.email) };
}

/** The own address of an account serves as both; a row below it as what its type says. */
export function flattenAddress(row: Row, fields: Fields, { countries }: Lookups): Row[] {
  const isAccount = row.is_company === true || row.parent_id === null;
  const rest = {
    ...row,
    account: isAccount ? (row.id ?? null) : idOf(row.commercial_partner_id),
    region: withoutCountry(nameOf(row.state_id)),
    countryCode: fields.has('country_code') ? (row.country_code ?? null) : (countries.get(idOf(row.country_id) ?? 0) ?? null),
    // Over since it was archived, as near as Odoo tells.
    validTo: row.active === false ? dayOf(row.write_date) : null,
  };
  if (!isAccount) return [{ ...rest, role: row.type === 'delivery' ? 'ship_to' : 'bill_to' }];
  const isFilled = [row.street, row.street2, row.zip, row.city, row.country_id].some((part) => part !== null && part !== undefined);
  return isFilled ? ['bill_to', 'ship_to'].map((role) => ({ ...rest, role })) : [];
}

/** `sale_warn` is how Odoo blocks a customer, up to 18. */
function stateOf({ active, sale_warn }: Row): string {
  if (active === false) return 'archived';
  return sale_warn === 'block' ? 'blocked' : 'active';
}

/** 0 is no limit. Who has none of its own has the company's default in this field; from 16 on the company may use none at all. */
function limitOf({ credit_limit, show_credit_limit }: Row): Json {
  if (show_credit_limit === false || credit_limit === 0) return null;
  return typeof credit_limit === 'number' ? withoutNoise(credit_limit) : (credit_limit ?? null);
}

/** The name in a many2one has the currency behind it, in some versions. */
function listOf(reference: Json | undefined, priceLists: ReadonlyMap<number, string>): Json {
  return priceLists.get(idOf(reference) ?? 0) ?? nameOf(reference);
}

/** People write several, or a name around it: "Sales <sales@example.com>, info@example.com". */
function firstAddress(email: Json | undefined): Json {
  if (typeof email !== 'string') return email ?? null;
  return /[^\s<>,;"]+@[^\s<>,;"]+/.exec(email)?.[0] ?? email;
}

/** States name their country: "New York (US)". */
function withoutCountry(state: string | null): string | null {
  return state?.replace(/ \([A-Z]{2}\)$/, '') ?? null;
}

function dayOf(stamp: Json | undefined): Json {
  return typeof stamp === 'string' ? stamp.slice(0, 10) : null;
}
