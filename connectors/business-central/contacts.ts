/** Contacts: people of a customer. One list has their stamps, another their names in parts and the customer. */
import type { Cursor, Page } from '../../src/connector/contract.ts';
import { allOf, compare, literal, type ODataRow } from '../../src/connector/odata/index.ts';
import type { BusinessCentralSession } from './company.ts';
import { changedSince, lookUp, pullList } from './lists.ts';
import type { NoOptions } from './settings.ts';

/** What `customerContacts` adds to `contacts`. Its customer is computed on reading, and cannot be filtered by. */
const ADDED = ['firstName', 'lastName', 'professionalTitle', 'customerId', 'customerName'] as const;

export function readContacts(session: BusinessCentralSession, _options: NoOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
  return pullList(session, cursor, (since) => ({
    set: 'contacts',
    query: { filter: allOf(compare('type', 'eq', literal(4, 'string', 'Person')), changedSince(since)) },
    records: (rows, company) => withCustomers(session, company, rows),
  }));
}

/** People of vendors, banks or nobody are left out: they are not among the contacts of customers. */
async function withCustomers(session: BusinessCentralSession, company: string, rows: readonly ODataRow[]): Promise<ODataRow[]> {
  const values = rows.flatMap(({ id }) => (typeof id === 'string' && /^[0-9a-f-]{36}$/i.test(id) ? [id] : []));
  const details = await lookUp(session, `${company}/customerContacts`, { by: 'id', type: 'guid', values });
  const byId = new Map(details.map((detail) => [detail.id, detail]));
  return rows.flatMap((row) => {
    const detail = byId.get(row.id ?? null);
    if (detail) return [{ ...row, ...Object.fromEntries(ADDED.map((name) => [name, detail[name] ?? null])) }];
    return values.includes(String(row.id)) ? [] : [row];
  });
}
