import { expect, it } from 'vitest';
import { guid, hex17, salesforceId, sapNumber } from './ids.ts';
import { compareIds, frozenClock, type Kind, World } from './world.ts';

const KINDS: readonly Kind[] = ['account', 'contact', 'address', 'product', 'price', 'stock', 'order', 'document', 'documentLine'];
const START = new Date('2026-03-02T08:00:00.000Z');
const later = (ms: number): Date => new Date(START.getTime() + ms);

function contents(world: World): unknown {
  return KINDS.map((kind) => world.rows(kind));
}

/** Levels from the top, 1 for an account without a parent. */
function levelOf(world: World, id: string): number {
  const parentId = world.row('account', id)?.parentId ?? null;
  return parentId === null ? 1 : 1 + levelOf(world, parentId);
}

/** Reads all changes the way a client does: page by page, each behind the last row of the one before. */
function readByKey(world: World, limit: number): string[] {
  const ids: string[] = [];
  let page = world.changedSince('account', new Date(0), { limit });
  while (page.length > 0) {
    ids.push(...page.map(({ id }) => id));
    const last = page.at(-1);
    page = last ? world.changedSince('account', last.changedAt, { afterId: last.id, limit }) : [];
  }
  return ids;
}

it('seeds the same world from the same seed, and another from another', () => {
  const seeded = (seed: number) => contents(new World().seed({ accounts: 60, seed }));
  expect(seeded(7)).toEqual(seeded(7));
  expect(seeded(7)).not.toEqual(seeded(8));
});

it('seeds what hurts: hierarchies of three levels, hard texts, missing values, more equal stamps than a page holds', () => {
  const world = new World().seed({ accounts: 200, bulk: 120 });
  const accounts = world.rows('account');
  expect(accounts).toHaveLength(200);
  expect(new Set(accounts.map(({ id }) => levelOf(world, id)))).toEqual(new Set([1, 2, 3]));
  expect(accounts.filter(({ number }) => number.startsWith('0')).length).toBeGreaterThan(10);
  expect(accounts.filter(({ creditLimit }) => creditLimit === null).length).toBeGreaterThan(10);
  const names = accounts.map(({ name }) => name).join('\n');
  expect(['ü', '"', "'", '<', '&', '\\', '東', '🚢', ','].filter((hard) => !names.includes(hard))).toEqual([]);
  const imported = new Date(START.getTime() - 100 * 86_400_000).getTime();
  expect(accounts.filter(({ changedAt }) => changedAt.getTime() === imported)).toHaveLength(120);
  const places = accounts.map(({ id }) => world.ofAccount('address', id).length);
  expect([Math.min(...places), Math.max(...places)]).toEqual([1, 3]);
  const people = accounts.map(({ id }) => world.ofAccount('contact', id).length);
  expect([Math.min(...people), Math.max(...people)]).toEqual([0, 2]);
  expect(world.rows('price').filter(({ accountId }) => accountId !== null).length).toBeGreaterThan(0);
  expect(KINDS.flatMap((kind) => world.rows(kind)).filter(({ changedAt }) => changedAt > world.now())).toEqual([]);
});

it('finds every row once by stamp and id, with five thousand accounts and equal stamps across pages', () => {
  const world = new World().seed({ accounts: 5_000 });
  const ids = readByKey(world, 70);
  expect(ids).toHaveLength(5_000);
  expect(new Set(ids)).toEqual(new Set(world.rows('account').map(({ id }) => id)));
});

