/**
 * The oracle: what a connector should have made of the world, in our words. Compared as sets of values, so that ids need not be known; references
 * to accounts stand as the account's name, which is unique in a world.
 */
import type { Draft, DraftValue } from '../../src/connector/contract.ts';
import type { Rows, World } from '../simulator/world.ts';
import type { Scene } from './scene.ts';
import type { Values, WorldEntity } from './types.ts';

type Row = { readonly id: string };
const DAY_MS = 86_400_000;

const PROJECTIONS: { readonly [E in WorldEntity]: (row: Rows[E], world: World) => Values[] } = {
  account: (row, world) => [
    {
      name: row.name,
      number: row.number,
      parent: nameOf(world, row.parentId),
      status: row.active ? (row.blocked ? 'blocked' : 'active') : 'closed',
      taxRegistration: row.taxRegistration,
      currency: row.currency,
      paymentTerms: row.paymentTerms,
      creditLimit: minor(row.creditLimit),
      balance: minor(row.balance),
      priceList: row.priceList,
      email: row.email,
      phone: row.phone,
      website: row.website,
      locale: row.language,
    },
  ],
  contact: (row, world) => [
    {
      account: nameOf(world, row.accountId),
      name: [row.firstName, row.lastName].filter((part) => part !== null).join(' '),
      firstName: row.firstName,
      lastName: row.lastName,
      email: row.email,
      phone: row.phone,
      jobTitle: row.jobTitle,
      status: row.active ? 'active' : 'left',
    },
  ],
  address: (row, world) =>
    row.roles.map((role) => ({
      account: nameOf(world, row.accountId),
      role,
      name: row.name,
      lines: [row.street, row.street2].filter((part) => part !== null),
      postalCode: row.postalCode,
      city: row.city,
      region: row.region,
      country: row.country,
    })),
  price: (row, world) => [
    {
      account: nameOf(world, row.accountId),
      priceList: row.priceList,
      product: row.product,
      unitPrice: canonical(row.unitPrice),
      currency: row.currency,
      minQuantity: canonical(row.minQuantity),
      validFrom: row.validFrom,
      // The world's last day is valid; ours is the first that is not.
      validTo: row.validTo === null ? null : new Date(Date.parse(row.validTo) + DAY_MS).toISOString().slice(0, 10),
    },
  ],
  stock: (row) => [
    { site: row.site, siteName: row.siteName, product: row.product, onHand: canonical(row.onHand), available: canonical(row.available) },
  ],
  document: (row, world) => [
    {
      account: nameOf(world, row.accountId),
      kind: row.kind,
      number: row.number,
      reference: row.reference,
      state: row.state,
      datedOn: row.datedOn,
      currency: row.currency,
      trackingNumber: row.trackingNumber,
    },
  ],
  documentLine: (row) => [{ product: row.product, quantity: canonical(row.quantity), unitPrice: canonical(row.unitPrice) }],
};

/** The fields that are compared: those the connector maps and the world knows. */
export function comparedFields({ connector, stage, entity }: Pick<Scene, 'connector' | 'stage' | 'entity'>): string[] {
  const mapping = connector.sources[entity]?.mapping ?? {};
  const staged = stage.entities?.[entity];
  const ignored = (staged === false ? undefined : staged?.ignore) ?? [];
  return KNOWN[entity].filter((field) => field in mapping && mapping[field] !== null && !ignored.includes(field));
}

const KNOWN: Readonly<Record<WorldEntity, readonly string[]>> = {
  account: ['name', 'number', 'parent', 'status', 'taxRegistration', 'currency', 'paymentTerms', 'creditLimit', 'balance', 'priceList']
    .concat(['email', 'phone', 'website', 'locale']), // biome-ignore format: one list
  contact: ['account', 'name', 'firstName', 'lastName', 'email', 'phone', 'jobTitle', 'status'],
  address: ['account', 'role', 'name', 'lines', 'postalCode', 'city', 'region', 'country'],
  price: ['account', 'priceList', 'product', 'unitPrice', 'currency', 'minQuantity', 'validFrom', 'validTo'],
  stock: ['site', 'siteName', 'product', 'onHand', 'available'],
  // What documents and lines belong to has no name: their references are for the tests of each connector.
  document: ['account', 'kind', 'number', 'reference', 'state', 'datedOn', 'currency', 'trackingNumber'],
  documentLine: ['product', 'quantity', 'unitPrice'],
};

