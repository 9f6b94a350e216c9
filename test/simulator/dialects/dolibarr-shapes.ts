/** Rows of the world as Dolibarr's tables (`columns`, for filters) and as its JSON. */
import {
  compareIds,
  type World,
  type WorldAccount,
  type WorldAddress,
  type WorldContact,
  type WorldOrder,
  type WorldOrderLine,
  type WorldProduct,
} from '../world.ts';
import type { Columns } from './dolibarr-filter.ts';

export interface Shown {
  readonly columns: Columns;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Order id -> what the buyer calls it (ref_client). */
export type Customers = Map<string, string>;

/** The database's zone, unknown to clients: nine hours behind. */
const ZONE_MS = -9 * 3_600_000;
const NEVER = new Date(0);

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
const tms = (at: Date): string => new Date(at.getTime() + ZONE_MS).toISOString().slice(0, 19).replace('T', ' ');
const latest = (...stamps: ReadonlyArray<Date | undefined>): Date =>
  new Date(Math.max(...stamps.map((stamp) => (stamp ?? NEVER).getTime())));
const eight = (decimal: string): string => Number(decimal).toFixed(8);

/** Price levels count from 1: the world's lists in the order of their names. */
export function levelOf(priceList: string | null): number | null {
  const place = ['RETAIL', 'A "trade"', '0010'].indexOf(priceList ?? '');
  return place === -1 ? null : place + 1;
}

/** Code of a payment term -> its id in the dictionary. */
export function termIds(world: World): Map<string, number> {
  const codes = [...new Set(world.rows('account').flatMap(({ paymentTerms }) => paymentTerms ?? []))].sort();
  return new Map(codes.map((code, place) => [code, place + 1]));
}

const byId = <R extends { id: string }>(rows: readonly R[]): R[] => [...rows].sort((a, b) => compareIds(a.id, b.id));

/** The one of the third party itself. */
export function ownAddress(world: World, accountId: string): WorldAddress | undefined {
  return byId(world.ofAccount('address', accountId)).find(({ roles }) => roles.includes('bill_to'));
}

/** The account's first contact sits where goods go to, if that is not the account's own address. */
export function contactAddress(world: World, { id, accountId }: Pick<WorldContact, 'id' | 'accountId'>): WorldAddress | undefined {
  if (byId(world.ofAccount('contact', accountId))[0]?.id !== id) return undefined;
  return byId(world.ofAccount('address', accountId)).find(({ roles }) => roles.join() === 'ship_to');
}

function addressJson(address: WorldAddress | undefined): Record<string, unknown> {
  if (!address) return { address: '', zip: null, town: null, state: null, country_code: '' };
  const { street, street2, postalCode, city, region, country } = address;
  return {
    address: street2 === null ? street : `${street}\n${street2}`,
    zip: postalCode,
    town: city,
    state: region,
    country_code: country,
  };
}

export function thirdparty(world: World, account: WorldAccount): Shown {
  const address = ownAddress(world, account.id);
  const changed = latest(account.changedAt, address?.changedAt);
  return {
    columns: { rowid: Number(account.id), tms: tms(changed), nom: account.name },
    json: {
      id: account.id,
      name: account.name,
      code_client: account.number,
      client: '1',
      parent: account.parentId,
      status: account.active ? '1' : '0',
      tva_intra: account.taxRegistration,
      email: account.email,
      phone: account.phone,
      url: account.website,
      default_lang: account.language === null ? null : account.language === 'de' ? 'de_DE' : 'en_US',
      price_level: levelOf(account.priceList),
      multicurrency_code: account.currency,
      outstanding_limit: account.creditLimit === null ? null : eight(account.creditLimit),
      cond_reglement_id: account.paymentTerms === null ? null : String(termIds(world).get(account.paymentTerms)),
      mode_reglement_id: null,
      ...addressJson(address),
      date_modification: seconds(changed),
    },
  };
}

export function contact(world: World, person: WorldContact): Shown {
  const address = contactAddress(world, person);
  const changed = latest(person.changedAt, address?.changedAt);
  return {
    columns: { rowid: Number(person.id), tms: tms(changed), fk_soc: Number(person.accountId) },
    json: {
      id: person.id,
      socid: person.accountId,
      firstname: person.firstName,
      lastname: person.lastName,
      email: person.email,
      phone_pro: person.phone,
      phone_mobile: null,
      poste: person.jobTitle,
      statut: person.active ? '1' : '0',
      ...addressJson(address),
      date_modification: seconds(changed),
    },
  };
}

export function product(world: World, row: WorldProduct): Shown {
  const prices = world
    .rows('price')
    .filter(({ product: number, accountId, minQuantity }) => number === row.number && accountId === null && minQuantity === '1');
  const stock = world.rows('stock').filter((one) => one.product === row.number);
  const changed = latest(row.changedAt, ...prices.map(({ changedAt }) => changedAt), ...stock.map(({ changedAt }) => changedAt));
  // The first of each level: a level has one price.
  const multiprices = Object.fromEntries(
    [...prices]
      .reverse()
      .flatMap(({ priceList, unitPrice }) => (levelOf(priceList) === null ? [] : [[String(levelOf(priceList)), eight(unitPrice)]])),
  );
  return {
    columns: { rowid: Number(row.id), tms: tms(changed), ref: row.number },
    json: {
      id: row.id,
      ref: row.number,
      label: row.name,
      type: '0',
      status: '1',
      tva_tx: '20.0000',
      price: eight(row.price),
      price_base_type: 'HT',
      multiprices,
      stock_reel: stock.length,
      date_modification: seconds(changed),
    },
  };
}

/** Ids in the order in which sites were set up. */
export function warehouses(world: World): Shown[] {
  const sites = new Map(byId(world.rows('stock')).map(({ site, siteName }) => [site, siteName]));
  return [...sites].map(([ref, lieu], place) => ({
    columns: { rowid: place + 1, tms: tms(NEVER) },
    json: { id: String(place + 1), ref, label: ref, lieu, statut: '1' },
  }));
}

const STATUS = { draft: '0', quoted: '0', confirmed: '1', processing: '2', shipped: '3', invoiced: '3', cancelled: '-1' } as const;

const lineIds = new WeakMap<WorldOrderLine, string>();
let linesMade = 0;

/** The same for as long as the line is there. */
export function lineId(line: WorldOrderLine): string {
  const known = lineIds.get(line);
  if (known !== undefined) return known;
  linesMade += 1;
  lineIds.set(line, String(linesMade));
  return String(linesMade);
}

/** A line that is changed stays the same. */
export function keepLineId(old: WorldOrderLine, line: WorldOrderLine): WorldOrderLine {
  lineIds.set(line, lineId(old));
  return line;
}

export function order(world: World, row: WorldOrder, customers: Customers): Shown {
  const refClient = customers.get(row.id) ?? row.reference;
  const ref = row.number ?? `(PROV${row.id})`;
  return {
    columns: {
      rowid: Number(row.id),
      tms: tms(row.changedAt),
      ref,
      ref_ext: row.reference,
      ref_client: refClient,
      fk_soc: Number(row.soldTo),
    },
    json: {
      id: row.id,
      ref,
      ref_ext: row.reference,
      ref_client: refClient,
      socid: row.soldTo,
      statut: STATUS[row.state],
      billed: row.state === 'invoiced' ? '1' : '0',
      multicurrency_code: 'EUR',
      date_modification: seconds(row.changedAt),
      lines: row.lines.map((line, place) => ({
        id: lineId(line),
        rang: String(place + 1),
        fk_product: world.rows('product').find((one) => one.number === line.product)?.id ?? null,
        product_ref: line.product,
        qty: line.quantity,
        subprice: eight(line.unitPrice),
        product_type: '0',
      })),
    },
  };
}
