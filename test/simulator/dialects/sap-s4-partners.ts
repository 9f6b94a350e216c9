/** Customers of the world as S/4HANA shows them: business partners, customers, sales areas, companies, addresses, contacts. */
import type { World, WorldAccount } from '../world.ts';
import type { Navigation, PropertyType, Row, Sets } from './odata/types.ts';
import {
  addresses,
  companies,
  customer,
  functionAndDepartment,
  organization,
  type PartnerFunctionRow,
  partnerFunctions,
  person,
  personAddresses,
  reach,
  relation,
  relationships,
  SUPPLIER,
  salesAreas,
  usages,
} from './sap-s4-partner-rows.ts';

const texts = (...names: string[]): Record<string, PropertyType> => Object.fromEntries(names.map((name) => [name, 'string' as const]));
const alphas = (...names: string[]): Record<string, PropertyType> => Object.fromEntries(names.map((name) => [name, 'alpha' as const]));
const dates = (...names: string[]): Record<string, PropertyType> => Object.fromEntries(names.map((name) => [name, 'date' as const]));
const flags = (...names: string[]): Record<string, PropertyType> => Object.fromEntries(names.map((name) => [name, 'boolean' as const]));

export function partnerSets(world: World, functions: readonly PartnerFunctionRow[]): Sets {
  const account = (row: Row): WorldAccount | undefined => world.row('account', String(row['#account'] ?? ''));
  const of = (row: Row, make: (found: WorldAccount) => readonly Row[]): readonly Row[] => {
    const found = account(row);
    return found ? make(found) : [];
  };
  const toMany = (to: string, rows: (row: Row) => readonly Row[]): Navigation => ({ to, many: true, rows });
  const all = (make: (found: WorldAccount) => readonly Row[]) => () => world.rows('account').flatMap(make);
  const addressesOf = (row: Row): readonly Row[] =>
    row['#person'] ? personAddresses(world.row('contact', String(row['#person']))) : of(row, (found) => addresses(world, found));

  return {
    A_BusinessPartner: {
      properties: {
        ...alphas('BusinessPartner', 'Customer'),
        ...texts(
          'Supplier',
          'BusinessPartnerCategory',
          'BusinessPartnerFullName',
          'SearchTerm1',
          'FirstName',
          'LastName',
          'Language',
          'Industry',
        ),
        ...texts('OrganizationBPName1', 'OrganizationBPName2', 'OrganizationBPName3', 'OrganizationBPName4', 'CorrespondenceLanguage'),
        ...dates('CreationDate', 'LastChangeDate'),
        ...flags('BusinessPartnerIsBlocked', 'IsMarkedForArchiving'),
        CreationTime: 'time',
        LastChangeTime: 'time',
      },
      keys: ['BusinessPartner'],
      rows: () => [...world.rows('account').map(organization), ...world.rows('contact').map(person), SUPPLIER],
      navigations: {
        to_Customer: { to: 'A_Customer', many: false, rows: (row) => of(row, (found) => [customer(found)]) },
        to_BusinessPartnerAddress: toMany('A_BusinessPartnerAddress', addressesOf),
        to_BusinessPartnerContact: toMany('A_BusinessPartnerContact', (row) =>
          of(row, (found) => world.ofAccount('contact', found.id).map((one) => relation(one, world))),
        ),
      },
    },
    A_Customer: {
      properties: {
        ...alphas('Customer'),
        ...texts('VATRegistration', 'OrderIsBlockedForCustomer', 'DeliveryIsBlocked'),
        ...flags('DeletionIndicator', 'PostingIsBlocked'),
      },
      keys: ['Customer'],
      rows: all((found) => [customer(found)]),
      navigations: {
        to_CustomerSalesArea: toMany('A_CustomerSalesArea', (row) => of(row, salesAreas)),
        to_CustomerCompany: toMany('A_CustomerCompany', (row) => of(row, companies)),
      },
    },
    A_CustomerSalesArea: {
      properties: {
        ...alphas('Customer'),
        ...texts(
          'SalesOrganization',
          'DistributionChannel',
          'Division',
          'Currency',
          'CustomerPaymentTerms',
          'PriceListType',
          'CustomerGroup',
        ),
        ...texts('OrderIsBlockedForCustomer', 'DeliveryIsBlockedForCustomer', 'BillingIsBlockedForCustomer', 'IncotermsClassification'),
        ...flags('DeletionIndicator'),
      },
      keys: ['Customer', 'SalesOrganization', 'DistributionChannel', 'Division'],
      rows: all(salesAreas),
      navigations: {
        to_PartnerFunction: toMany('A_CustSalesPartnerFunc', (row) => of(row, (found) => partnerFunctions(found, row, functions))),
      },
    },
    A_CustSalesPartnerFunc: {
      properties: {
        ...alphas('Customer', 'BPCustomerNumber'),
        ...texts('SalesOrganization', 'PartnerFunction', 'PartnerCounter'),
        ...flags('DefaultPartner'),
      },
      keys: ['Customer', 'SalesOrganization', 'PartnerCounter', 'PartnerFunction'],
      rows: all((found) => salesAreas(found).flatMap((area) => partnerFunctions(found, area, functions))),
    },
    A_CustomerCompany: {
      properties: { ...alphas('Customer', 'CustomerHeadOffice'), ...texts('CompanyCode', 'PaymentTerms') },
      keys: ['Customer', 'CompanyCode'],
      rows: all(companies),
    },
    A_BPRelationship: {
      properties: {
        ...alphas('BusinessPartner1', 'BusinessPartner2'),
        ...texts('RelationshipNumber', 'RelationshipCategory'),
        ...dates('ValidityStartDate', 'ValidityEndDate'),
      },
      keys: ['RelationshipNumber'],
      rows: all(relationships),
    },
    A_BusinessPartnerAddress: {
      properties: {
        ...alphas('BusinessPartner'),
        ...texts(
          'AddressID',
          'FullName',
          'StreetName',
          'HouseNumber',
          'StreetSuffixName',
          'PostalCode',
          'CityName',
          'Region',
          'Country',
          'Language',
        ),
        ValidityStartDate: 'instant',
        ValidityEndDate: 'instant',
      },
      keys: ['BusinessPartner', 'AddressID'],
      rows: all((found) => addresses(world, found)),
      navigations: {
        to_AddressUsage: toMany('A_BuPaAddressUsage', usages),
        to_EmailAddress: toMany('A_AddressEmailAddress', (row) =>
          reach(row, '#email', 'EmailAddress', 'IsDefaultEmailAddress', 'old@example.com'),
        ),
        to_PhoneNumber: toMany('A_AddressPhoneNumber', (row) =>
          reach(row, '#phone', 'InternationalPhoneNumber', 'IsDefaultPhoneNumber', '+49 0'),
        ),
        to_URLAddress: toMany('A_AddressHomePageURL', (row) =>
          reach(row, '#website', 'WebsiteURL', 'IsDefaultURLAddress', 'https://old.example.com'),
        ),
      },
    },
    A_BuPaAddressUsage: { properties: texts('AddressID', 'AddressUsage'), keys: ['AddressID', 'AddressUsage'], rows: () => [] },
    A_AddressEmailAddress: {
      properties: { ...texts('AddressID', 'OrdinalNumber', 'EmailAddress'), ...flags('IsDefaultEmailAddress') },
      keys: ['AddressID', 'OrdinalNumber'],
      rows: () => [],
    },
    A_AddressPhoneNumber: {
      properties: { ...texts('AddressID', 'OrdinalNumber', 'InternationalPhoneNumber', 'PhoneNumber'), ...flags('IsDefaultPhoneNumber') },
      keys: ['AddressID', 'OrdinalNumber'],
      rows: () => [],
    },
    A_AddressHomePageURL: {
      properties: { ...texts('AddressID', 'OrdinalNumber', 'WebsiteURL'), ...flags('IsDefaultURLAddress') },
      keys: ['AddressID', 'OrdinalNumber'],
      rows: () => [],
    },
    A_BusinessPartnerContact: {
      properties: {
        ...alphas('BusinessPartnerCompany', 'BusinessPartnerPerson'),
        ...texts('RelationshipNumber', 'RelationshipCategory'),
        ...dates('ValidityStartDate', 'ValidityEndDate'),
      },
      keys: ['RelationshipNumber', 'BusinessPartnerCompany', 'BusinessPartnerPerson', 'ValidityEndDate'],
      rows: () => world.rows('contact').map((one) => relation(one, world)),
      navigations: {
        to_ContactRelationship: {
          to: 'A_BPContactToFuncAndDept',
          many: false,
          rows: (row) => functionAndDepartment(world.row('contact', String(row['#person']))),
        },
      },
    },
    A_BPContactToFuncAndDept: {
      properties: texts('RelationshipNumber', 'ContactPersonFunction', 'PhoneNumber', 'EmailAddress'),
      keys: ['RelationshipNumber'],
      rows: () => [],
    },
  };
}
