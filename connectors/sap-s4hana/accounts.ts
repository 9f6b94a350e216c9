/** Accounts: business partners that are customers, with their terms in our sales area. */
import type { Cursor, Page } from '../../src/connector/contract.ts';
import { civilDate, compare, type ODataRow } from '../../src/connector/odata/index.ts';
import { flattenAccount } from './flatten-account.ts';
import { SERVICE } from './http.ts';
import { lookUp, pullPartners, type SapSession, text } from './partners.ts';
import { textIn } from './rows.ts';
import type { PartnerOptions } from './settings.ts';

const ADDRESS = 'to_BusinessPartnerAddress';
/** What tells how a partner is reached, and which address is the standard one. */
export const ADDRESS_PARTS = [
  ADDRESS,
  ...['to_AddressUsage', 'to_EmailAddress', 'to_PhoneNumber', 'to_URLAddress'].map((part) => `${ADDRESS}/${part}`),
];
const CUSTOMER_PARTS = ['to_Customer', 'to_Customer/to_CustomerSalesArea'];

export function readAccounts(session: SapSession, options: PartnerOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
  const company = session.config.companyCode === undefined ? [] : ['to_Customer/to_CustomerCompany'];
  return pullPartners(session, { options, cursor, expand: [...CUSTOMER_PARTS, ...company, ...ADDRESS_PARTS], records });
}

async function records(session: SapSession, partners: readonly ODataRow[]): Promise<readonly unknown[]> {
  const [parents, credits] = [await parentsOf(session, partners), await creditsOf(session, partners)];
  return partners.map((partner) => {
    const number = textIn(partner, 'BusinessPartner');
    return flattenAccount(partner, { config: session.config, parent: parents.get(number), credit: credits.get(number) });
  });
}

/** Business partner -> customer number of the one above it by a relationship that is valid today. */
async function parentsOf(session: SapSession, partners: readonly ODataRow[]): Promise<ReadonlyMap<string, string>> {
  const { hierarchy } = session.config;
  if (typeof hierarchy === 'string') return new Map();
  const [above, below] =
    hierarchy.parentIs === 'first' ? ['BusinessPartner1', 'BusinessPartner2'] : ['BusinessPartner2', 'BusinessPartner1'];
  const relations = await lookUp(session, {
    set: `${SERVICE.partner}/A_BPRelationship`,
    by: [below ?? ''],
    values: partners.map((partner) => textIn(partner, 'BusinessPartner')),
    filter: compare('RelationshipCategory', 'eq', text(hierarchy.relationship)),
  });
  const valid = relations.filter((relation) => isValid(relation, session.now()));
  const customers = await lookUp(session, {
    set: `${SERVICE.partner}/A_BusinessPartner`,
    by: ['BusinessPartner'],
    values: valid.map((relation) => textIn(relation, above ?? '')),
    select: ['BusinessPartner', 'Customer'],
  });
  const numbers = new Map(customers.map((one) => [textIn(one, 'BusinessPartner'), textIn(one, 'Customer')]));
  // The lowest number decides where a partner stands below several, so that it is the same one every time.
  const sorted = [...valid].sort((a, b) => (textIn(a, 'RelationshipNumber') < textIn(b, 'RelationshipNumber') ? 1 : -1));
  return new Map(sorted.map((relation) => [textIn(relation, below ?? ''), numbers.get(textIn(relation, above ?? '')) ?? '']));
}

/** Business partner -> its credit account in the segment, which is kept by another service. */
async function creditsOf(session: SapSession, partners: readonly ODataRow[]): Promise<ReadonlyMap<string, ODataRow>> {
  const { creditSegment } = session.config;
  if (creditSegment === undefined) return new Map();
  const accounts = await lookUp(session, {
    set: `${SERVICE.credit}/CreditManagementAccount`,
    by: ['BusinessPartner'],
    values: partners.map((partner) => textIn(partner, 'BusinessPartner')),
    filter: compare('CreditSegment', 'eq', text(creditSegment)),
  });
  return new Map(accounts.map((account) => [textIn(account, 'BusinessPartner'), account]));
}

/** `ValidityStartDate` and `ValidityEndDate` are days; the last one is valid. */
export function isValid(row: ODataRow, at: Date): boolean {
  const today = at.toISOString().slice(0, 10);
  return (civilDate(row.ValidityStartDate) ?? today) <= today && today <= (civilDate(row.ValidityEndDate) ?? today);
}
