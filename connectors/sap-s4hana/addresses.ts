/** Addresses: a customer's own by their usages, and those of the other customers who are its ship-to, bill-to or payer. */
import type { Cursor, Page } from '../../src/connector/contract.ts';
import { civilDate, type ODataRow } from '../../src/connector/odata/index.ts';
import { ADDRESS_PARTS } from './accounts.ts';
import { areaOf, standardAddress } from './flatten-account.ts';
import { SERVICE } from './http.ts';
import { lookUp, pullPartners, type SapSession } from './partners.ts';
import { dayAfter, listIn, plainIn, rowIn, textIn } from './rows.ts';
import type { PartnerOptions, SapSettings } from './settings.ts';

type Role = 'bill_to' | 'ship_to' | 'pay_to';

/** Partner functions as APIs show them, and as German systems do. */
const FUNCTIONS: Readonly<Record<string, Role>> = {
  SH: 'ship_to',
  WE: 'ship_to',
  BP: 'bill_to',
  RE: 'bill_to',
  PY: 'pay_to',
  RG: 'pay_to',
};
/** Roles in which the standard address stands when no other is named. */
const STANDARD_ROLES: readonly Role[] = ['bill_to', 'ship_to'];
const PARTNER_FUNCTIONS = ['to_Customer', 'to_Customer/to_CustomerSalesArea', 'to_Customer/to_CustomerSalesArea/to_PartnerFunction'];
const OWN_PARTS = ADDRESS_PARTS.slice(0, 2);

export function readAddresses(session: SapSession, options: PartnerOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
  return pullPartners(session, { options, cursor, expand: [...OWN_PARTS, ...PARTNER_FUNCTIONS], records });
}

async function records(session: SapSession, partners: readonly ODataRow[]): Promise<readonly unknown[]> {
  const others = await lookUp(session, {
    set: `${SERVICE.partner}/A_BusinessPartner`,
    by: ['Customer'],
    values: partners.flatMap((partner) => functionsOf(partner, session.config).map(({ customer }) => customer)),
    expand: OWN_PARTS,
  });
  const byCustomer = new Map(others.map((other) => [textIn(other, 'Customer'), other]));
  return partners.flatMap((partner) => flattenAddresses(partner, byCustomer, session.config));
}

interface PartnerFunction {
  readonly name: string;
  readonly role: Role;
  /** Number of the other customer. */
  readonly customer: string;
  readonly isDefault: boolean;
}

/** Functions that other customers have for this one. */
function functionsOf(partner: ODataRow, { salesArea }: Pick<SapSettings, 'salesArea'>): PartnerFunction[] {
  const own = textIn(partner, 'Customer');
  return listIn(areaOf(rowIn(partner, 'to_Customer'), salesArea), 'to_PartnerFunction').flatMap((row) => {
    const [name, customer] = [textIn(row, 'PartnerFunction'), textIn(row, 'BPCustomerNumber')];
    const role = FUNCTIONS[name];
    return role && customer !== '' && customer !== own ? [{ name, role, customer, isDefault: row.DefaultPartner === true }] : [];
  });
}

/** One record per address and role. Pure. */
export function flattenAddresses(
  partner: ODataRow,
  others: ReadonlyMap<string, ODataRow>,
  config: Pick<SapSettings, 'salesArea' | 'addressUsages'>,
): ODataRow[] {
  const account = textIn(partner, 'Customer');
  const addresses = listIn(partner, 'to_BusinessPartnerAddress');
  const records: ODataRow[] = addresses.flatMap((address) =>
    rolesOf(address, config.addressUsages).map((role) =>
      recordOf(address, account, role, `${account}/${textIn(address, 'AddressID')}/${role}`),
    ),
  );
  const functions = functionsOf(partner, config);
  for (const { name, role, customer, isDefault } of functions) {
    const address = standardAddress(listIn(others.get(customer), 'to_BusinessPartnerAddress'));
    if (address) records.push({ ...recordOf(address, account, role, `${account}/${name}/${customer}`), isDefault });
  }
  const standard = standardAddress(addresses);
  for (const role of STANDARD_ROLES) {
    if (!standard || records.some((record) => record.role === role)) continue;
    records.push({ ...recordOf(standard, account, role, `${account}/${textIn(standard, 'AddressID')}/${role}`), isDefault: true });
  }
  return records;
}

function rolesOf(address: ODataRow, usages: Readonly<Record<string, Role>>): Role[] {
  return [...new Set(listIn(address, 'to_AddressUsage').flatMap((usage) => usages[textIn(usage, 'AddressUsage')] ?? []))];
}

/** `null` in a validity is the beginning or the end of time. */
function recordOf(address: ODataRow, account: string, role: Role, id: string): ODataRow {
  const from = civilDate(address.ValidityStartDate);
  return {
    ...plainIn(address),
    id,
    account,
    role,
    validFrom: from === null || from < '1900-01-01' ? null : from,
    validTo: dayAfter(address.ValidityEndDate),
  };
}
