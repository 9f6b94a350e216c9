/** Accounts, and the one address each of them has. */
import type { Cursor, Page } from '../../src/connector/contract.ts';
import type { BusinessCentralSession } from './company.ts';
import { flattenAddress, flattenCustomer } from './flatten.ts';
import { changedSince, pullList } from './lists.ts';
import type { AccountOptions, NoOptions } from './settings.ts';

export function readAccounts(
  session: BusinessCentralSession,
  { changes }: AccountOptions,
  cursor: Cursor | null,
): AsyncGenerator<Page<unknown>> {
  return pullList(session, cursor, (since) => ({
    set: 'customers',
    query: { filter: changedSince(since), expand: ['paymentTerm', 'customerFinancialDetail'] },
    records: (rows) => rows.map(flattenCustomer),
    // Without a newest stamp the next delta begins at the beginning.
    ...(changes === 'all' ? { newest: () => null } : {}),
  }));
}

export function readAddresses(session: BusinessCentralSession, _options: NoOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
  return pullList(session, cursor, (since) => ({
    set: 'customers',
    query: { filter: changedSince(since) },
    records: (rows) => rows.flatMap(flattenAddress),
  }));
}
