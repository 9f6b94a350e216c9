/** Rows of S/4HANA's business partners as made of the world's accounts, addresses and contacts. */
import type { World, WorldAccount, WorldAddress, WorldContact } from '../world.ts';
import type { Row } from './odata/types.ts';

export const AREA = { SalesOrganization: '1010', DistributionChannel: '10', Division: '00' } as const;
const OTHER_AREA = { SalesOrganization: '2020', DistributionChannel: '10', Division: '00' } as const;
export const COMPANY = '1010';
export const CREDIT_SEGMENT = '1000';
export const PARENT_CATEGORY = 'BUR900';

/** The application server's zone: stamps of business partners are in it. */
const ZONE_MS = 2 * 3_600_000;
const FOR_EVER = '9999-12-31';

export interface PartnerFunctionRow {
  /** Customer number of the one who has the function, and of the one who it is for. */
  readonly of: string;
  readonly is: string;
  readonly name: string;
}

/** A customer has the account's id as number; its business partner another one, as where number ranges were not made equal. */
export function partnerOf(customer: string): string {
  return `9${customer.slice(1)}`;
}

export const SUPPLIER: Row = {
  BusinessPartner: '8000001',
  Customer: '',
  Supplier: '8000001',
  BusinessPartnerCategory: '2',
  OrganizationBPName1: 'A supplier',
  CreationDate: '2026-01-01',
  CreationTime: '00:00:00',
};

/** Whole seconds of the server's zone; nothing is written as changed before the first change. */
function stamps({ createdAt, changedAt, version }: Pick<WorldAccount, 'createdAt' | 'changedAt' | 'version'>): Row {
  const local = (at: Date) => new Date(at.getTime() + ZONE_MS).toISOString();
  const [created, changed] = [local(createdAt), local(changedAt)];
  const isChanged = version > 0;
  return {
    CreationDate: created.slice(0, 10),
    CreationTime: created.slice(11, 19),
    LastChangeDate: isChanged ? changed.slice(0, 10) : null,
    LastChangeTime: isChanged ? changed.slice(11, 19) : '00:00:00',
  };
}

/** Flags are set on one of several objects, as users please. */
function isEven(id: string): boolean {
  return Number(id) % 2 === 0;
}

export function organization(account: WorldAccount): Row {
  const { id, name, active, blocked, number, language } = account;
  const names = [0, 40, 80, 120].map((start) => name.slice(start, start + 40));
  return {
    '#account': id,
    BusinessPartner: partnerOf(id),
    Customer: id,
    Supplier: '',
    BusinessPartnerCategory: '2',
    BusinessPartnerFullName: name.slice(0, 81),
    SearchTerm1: number.slice(0, 20),
    Language: language?.toUpperCase() ?? '',
    OrganizationBPName1: names[0] ?? '',
    OrganizationBPName2: names[1] ?? '',
    OrganizationBPName3: names[2] ?? '',
    OrganizationBPName4: names[3] ?? '',
    BusinessPartnerIsBlocked: blocked && isEven(id),
    IsMarkedForArchiving: !active && isEven(id),
    ...stamps(account),
  };
}

export function person(contact: WorldContact): Row {
  const { id, firstName, lastName, active } = contact;
  return {
    '#person': id,
    BusinessPartner: id,
    Customer: '',
    BusinessPartnerCategory: '1',
    FirstName: firstName ?? '',
    LastName: lastName,
    BusinessPartnerFullName: [firstName, lastName].filter(Boolean).join(' '),
    BusinessPartnerIsBlocked: false,
    IsMarkedForArchiving: !active && isEven(id),
    ...stamps(contact),
  };
}

export function customer({ id, taxRegistration, active }: WorldAccount): Row {
  return {
    '#account': id,
    Customer: id,
    VATRegistration: taxRegistration ?? '',
    OrderIsBlockedForCustomer: '',
    DeliveryIsBlocked: '',
    PostingIsBlocked: false,
    DeletionIndicator: !active && !isEven(id),
  };
}

export function salesAreas({ id, currency, paymentTerms, priceList, blocked }: WorldAccount): Row[] {
  const common = { '#account': id, Customer: id, DeletionIndicator: false, IncotermsClassification: 'EXW' };
  const other = {
    ...common,
    ...OTHER_AREA,
    Currency: 'JPY',
    CustomerPaymentTerms: 'WRNG',
    PriceListType: 'ZZ',
    OrderIsBlockedForCustomer: '01',
  };
  const ours = {
    ...common,
    ...AREA,
    Currency: currency,
    CustomerPaymentTerms: paymentTerms ?? '',
    PriceListType: priceList ?? '',
    OrderIsBlockedForCustomer: blocked && !isEven(id) ? '01' : '',
  };
  return [other, ours];
}

/** Everybody is all of his own partners; others come on top. */
export function partnerFunctions({ id }: WorldAccount, area: Row, functions: readonly PartnerFunctionRow[]): Row[] {
  const others = area.SalesOrganization === AREA.SalesOrganization ? functions.filter(({ of }) => of === id) : [];
  const own = ['SP', 'SH', 'BP', 'PY'].filter((name) => !others.some((other) => other.name === name)).map((name) => ({ name, is: id }));
  return [...own, ...others].map(({ name, is }, place) => ({
    '#account': id,
    Customer: id,
    SalesOrganization: String(area.SalesOrganization),
    DistributionChannel: String(area.DistributionChannel),
    Division: String(area.Division),
    PartnerFunction: name,
    PartnerCounter: String(place),
    BPCustomerNumber: is,
    DefaultPartner: false,
  }));
}

