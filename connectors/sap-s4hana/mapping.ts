/** Their words and ours, in the mapping language (docs/mapping.md); kontor.yaml replaces it field by field. */
import type { MappingSpec } from '../../src/connector/contract.ts';

/** The customer number is what documents, partner functions and conditions name; a business partner keeps it for ever. */
export const accountMapping: MappingSpec = {
  externalId: 'Customer',
  number: 'Customer',
  name: {
    first: [
      { concat: ['OrganizationBPName1', 'OrganizationBPName2', 'OrganizationBPName3', 'OrganizationBPName4'], with: ' ' },
      'BusinessPartnerFullName',
      'BusinessPartnerName',
    ],
  },
  parent: 'parent',
  status: 'status',
  taxRegistration: 'customer.VATRegistration',
  currency: 'salesArea.Currency',
  paymentTerms: 'salesArea.CustomerPaymentTerms',
  creditLimit: { column: 'creditLimit', optional: true },
  priceList: 'salesArea.PriceListType',
  locale: { first: ['Language', 'CorrespondenceLanguage'], transform: 'lower' },
  industry: 'Industry',
  email: 'email',
  phone: 'phone',
  website: 'website',
  attributes: {
    BusinessPartner: 'BusinessPartner',
    Incoterms: { concat: ['salesArea.IncotermsClassification', 'salesArea.IncotermsLocation1'], with: ' ' },
    CustomerGroup: 'salesArea.CustomerGroup',
    PriceGroup: 'salesArea.CustomerPriceGroup',
    ShippingCondition: 'salesArea.ShippingCondition',
  },
};

export const contactMapping: MappingSpec = {
  externalId: 'id',
  account: 'account',
  name: { first: [{ concat: ['FirstName', 'LastName'], with: ' ' }, 'BusinessPartnerFullName'] },
  firstName: 'FirstName',
  lastName: 'LastName',
  email: 'email',
  phone: 'phone',
  // A code of the system's own table: translate it with `lookup`.
  jobTitle: 'relation.ContactPersonFunction',
  status: 'status',
};

export const addressMapping: MappingSpec = {
  externalId: 'id',
  account: 'account',
  role: 'role',
  name: { first: ['FullName', 'CareOfName'] },
  lines: {
    columns: [
      'StreetPrefixName',
      {
        first: [
          { concat: ['StreetName', 'HouseNumber'], with: ' ' },
          { concat: ['POBoxLobbyName', 'POBox'], with: ' ' },
        ],
      },
      'StreetSuffixName',
    ],
  },
  postalCode: { first: ['PostalCode', 'POBoxPostalCode'] },
  city: 'CityName',
  region: 'Region',
  country: 'Country',
  validFrom: 'validFrom',
  validTo: 'validTo',
  isDefault: { column: 'isDefault', optional: true },
};

export const priceMapping: MappingSpec = {
  externalId: 'id',
  account: 'account',
  priceList: 'PriceListType',
  product: 'Material',
  unit: 'condition.ConditionQuantityUnit',
  unitPrice: 'unitPrice',
  currency: { first: ['condition.ConditionCurrency', 'condition.ConditionRateValueUnit'] },
  // 0 is how SAP writes that nothing was entered.
  perQuantity: { column: 'condition.ConditionQuantity', transform: { blank: ['0', '0.000'] } },
  minQuantity: 'from',
  validFrom: 'validFrom',
  validTo: 'validTo',
};

export const stockMapping: MappingSpec = {
  externalId: 'id',
  site: 'Plant',
  product: 'Material',
  unit: 'MaterialBaseUnit',
  onHand: 'onHand',
  available: 'available',
};
