import { describe, expect, it } from 'vitest';
import { setup } from './plain-setup.ts';
import { ACCIDENTS, type AccidentName, type SimRequest } from './server.ts';

describe('the queue of accidents', () => {
  it('lets so many requests of the kind pass, then happens so often', async () => {
    const { accidents, client, order, requests } = await setup();
    accidents.next('unavailable', { on: 'write', after: 1, times: 2 });
    await client.get('/accounts');
    for (let turn = 0; turn < 4; turn += 1) await order();
    expect(requests.map(({ on, status }) => `${on} ${status}`)).toEqual(['read 200', 'write 201', 'write 503', 'write 503', 'write 201']);
    expect(accidents.waiting).toBe(0);
  });

  it('gives each request one accident, in the order they were queued', async () => {
    const { accidents, client, requests } = await setup();
    for (const name of ['unavailable', 'bad-gateway'] as const) accidents.next(name);
    accidents.next('error-inside', { after: 1 });
    for (let turn = 0; turn < 4; turn += 1) await client.get('/accounts');
    expect(requests.map(({ accident }) => accident)).toEqual(['unavailable', 'bad-gateway', 'error-inside', undefined]);
  });

  it('asks the request where a function says which', async () => {
    const { accidents, client, order } = await setup();
    accidents.next('unavailable', { on: ({ path }: SimRequest) => path === '/orders' });
    expect([(await client.get('/accounts')).status, (await order()).status]).toEqual([200, 503]);
  });

  it('writes a log by the clock of the system', async () => {
    const { accidents, order, world } = await setup();
    accidents.next('answer-lost');
    world.tick(250);
    await order();
    expect(accidents.happened).toEqual([
      { name: 'answer-lost', at: new Date('2026-03-02T08:00:00.250Z'), method: 'POST', path: '/orders', on: 'write' },
    ]);
  });

  it('storms the same way with the same seed, at about the rate', async () => {
    const storm = async (seed: number): Promise<AccidentName[]> => {
      const { accidents, client } = await setup();
      accidents.storm({ seed, rate: 0.5, names: ['unavailable', 'answer-lost', 'half-body'] });
      for (let turn = 0; turn < 60; turn += 1) await client.get('/accounts');
      return accidents.names();
    };
    const first = await storm(4);
    expect(first).toEqual(await storm(4));
    expect(first).not.toEqual(await storm(5));
    expect(new Set(first)).toEqual(new Set(['unavailable', 'answer-lost', 'half-body']));
    expect(Math.abs(first.length - 30)).toBeLessThan(15);
  });

  it('forgets storm and queue when it is calm, and keeps the log', async () => {
    const { accidents, client, requests } = await setup();
    accidents.next('unavailable', { times: 3 });
    accidents.storm({ seed: 1, rate: 1, names: ['bad-gateway'] });
    await client.get('/accounts');
    accidents.calm();
    await client.get('/accounts');
    expect(requests.map(({ status }) => status)).toEqual([503, 200]);
    expect([accidents.names(), accidents.waiting]).toEqual([['unavailable'], 0]);
  });

  it('ends a storm after so many accidents, none of them one that needs more than trying again', async () => {
    const { accidents, client } = await setup();
    accidents.storm({ seed: 1, rate: 1, atMost: 40 });
    for (let turn = 0; turn < 42; turn += 1) await client.get('/accounts');
    expect(accidents.happened).toHaveLength(40);
    const missing = Object.keys(ACCIDENTS).filter((name) => !accidents.names().includes(name as AccidentName));
    expect(missing).toEqual(['never-ends', 'moved-clock']);
  });
});
