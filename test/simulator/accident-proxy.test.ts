import { expect, it, onTestFinished } from 'vitest';
import { startAccidentProxy } from './accident-proxy.ts';
import { plainDialect } from './plain-dialect.ts';
import { startSimulator } from './server.ts';
import { World } from './world.ts';

async function setup() {
  const world = new World();
  const { id } = world.add('account', { name: 'Nordwind GmbH' });
  const real = await startSimulator(plainDialect(), { world });
  onTestFinished(() => real.close());
  const proxy = await startAccidentProxy({ target: real.url, isWrite: ({ path }) => path === '/orders' });
  onTestFinished(() => proxy.close());
  const { token } = (await (await fetch(`${proxy.url}/login`, { method: 'POST' })).json()) as { token: string };
  const headers = { authorization: token, 'content-type': 'application/json' };
  const order = () =>
    fetch(`${proxy.url}/orders`, { method: 'POST', headers, body: JSON.stringify({ reference: 'A', soldTo: id, lines: [] }) });
  return { world, proxy, order, list: () => fetch(`${proxy.url}/accounts?since=2020-01-01T00:00:00Z`, { headers }) };
}

it('passes requests and answers on as they are', async () => {
  const { list, order } = await setup();
  expect(await (await list()).json()).toMatchObject({ rows: [{ name: 'Nordwind GmbH' }] });
  expect((await order()).status).toBe(201);
});

it('loses an answer after the real system has done its work', async () => {
  const { world, proxy, order } = await setup();
  proxy.accidents.next('answer-lost', { on: 'write' });
  await expect(order()).rejects.toThrow('fetch failed');
  expect(world.ordersByReference('A')).toHaveLength(1);
});

it('cuts a body in half, and says 503 before the real system hears of it', async () => {
  const { world, proxy, order } = await setup();
  proxy.accidents.next('half-body', { on: 'write' });
  await expect(order().then((answer) => answer.text())).rejects.toThrow();
  proxy.accidents.next('unavailable', { on: 'write' });
  expect((await order()).status).toBe(503);
  expect(world.ordersByReference('A')).toHaveLength(1);
});

it('no longer lets through who comes with a session from before it expired', async () => {
  const { proxy, list } = await setup();
  await list();
  proxy.accidents.next('session-expired');
  expect((await list()).status).toBe(401);
});