export function companies({ id, parentId }: WorldAccount): Row[] {
  const common = { '#account': id, Customer: id, PaymentTerms: '0001' };
  return [
    { ...common, CompanyCode: '2020', CustomerHeadOffice: '1000001' },
    { ...common, CompanyCode: COMPANY, CustomerHeadOffice: parentId ?? '' },
  ];
}

export function relationships({ id, parentId }: WorldAccount): Row[] {
  const past = {
    RelationshipNumber: `1${id}`,
    RelationshipCategory: PARENT_CATEGORY,
    ValidityStartDate: '2020-01-01',
    ValidityEndDate: '2020-12-31',
  };
  const ended = { ...past, BusinessPartner1: partnerOf('1000001'), BusinessPartner2: partnerOf(id) };
  if (parentId === null) return [ended];
  const valid = {
    RelationshipNumber: `2${id}`,
    RelationshipCategory: PARENT_CATEGORY,
    ValidityStartDate: '2021-01-01',
    ValidityEndDate: FOR_EVER,
  };
  return [ended, { ...valid, BusinessPartner1: partnerOf(parentId), BusinessPartner2: partnerOf(id) }];
}

/** Mail, telephone and web stand at the standard address; one without an address gets an empty one for them. */
export function addresses(world: World, account: WorldAccount): Row[] {
  const { email, phone, website } = account;
  const rows = world.ofAccount('address', account.id).map(address);
  const [first = addressWithout(account), ...more] = rows;
  return [{ ...first, '#standard': true, '#email': email, '#phone': phone, '#website': website }, ...more];
}

function addressWithout({ id }: WorldAccount): Row {
  return { '#usages': '', BusinessPartner: partnerOf(id), AddressID: `6${id.slice(1)}`, ValidityEndDate: `${FOR_EVER}T23:59:59Z` };
}

const USAGE = { bill_to: 'BILL_TO', ship_to: 'SHIP_TO', pay_to: 'PAY_TO' } as const;

function address({ id, accountId, roles, name, street, street2, postalCode, city, region, country, active }: WorldAddress): Row {
  const [, streetName = street, houseNumber = ''] = /^(.*) (\d+)$/.exec(street) ?? [];
  return {
    '#usages': roles.map((role) => USAGE[role]).join(','),
    BusinessPartner: partnerOf(accountId),
    AddressID: id,
    FullName: name ?? '',
    StreetName: streetName,
    HouseNumber: houseNumber,
    StreetSuffixName: street2 ?? '',
    PostalCode: postalCode,
    CityName: city,
    Region: region ?? '',
    Country: country,
    Language: 'EN',
    ValidityStartDate: '2020-01-01T00:00:00Z',
    ValidityEndDate: active ? `${FOR_EVER}T23:59:59Z` : '2025-12-31T23:59:59Z',
  };
}

/** The first address of a business partner has XXDEFAULT, whatever else it is for. */
export function usages(row: Row): Row[] {
  const names = [...(row['#standard'] === true ? ['XXDEFAULT'] : []), ...String(row['#usages'] ?? '').split(',')].filter(Boolean);
  return names.map((name) => ({ AddressID: row.AddressID ?? '', AddressUsage: name }));
}

/** Several, of which one is the default, and it is not the first. */
export function reach(row: Row, hidden: string, name: string, flag: string, old: string): Row[] {
  const value = row[hidden] ?? null;
  if (value === null) return [];
  const common = { AddressID: row.AddressID ?? '' };
  return [
    { ...common, OrdinalNumber: '1', [name]: old, [flag]: false },
    { ...common, OrdinalNumber: '2', [name]: value, [flag]: true },
  ];
}

export function relation({ id, accountId, active }: WorldContact, world: World): Row {
  const yesterday = new Date(world.now().getTime() - 86_400_000).toISOString().slice(0, 10);
  return {
    '#person': id,
    RelationshipNumber: `5${id}`,
    RelationshipCategory: 'BUR001',
    BusinessPartnerCompany: partnerOf(accountId),
    BusinessPartnerPerson: id,
    ValidityStartDate: '2020-01-01',
    ValidityEndDate: !active && !isEven(id) ? yesterday : FOR_EVER,
  };
}

/** The mail address stands at the relationship or at the person's own address. */
export function functionAndDepartment(contact: WorldContact | undefined): Row[] {
  if (!contact) return [];
  const { id, jobTitle, phone, email } = contact;
  const own = isEven(id) ? (email ?? '') : '';
  return [{ RelationshipNumber: `5${id}`, ContactPersonFunction: jobTitle ?? '', PhoneNumber: phone ?? '', EmailAddress: own }];
}

export function personAddresses(contact: WorldContact | undefined): Row[] {
  if (!contact || isEven(contact.id)) return [];
  return [
    {
      '#standard': true,
      '#usages': '',
      '#email': contact.email,
      BusinessPartner: contact.id,
      AddressID: `9${contact.id}`,
      CityName: 'Private',
    },
  ];
}
