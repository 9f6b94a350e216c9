/** What users of the system do to rows while Kontor is reading. */
import type { Kind, World, WorldAccount } from '../simulator/world.ts';
import type { Scene } from './scene.ts';
import { truthOf } from './truth.ts';

type Row = { readonly id: string };

/** Rows that the system shows as records: what it does not show proves nothing. */
export function rowsOf(scene: Scene): readonly Row[] {
  return scene.world.rows(scene.entity).filter((row) => truthOf(scene, row).length > 0);
}

/** The n-th of them, beginning anew behind the last. */
export function rowAt(scene: Scene, turn: number): Row {
  const rows = rowsOf(scene);
  const row = rows[turn % rows.length];
  if (!row) throw new Error(`the system shows nothing of ${scene.entity}; give the stage more \`accounts\`, or leave the entity out`);
  return row;
}

const VALUES: { readonly [K in Kind]?: (world: World, mark: string) => object } = {
  account: (_, mark) => ({ name: `New ${mark} GmbH` }),
  contact: (world, mark) => ({ accountId: anAccount(world).id, firstName: 'Neu', lastName: `New-${mark}` }),
  // Of an account without any: some systems have room for one.
  address: (world, mark) => ({ accountId: world.add('account', { name: `Host ${mark}` }).id, city: `New ${mark}` }),
  // Products of their own: real systems hold one price per list, product and quantity, and one stock per site and product.
  price: (world, mark) => ({
    product: world.add('product', { number: `P-${mark}` }).number,
    priceList: 'RETAIL',
    unitPrice: `${numberOf(mark)}.25`,
  }),
  stock: (world, mark) => ({
    site: '01',
    siteName: 'Hamburg Süd',
    product: world.add('product', { number: `S-${mark}` }).number,
    onHand: String(70_000 + numberOf(mark)),
  }),
  document: (world, mark) => ({ accountId: anAccount(world).id, kind: 'order', number: `D-${mark}` }),
  documentLine: (world, mark) => ({
    documentId: anOrder(world),
    product: world.add('product', { number: `L-${mark}` }).number,
    quantity: String(numberOf(mark)),
  }),
};

const PATCHES: { readonly [K in Kind]?: (mark: string) => object } = {
  account: (mark) => ({ name: `Changed ${mark} AG` }),
  contact: (mark) => ({ lastName: `Changed-${mark}` }),
  address: (mark) => ({ city: `Changed ${mark}` }),
  price: (mark) => ({ unitPrice: `${numberOf(mark)}.75` }),
  stock: (mark) => ({ onHand: String(90_000 + numberOf(mark)) }),
  document: (mark) => ({ number: `C-${mark}` }),
  documentLine: (mark) => ({ quantity: String(20_000 + numberOf(mark)) }),
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
export function removable(scene: Scene, from = 0): Row | undefined {
  const { world, entity } = scene;
  const rows = rowsOf(scene).slice(from);
  return entity === 'account' ? rows.find(({ id }) => world.ofAccount('account', id).length === 0) : rows[0];
}

function anAccount(world: World): WorldAccount {
  const account = world.rows('account').find(({ active, blocked }) => active && !blocked);
  if (!account) throw new Error('the world has no active account');
  return account;
}

function anOrder(world: World): string {
  const order = world.rows('document').find(({ kind }) => kind === 'order');
  if (!order) throw new Error('the world has no document');
  return order.id;
}

function numberOf(mark: string): number {
  return [...mark].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9_973, 7);
}
