/** EspoCRM against its simulator: what every connector must do. espocrm-quirks.test.ts has what only this one must. */
import { espocrm } from '../../connectors/espocrm/index.ts';
import { describeConnector } from '../connector-contract.ts';
import { isShown } from '../simulator/dialects/crm-addresses.ts';
import { espocrmDialect } from '../simulator/dialects/espocrm.ts';
import { hex17 } from '../simulator/ids.ts';

describeConnector(espocrm, {
  dialect: () => espocrmDialect(),
  world: { newId: hex17 },
  denied: { status: 403, headers: { 'x-status-reason': "No read access to 'Account'." }, text: '' },
  entities: {
    // An account has no state there.
    account: { truth: (values) => ({ ...values, status: 'active' }) },
    contact: {},
    // An account has room for a billing and a shipping address.
    address: { truth: (values, row, world) => (isShown(world, row, values.role) ? values : null) },
  },
});
