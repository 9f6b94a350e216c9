/** The customers of a world as the initial data of CAP: csv files that hold what the simulated S/4HANA would show of them. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Row, Sets, Value } from '../../simulator/dialects/odata/types.ts';
import { partnerSets } from '../../simulator/dialects/sap-s4-partners.ts';
import type { World } from '../../simulator/world.ts';
import { type Csn, type Element, keysOf } from './model.ts';

const SERVICE = 'API_BUSINESS_PARTNER';

export async function writeInitialData(world: World, csn: Csn, folder: string): Promise<void> {
  const sets = partnerSets(world, []);
  const tables = new Map<string, Row[]>();
  for (const partner of sets.A_BusinessPartner?.rows() ?? []) collect(sets, csn, 'A_BusinessPartner', partner, tables);
  await mkdir(folder, { recursive: true });
  for (const [name, rows] of tables) {
    const elements = elementsOf(csn, name);
    const columns = Object.keys(sets[name]?.properties ?? {}).filter((property) => elements[property]);
    const all = [...new Set([...keysOf(elements), ...columns])];
    const lines = rows.map((row) => all.map((column) => cell(row[column] ?? standIn(elements[column]))).join(','));
    await writeFile(path.join(folder, `${SERVICE}-${name}.csv`), `${[all.join(','), ...lines].join('\n')}\n`);
  }
}

/** A row and everything below it. Parts take from their whole the keys they do not have themselves. */
function collect(sets: Sets, csn: Csn, name: string, row: Row, tables: Map<string, Row[]>): void {
  const table = tables.get(name) ?? [];
  table.push(row);
  tables.set(name, table);
  for (const { to, rows } of Object.values(sets[name]?.navigations ?? {})) {
    const keys = keysOf(elementsOf(csn, to));
    for (const part of rows(row)) {
      const inherited = Object.fromEntries(
        keys.filter((key) => part[key] === undefined && row[key] !== undefined).map((key) => [key, row[key] ?? null]),
      );
      collect(sets, csn, to, { ...part, ...inherited }, tables);
    }
  }
}

function elementsOf(csn: Csn, name: string): Record<string, Element> {
  return csn.definitions[`${SERVICE}.${name}`]?.elements ?? {};
}

/** Keys may not be empty; nothing else needs a value. */
function standIn(element: Element | undefined): Value {
  if (element?.key !== true) return null;
  const values: Record<string, Value> = { 'cds.Boolean': true, 'cds.Date': '2020-01-01', 'cds.Timestamp': '9999-12-31T23:59:59Z' };
  return values[element.type] ?? '0';
}

/** Texts are quoted: S/4 knows blanks, not nulls, and CAP takes an empty cell for null and a bare number's zeros away. */
function cell(value: Value): string {
  if (value === null) return '';
  return typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value);
}
