/** A budget out of a row of a table: columns are the fields, those of blocks by their own names. */

/** What a column fills. Names are compared without case, blanks, hyphens and underscores. */
const COLUMNS: Readonly<
  Record<string, readonly [path: readonly string[], type: 'text' | 'number' | 'decimal' | 'boolean' | 'date' | 'list']>
> = {
  code: [['code'], 'text'],
  name: [['name'], 'text'],
  person: [['person'], 'text'],
  unit: [['unit'], 'text'],
  costCentre: [['costCentre'], 'text'],
  project: [['project'], 'text'],
  company: [['company'], 'text'],
  parent: [['parent'], 'text'],
  currency: [['currency'], 'text'],
  limit: [['limit'], 'decimal'],
  period: [['period', 'every'], 'text'],
  firstDay: [['period', 'firstDay'], 'text'],
  anchorDay: [['period', 'anchorDay'], 'number'],
  firstMonth: [['period', 'firstMonth'], 'number'],
  calendar: [['period', 'calendar'], 'text'],
  zone: [['zone'], 'text'],
  from: [['from'], 'date'],
  until: [['until'], 'date'],
  basis: [['basis'], 'text'],
  includesShipping: [['includesShipping'], 'boolean'],
  enforcement: [['enforcement'], 'text'],
  carry: [['carry', 'mode'], 'text'],
  carryRate: [['carry', 'rate'], 'decimal'],
  carryCap: [['carry', 'cap'], 'decimal'],
  carryMinUtilisation: [['carry', 'minUtilisation'], 'decimal'],
  carryExpiresAfterDays: [['carry', 'expiresAfter', 'days'], 'number'],
  overspend: [['carry', 'overspend'], 'text'],
  chargeOn: [['chargeOn'], 'text'],
  lateCredit: [['lateCredit'], 'text'],
  closeAfterBusinessDays: [['closeAfter', 'businessDays'], 'number'],
  alerts: [['alerts'], 'list'],
  rollUp: [['rollUp'], 'text'],
  actuals: [['actuals'], 'text'],
};

const fold = (name: string) => name.toLowerCase().replaceAll(/[\s_-]/g, '');
const BY_NAME = new Map(Object.keys(COLUMNS).map((name) => [fold(name), name]));
const NEEDED = ['code', 'currency', 'limit', 'from'] as const;

export interface BudgetColumns {
  readonly places: ReadonlyMap<string, number>;
  readonly missing: readonly string[];
  readonly unknown: readonly string[];
}

export function findBudgetColumns(names: readonly string[]): BudgetColumns {
  const known = names.map((name) => BY_NAME.get(fold(name)));
  const places = new Map(
    known.flatMap((field, place) => (field === undefined || known.indexOf(field) !== place ? [] : [[field, place] as const])),
  );
  const unknown = names.filter((_, place) => known[place] === undefined);
  return { places, unknown, missing: NEEDED.filter((field) => !places.has(field)) };
}

export type ColumnType = (typeof COLUMNS)[string][1];

export function columnType(field: string): ColumnType {
  return COLUMNS[field]?.[1] ?? 'text';
}

/** Which column fills what stands at a path of the YAML. */
export function columnOf(path: readonly PropertyKey[]): string | undefined {
  return Object.keys(COLUMNS).find((field) => COLUMNS[field]?.[0].join() === path.join());
}

/** As somebody would have written it in YAML. `cells`: field -> text, blank ones left out. */
export function budgetOfRow(cells: ReadonlyMap<string, string>): Record<string, unknown> {
  const budget: Record<string, unknown> = {};
  for (const [field, cell] of cells) {
    const [path, type] = COLUMNS[field] ?? [[field], 'text'];
    let at = budget;
    for (const step of path.slice(0, -1)) {
      at[step] ??= {};
      at = at[step] as Record<string, unknown>;
    }
    at[path.at(-1) ?? field] = readCell(cell, field, type);
  }
  return budget;
}

function readCell(cell: string, field: string, type: ColumnType): unknown {
  if (field === 'period') return cell.toLowerCase().replace('-', '_');
  if (type === 'number') return Number(cell);
  if (type === 'list') return cell.split(/[;,\s]+/).filter(Boolean).map((one) => Number(one.replace('%', ''))); // biome-ignore format: one chain
  if (type === 'boolean') return /^(true|yes|ja|1|x)$/i.test(cell) ? true : /^(false|no|nein|0)$/i.test(cell) ? false : cell;
  return cell;
}
