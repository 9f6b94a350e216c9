/** Hand-offs that are carried side by side: each stands for itself, and takes those behind it in line along. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pushTogether } from '../../src/orders/push-together.ts';
import { type HandoffSetup, setupHandoff } from './handoff-setup.ts';

let setup: HandoffSetup;
beforeEach(async () => {
  setup = await setupHandoff();
});
afterEach(async () => {
  await setup.erp.close();
});

async function release(count: number, account = 'A-2') {
  const released: Awaited<ReturnType<HandoffSetup['release']>>[] = [];
  for (let turn = 1; turn <= count; turn += 1) released.push(await setup.release(`${account}-${turn}`, { account }));
  return released;
}

it('carries whoever waited behind it in the line of its account, in order', async () => {
  const line = await release(5);
  const { pushed, next, left, failures } = await pushTogether(setup.context, [line[0]?.handoffId ?? '']);
  expect([...pushed.keys()]).toEqual(line.map(({ handoffId }) => handoffId));
  expect({ next, left, failures }).toEqual({ next: [], left: [], failures: [] });
  const there = line.map(({ externalKey }) => setup.there(externalKey));
  expect(there.map((found) => found.length)).toEqual([1, 1, 1, 1, 1]);
  const ids = there.map(([one]) => Number(one?.id.replace(/\D/g, '')));
  expect(ids).toEqual([...ids].sort((one, other) => one - other));
});

it('begins nothing any more once it is over, and names what is left', async () => {
  const line = await release(3);
  let asked = 0;
  const { pushed, next, left, failures } = await pushTogether(setup.context, [line[0]?.handoffId ?? ''], () => ++asked > 1);
  expect(failures).toEqual([]);
  expect([...pushed.keys()]).toEqual([line[0]?.handoffId]);
  expect([...left, ...next]).toEqual([line[1]?.handoffId]);
  expect(line.map(({ externalKey }) => setup.there(externalKey).length)).toEqual([1, 0, 0]);
});

it('tells what failed for one once the others are done', async () => {
  const [one, broken, other] = [...(await release(1)), ...(await release(1, 'A-3')), ...(await release(1, 'A-1'))];
  await setup.db.raw("update order_revisions set content = content - 'lines' where order_id = ?", [broken?.orderId ?? '']);
  const ids = [one, broken, other].map((some) => some?.handoffId ?? '');
  const { pushed, failures } = await pushTogether(setup.context, ids);
  expect(failures).toHaveLength(1);
  expect([one, other].map((some) => pushed.get(some?.handoffId ?? '')?.state)).toEqual(['accepted', 'accepted']);
});
