/** Salesforce against its simulator: what every connector must do. salesforce-quirks.test.ts has what only this one must. */
import { salesforce } from '../../connectors/salesforce/index.ts';
import { describeConnector } from '../connector-contract.ts';
import { isShown } from '../simulator/dialects/crm-addresses.ts';
import { salesforceDialect } from '../simulator/dialects/salesforce.ts';
import { salesforceId } from '../simulator/ids.ts';

describeConnector(salesforce, {
  dialect: () => salesforceDialect(),
  world: { newId: salesforceId },
  denied: { status: 400, json: [{ errorCode: 'INVALID_TYPE', message: "sObject type 'Account' is not supported." }] },
  entities: {
    // Deleted accounts are closed; nothing there is blocked.
    account: { truth: (values) => ({ ...values, status: values.status === 'closed' ? 'closed' : 'active' }) },
    contact: {},
    // An account has room for a billing and a shipping address.
    address: { truth: (values, row, world) => (isShown(world, row, values.role) ? values : null) },
    // Price books have no validity, and no prices of one account.
    price: { truth: (values) => (values.account ? null : { ...values, validTo: null }) },
  },
});
