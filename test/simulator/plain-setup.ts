/** The plain dialect with a few accounts, and a client of it that is logged in. */
import { afterEach } from 'vitest';
import { type Client, openClient } from './client.ts';
import { plainDialect } from './plain-dialect.ts';
import { type Simulator, startSimulator } from './server.ts';
import { World } from './world.ts';

export const open: Array<() => Promise<void> | void> = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

export interface Setup extends Simulator {
  client: Client;
  token: string;
  order: () => ReturnType<Client['post']>;
  /** Orders in the ledger. */
  taken: () => number;
}

/** With nothing on record yet. */
export async function setup(): Promise<Setup> {
  const world = new World();
  for (let turn = 0; turn < 5; turn += 1) world.add('account', { name: `Müller ${turn}` });
  const simulator = await startSimulator(plainDialect(), { world });
  const visitor = openClient(simulator.url);
  const { token } = JSON.parse((await visitor.post('/login', {})).text);
  visitor.close();
  simulator.requests.length = 0;
  const client = openClient(simulator.url, token);
  open.push(() => client.close(), simulator.close);
  const order = () => client.post('/orders', { reference: 'R-1', soldTo: '1', lines: [] });
  return { ...simulator, client, token, order, taken: () => world.ordersByReference('R-1').length };
}