it('orders rows of one stamp by their ids as numbers', () => {
  const world = new World();
  for (let turn = 0; turn < 11; turn += 1) world.add('account', { name: 'A' });
  expect(readByKey(world, 4)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11']);
});

it('puts a changed row behind all others, and a row that was read stays what it was', () => {
  const world = new World().seed({ accounts: 10 });
  const [before] = world.rows('account');
  world.tick(5);
  const after = world.change('account', before?.id ?? '', { name: 'New' });
  expect(after).toMatchObject({ name: 'New', changedAt: later(5), createdAt: before?.createdAt, version: (before?.version ?? 0) + 1 });
  expect(before?.name).not.toBe('New');
  expect(readByKey(world, 3)).toHaveLength(10);
  expect(readByKey(world, 3).at(-1)).toBe(before?.id);
});

it('does not touch the stamp of an account when its contact or address changes', () => {
  const world = new World();
  const account = world.add('account', { name: 'A' });
  const contact = world.add('contact', { accountId: account.id, lastName: 'Weiß' });
  world.tick(1_000);
  world.change('contact', contact.id, { phone: '1' });
  world.add('address', { accountId: account.id });
  expect(world.changedSince('contact', later(1))).toMatchObject([{ phone: '1', changedAt: later(1_000) }]);
  expect(world.changedSince('account', later(1))).toEqual([]);
});

it('stamps equally what happens while the clock stands, and unstamped what is changed at its old stamp', () => {
  const world = new World();
  const rows = ['A', 'B', 'C'].map((name) => world.add('account', { name }));
  expect(new Set(rows.map(({ changedAt }) => changedAt.getTime())).size).toBe(1);
  world.tick(10);
  world.change('account', '2', { balance: '1.00' }, { at: START });
  expect(world.changedSince('account', later(1))).toEqual([]);
  expect(world.row('account', '2')).toMatchObject({ balance: '1.00', version: 1 });
});

it('hides a late row until it is committed, then shows it with its old stamp behind the watermark', () => {
  const world = new World();
  const late = world.commitLate('account', { name: 'Late' });
  world.tick(60_000);
  world.add('account', { name: 'Punctual' });
  expect([world.rows('account').length, world.row('account', late.id)]).toEqual([1, undefined]);
  late.commit();
  expect(world.row('account', late.id)).toMatchObject({ name: 'Late', changedAt: START, bornAt: later(60_000) });
  expect(world.changedSince('account', later(1)).map(({ name }) => name)).toEqual(['Punctual']);
});

it('shows the old row until a late change is committed', () => {
  const world = new World();
  const { id } = world.add('account', { name: 'Old' });
  const late = world.changeLate('account', id, { name: 'New' }, { stampedAt: later(5) });
  world.tick(1_000);
  expect(world.row('account', id)).toMatchObject({ name: 'Old', changedAt: START });
  late.commit();
  expect(world.row('account', id)).toMatchObject({ name: 'New', changedAt: later(5) });
});

it('stamps by its own clock, which is ahead, behind or corrected', () => {
  const clock = frozenClock(START);
  const world = new World({ clock, clockSkewMs: 90_000 });
  expect(world.add('account', { name: 'A' })).toMatchObject({ changedAt: later(90_000), bornAt: START });
  clock.tick(1_000);
  world.moveClock(-120_000);
  expect(world.add('account', { name: 'B' })).toMatchObject({ changedAt: later(-29_000), bornAt: later(1_000) });
});

it('archives, blocks and removes; a removed account takes its own along and leaves tombstones', () => {
  const world = new World();
  const { id } = world.add('account', { name: 'A' });
  const unit = world.add('account', { name: 'Unit', parentId: id });
  world.add('contact', { accountId: unit.id, lastName: 'Weiß' });
  world.block('account', id);
  world.archive('account', id);
  expect(world.row('account', id)).toMatchObject({ blocked: true, active: false, version: 2 });
  expect(() => world.remove('account', id)).toThrow('accounts below it');
  world.remove('account', unit.id);
  expect([world.count('account'), world.count('contact')]).toEqual([1, 0]);
  expect(world.tombstones.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['contact 1', 'account 2']);
  world.remove('account', id);
  expect(world.changedSince('account', new Date(0))).toEqual([]);
});

it('moves an order on, never back, and keeps the steps that took effect', () => {
  const world = new World();
  const { id: soldTo } = world.add('account', { name: 'A' });
  const { id, number } = world.placeOrder({ reference: 'R-1', soldTo, lines: [], number: null });
  expect(number).toBeNull();
  expect([world.stepOrder(id, 'confirmed'), world.stepOrder(id, 'confirmed'), world.stepOrder(id, 'quoted')]).toEqual([true, false, false]);
  expect(world.row('order', id)).toMatchObject({ number: 'SO-1', state: 'confirmed', steps: ['placed', 'confirmed'] });
  expect([world.post(id), world.post(id), world.stepOrder(id, 'cancelled')]).toEqual([true, false, false]);
  expect(world.row('order', id)).toMatchObject({
    state: 'invoiced',
    location: 'posted',
    steps: ['placed', 'confirmed', 'invoiced', 'posted'],
  });
});

it('counts every order of a reference, wherever it went', () => {
  const world = new World();
  const { id: soldTo } = world.add('account', { name: 'A' });
  const [first, second] = [1, 2].map(() => world.placeOrder({ reference: 'R-1', soldTo, lines: [] }));
  world.placeOrder({ reference: 'R-2', soldTo, lines: [] });
  world.post(first?.id ?? '');
  world.stepOrder(second?.id ?? '', 'cancelled');
  expect(world.post(second?.id ?? '')).toBe(false);
  expect(world.ordersByReference('R-1').map(({ number, state }) => [number, state])).toEqual([
    ['SO-1', 'invoiced'],
    ['SO-2', 'cancelled'],
  ]);
  expect(() => world.placeOrder({ reference: 'R-3', soldTo: '99', lines: [] })).toThrow('no account 99');
});

it.each([
  ['guid', guid],
  ['hex17', hex17],
  ['salesforceId', salesforceId],
  ['sapNumber', sapNumber],
] as const)('makes ids like %s, ascending and one length', (_, newId) => {
  const ids = [1, 2, 9, 10, 16, 100, 5_000].map((turn) => newId('account', turn));
  expect(ids.toSorted(compareIds)).toEqual(ids);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids.map(({ length }) => length)).size).toBe(1);
  expect(new World({ newId }).add('account', { name: 'A' }).id).toBe(ids[0]);
});