/** What is true of one row, one text per record that should come of it. */
export function truthOf(scene: Scene, row: Row): string[] {
  const { stage, entity, world } = scene;
  const staged = stage.entities?.[entity] || undefined;
  const fields = comparedFields(scene);
  return PROJECTIONS[entity](row as never, world).flatMap((values) => {
    const truth = staged?.truth ? staged.truth(values, row, world) : values;
    return truth === null ? [] : [truth].flat().map((one) => textOf(fields, one));
  });
}

export function truth(scene: Scene): string[] {
  return scene.world.rows(scene.entity).flatMap((row) => truthOf(scene, row));
}

/** What was pulled, in the same texts. `names` tells what account an external id is (accountNames). */
export function toldBy(scene: Scene, drafts: Iterable<Draft>, names: ReadonlyMap<string, string>): string[] {
  const fields = comparedFields(scene);
  return Array.from(drafts, ({ values }) => {
    const named: Record<string, DraftValue | undefined> = { ...values };
    for (const field of ['parent', 'account']) {
      const id = values[field];
      if (typeof id === 'string') named[field] = names.get(id) ?? `unknown account ${id}`;
    }
    return textOf(fields, named);
  });
}

/** External id -> name of every account, read anew, undisturbed. */
export async function accountNames(scene: Scene): Promise<ReadonlyMap<string, string>> {
  const refers = comparedFields(scene).some((field) => field === 'parent' || field === 'account');
  if (!refers) return new Map();
  if (!scene.connector.sources.account) return new Map(scene.world.rows('account').map(({ id, name }) => [id, name]));
  scene.simulator.accidents.calm();
  const { held } = await scene.pull({}, 'account');
  return new Map(Array.from(held, ([id, { values }]) => [id, String(values.name)]));
}

/** Sentences about what is missing and what should not be there; at most a few of each. */
export async function compare(scene: Scene, held: ReadonlyMap<string, Draft>, when: string): Promise<string[]> {
  const told = toldBy(scene, held.values(), await accountNames(scene));
  return differences(truth(scene), told, when);
}

export function differences(wanted: readonly string[], told: readonly string[], when: string): string[] {
  const missing = without(wanted, told);
  const surplus = without(told, wanted);
  const say = (what: string, which: readonly string[]) =>
    which.length === 0 ? [] : [`${when}: ${which.length} of ${wanted.length} ${what}, such as ${which.slice(0, 2).join(' and ')}`];
  return [...say('records are missing', missing), ...say('records are not true', surplus)];
}

/** As multisets. */
export function without(all: readonly string[], some: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const one of some) counts.set(one, (counts.get(one) ?? 0) + 1);
  return all.filter((one) => {
    const count = counts.get(one) ?? 0;
    counts.set(one, count - 1);
    return count <= 0;
  });
}

function textOf(fields: readonly string[], values: Values): string {
  return JSON.stringify(Object.fromEntries(fields.map((field) => [field, blankless(values[field])])));
}

/** Not known, none and an empty list are the same to a comparison. */
function blankless(value: DraftValue | undefined): DraftValue {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0) ? null : value;
}

function nameOf(world: World, accountId: string | null): string | null {
  return accountId === null ? null : (world.row('account', accountId)?.name ?? null);
}

/** "12.5" -> 1250: the world's currencies all have two decimals. */
function minor(amount: string | null): number | null {
  if (amount === null) return null;
  const [whole = '0', part = ''] = amount.replace('-', '').split('.');
  const value = Number(`${whole}${part.padEnd(2, '0')}`);
  return amount.startsWith('-') ? -value : value;
}

/** As drafts write decimals: in full, without idle zeros. */
export function canonical(decimal: string): string {
  const [, sign = '', whole = '', part = ''] = /^(-?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(decimal) ?? [];
  const digits = `${whole === '' ? '0' : whole}${part === '' ? '' : `.${part}`}`;
  return digits === '0' ? '0' : `${sign}${digits}`;
}
