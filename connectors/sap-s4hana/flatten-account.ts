/** One customer as one flat record: the business partner, its terms in our sales area, and how it is reached. Pure. */
import type { ODataRow } from '../../src/connector/odata/index.ts';
import { changedMs } from './partners.ts';
import { listIn, plainIn, rowIn, textIn } from './rows.ts';
import type { SapSettings } from './settings.ts';

export interface AccountParts {
  readonly config: Pick<SapSettings, 'salesArea' | 'companyCode' | 'hierarchy'>;
  /** Customer number of the account above, where a relationship says it. */
  readonly parent: string | undefined;
  readonly credit: ODataRow | undefined;
}

export function flattenAccount(partner: ODataRow, { config, parent, credit }: AccountParts): ODataRow {
  const customer = rowIn(partner, 'to_Customer');
  const salesArea = areaOf(customer, config.salesArea);
  const company = listIn(customer, 'to_CustomerCompany').find((one) => textIn(one, 'CompanyCode') === config.companyCode);
  const address = standardAddress(listIn(partner, 'to_BusinessPartnerAddress'));
  const above = config.hierarchy === 'head-office' ? textIn(company, 'CustomerHeadOffice') : (parent ?? '');
  const changedAt = changedMs(partner);
  return {
    ...plainIn(partner),
    changedAt: changedAt === null ? null : new Date(changedAt).toISOString(),
    status: statusOf(partner, customer, salesArea),
    // A head office names itself.
    parent: above === textIn(partner, 'Customer') ? '' : above,
    customer: plainIn(customer),
    salesArea: plainIn(salesArea),
    company: plainIn(company),
    address: plainIn(address),
    ...reachedBy(address),
    ...creditOf(credit, salesArea),
  };
}

export function areaOf(
  customer: ODataRow | undefined,
  { organization, channel, division }: SapSettings['salesArea'],
): ODataRow | undefined {
  return listIn(customer, 'to_CustomerSalesArea').find(
    (area) =>
      textIn(area, 'SalesOrganization') === organization &&
      textIn(area, 'DistributionChannel') === channel &&
      textIn(area, 'Division') === division,
  );
}

/** Nothing is deleted in SAP; it is flagged, on the partner, the customer or the sales area. A blocking reason is a code, blank for none. */
function statusOf(partner: ODataRow, customer: ODataRow | undefined, salesArea: ODataRow | undefined): string {
  const isGone = partner.IsMarkedForArchiving === true || customer?.DeletionIndicator === true || salesArea?.DeletionIndicator === true;
  if (isGone) return 'closed';
  const isBlocked =
    partner.BusinessPartnerIsBlocked === true || [customer, salesArea].some((row) => textIn(row, 'OrderIsBlockedForCustomer') !== '');
  if (isBlocked) return 'blocked';
  const isHeld =
    customer?.PostingIsBlocked === true ||
    textIn(customer, 'DeliveryIsBlocked') !== '' ||
    textIn(salesArea, 'DeliveryIsBlockedForCustomer') !== '' ||
    [customer, salesArea].some((row) => textIn(row, 'BillingIsBlockedForCustomer') !== '');
  return isHeld ? 'on_hold' : 'active';
}

/** The address with the usage that every business partner has; the first where a system does not tell usages. */
export function standardAddress(addresses: readonly ODataRow[]): ODataRow | undefined {
  const sorted = [...addresses].sort((a, b) => (textIn(a, 'AddressID') < textIn(b, 'AddressID') ? -1 : 1));
  const isStandard = (address: ODataRow) =>
    listIn(address, 'to_AddressUsage').some((usage) => textIn(usage, 'AddressUsage') === 'XXDEFAULT');
  return sorted.find(isStandard) ?? sorted[0];
}

/** Mail, telephone and web stand at addresses, each with a default among several. */
export function reachedBy(address: ODataRow | undefined): { email: string; phone: string; website: string } {
  const pick = (list: string, flag: string): ODataRow | undefined => {
    const all = listIn(address, list);
    return all.find((one) => one[flag] === true) ?? all[0];
  };
  const phone = pick('to_PhoneNumber', 'IsDefaultPhoneNumber');
  return {
    email: textIn(pick('to_EmailAddress', 'IsDefaultEmailAddress'), 'EmailAddress'),
    phone: textIn(phone, 'InternationalPhoneNumber') || textIn(phone, 'PhoneNumber'),
    website: textIn(pick('to_URLAddress', 'IsDefaultURLAddress'), 'WebsiteURL'),
  };
}

/**
 * A limit of 0 counts only with CreditLimitIsZero; without it there is no limit. In another currency than the account's it would be
 * another amount, and a customer outside of our sales area has none here, so nothing is said then.
 */
function creditOf(credit: ODataRow | undefined, salesArea: ODataRow | undefined): { creditLimit?: string } {
  const amount = textIn(credit, 'CreditLimitAmount');
  const currency = textIn(salesArea, 'Currency');
  if (!credit || currency === '' || textIn(credit, 'CreditSegmentCurrency') !== currency) return {};
  const isNone = /^0*(?:\.0*)?$/.test(amount) && credit.CreditLimitIsZero !== true && credit.CreditLimitIsZero !== 'X';
  return { creditLimit: isNone ? '' : amount };
}
