/** What users of the system do to rows while Kontor is reading. */
import type { Kind, World, WorldAccount } from '../simulator/world.ts';
import type { Scene } from './scene.ts';

type Row = { readonly id: string };

/** A row of the scene's entity that is surely shown: for prices, one of a list. */
export function rowsOf({ world, entity }: Pick<Scene, 'world' | 'entity'>): readonly Row[] {
  return world.rows(entity);
}

const VALUES: { readonly [K in Kind]?: (world: World, mark: string) => object } = {
  account: (_, mark) => ({ name: `New ${mark} GmbH` }),
  contact: (world, mark) => ({ accountId: anAccount(world).id, firstName: 'Neu', lastName: `New-${mark}` }),
  address: (world, mark) => ({ accountId: anAccount(world).id, city: `New ${mark}`, roles: ['ship_to'] }),
  // Keys of their own: real systems hold one price per list, product and quantity, and one stock per site and product.
  price: (world, mark) => ({
    product: aProduct(world),
    priceList: 'RETAIL',
    unitPrice: `${numberOf(mark)}.25`,
    minQuantity: String(20 + numberOf(mark)),
  }),
  stock: (world, mark) => ({
    site: '01',
    siteName: 'Hamburg Süd',
    product: world.add('product', { number: `S-${mark}` }).number,
    onHand: String(70_000 + numberOf(mark)),
  }),
};

const PATCHES: { readonly [K in Kind]?: (mark: string) => object } = {
  account: (mark) => ({ name: `Changed ${mark} AG` }),
  contact: (mark) => ({ lastName: `Changed-${mark}` }),
  address: (mark) => ({ city: `Changed ${mark}` }),
  price: (mark) => ({ unitPrice: `${numberOf(mark)}.75` }),
  stock: (mark) => ({ onHand: String(90_000 + numberOf(mark)) }),
};

/** `mark` makes its values unlike all others: use each once in a scene. */
export function newValues({ world, entity }: Scene, mark: string): never {
  return VALUES[entity]?.(world, mark) as never;
}

export function patchFor({ entity }: Scene, mark: string): never {
  return PATCHES[entity]?.(mark) as never;
}

export function insert(scene: Scene, mark: string): Row {
  return scene.world.add(scene.entity, newValues(scene, mark));
}

export function change(scene: Scene, id: string, mark: string): Row {
  return scene.world.change(scene.entity, id, patchFor(scene, mark));
}

/** A row nothing hangs on, behind `from`; `undefined` if there is none. */
export function removable({ world, entity }: Scene, from = 0): Row | undefined {
  const rows = rowsOf({ world, entity }).slice(from);
  return entity === 'account' ? rows.find(({ id }) => world.ofAccount('account', id).length === 0) : rows[0];
}

function anAccount(world: World): WorldAccount {
  const account = world.rows('account').find(({ active, blocked }) => active && !blocked);
  if (!account) throw new Error('the world has no active account');
  return account;
}

function aProduct(world: World): string {
  return world.rows('product')[0]?.number ?? '';
}

function numberOf(mark: string): number {
  return [...mark].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9_973, 7);
}
