/** List prices and stock: both stand in the items. */
import type { Cursor, Page } from '../../src/connector/contract.ts';
import { compare, literal, type ODataRow, readAll } from '../../src/connector/odata/index.ts';
import { type BusinessCentralSession, companyPath } from './company.ts';
import { flattenPrice } from './flatten.ts';
import { changedSince, lookUp, pullList } from './lists.ts';
import type { NoOptions, StockOptions } from './settings.ts';

/** The price of an item is in the company's own currency. Price lists of customers are not offered by the standard API. */
export async function* readPrices(
  session: BusinessCentralSession,
  _options: NoOptions,
  cursor: Cursor | null,
): AsyncGenerator<Page<unknown>> {
  const [company] = await readAll(session.http, `${await companyPath(session)}/companyInformation`);
  const currency = company?.currencyCode ?? null;
  yield* pullList(session, cursor, (since) => ({
    set: 'items',
    query: { filter: changedSince(since) },
    records: (rows) => rows.flatMap((row) => flattenPrice(row, currency)),
  }));
}

/**
 * Stock is a sum over the entries of the item ledger that is computed on reading, and no stamp of the item tells that it changed. So a delta
 * asks which items have new entries, and a full reading counts as of when it was begun.
 */
export function readStock(session: BusinessCentralSession, { site }: StockOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
  const ofSite = (rows: readonly ODataRow[]) => rows.map((row) => ({ ...row, site }));
  return pullList(session, cursor, (since) =>
    since === null
      ? {
          set: 'items',
          query: { filter: compare('type', 'eq', literal(4, 'string', 'Inventory')) },
          records: ofSite,
          newest: (_, serverAt) => serverAt,
        }
      : {
          set: 'itemLedgerEntries',
          query: { filter: changedSince(since) },
          records: async (entries, company) => ofSite(await itemsOf(session, company, entries)),
        },
  );
}

function itemsOf(session: BusinessCentralSession, company: string, entries: readonly ODataRow[]): Promise<ODataRow[]> {
  const values = entries.flatMap(({ itemNumber }) => (typeof itemNumber === 'string' && itemNumber !== '' ? [itemNumber] : []));
  return lookUp(session, `${company}/items`, { by: 'number', type: 'string', values });
}
