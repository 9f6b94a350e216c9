/** Stock per material and plant. Stock is counted per storage location, batch and kind; nothing is stamped, so all is read every time. */
import { z } from 'zod';
import type { Cursor, Page } from '../../src/connector/contract.ts';
import { sumOf } from '../../src/connector/decimals.ts';
import { allOf, anyOf, compare, type ODataRow, readAll, readPage } from '../../src/connector/odata/index.ts';
import { pullByWatermark } from '../../src/connector/watermark.ts';
import { SERVICE, sapPath } from './http.ts';
import { partnerWatermark, type SapSession, text } from './partners.ts';
import { groupedBy, textIn } from './rows.ts';
import type { StockOptions } from './settings.ts';

const SET = `${SERVICE.stock}/A_MatlStkInAcctMod`;
/** Free to use, of the kinds of stock (in inspection, blocked, in transfer ...). */
const UNRESTRICTED = '01';
const lastMaterial = z.string().nullable();

export function readStock(session: SapSession, { plants }: StockOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
  const { config, http } = session;
  const filter = allOf(
    // Consignment, stock of a project and the like belong to somebody already.
    compare('InventorySpecialStockType', 'eq', text('')),
    plants && anyOf(...plants.map((plant) => compare('Plant', 'eq', text(plant)))),
  );
  return pullByWatermark<unknown>({
    cursor,
    watermark: partnerWatermark,
    now: session.now,
    async page({ next }) {
      const after = lastMaterial.parse(next);
      const isBehind = after === null ? undefined : compare('Material', 'gt', text(after));
      const query = { filter: allOf(filter, isBehind), orderBy: ['Material'], top: config.pageSize };
      const page = await readPage(http, sapPath(config, SET, query));
      const last = textIn(page.rows.at(-1), 'Material');
      const isMore = page.next !== null || page.size >= config.pageSize;
      if (!isMore) return { records: [...page.strange, ...flattenStock(page.rows)], next: null, newest: null, serverAt: page.serverAt };
      // The page may have cut the last material in two, so that one is read whole.
      const whole = page.rows.filter((row) => textIn(row, 'Material') !== last);
      const rest = await readAll(http, sapPath(config, SET, { filter: allOf(filter, compare('Material', 'eq', text(last))) }));
      return { records: [...page.strange, ...flattenStock([...whole, ...rest])], next: last, newest: null, serverAt: page.serverAt };
    },
  });
}

/** One record per material and plant. Pure. */
export function flattenStock(rows: readonly ODataRow[]): ODataRow[] {
  const groups = groupedBy(rows, (row) => `${textIn(row, 'Material')}/${textIn(row, 'Plant')}`);
  return [...groups].map(([id, parts]) => {
    const quantities = (some: readonly ODataRow[]) => sumOf(some.map((part) => textIn(part, 'MatlWrhsStkQtyInMatlBaseUnit')));
    return {
      id,
      Material: textIn(parts[0], 'Material'),
      Plant: textIn(parts[0], 'Plant'),
      MaterialBaseUnit: textIn(parts[0], 'MaterialBaseUnit'),
      onHand: quantities(parts),
      available: quantities(parts.filter((part) => textIn(part, 'InventoryStockType') === UNRESTRICTED)),
    };
  });
}
