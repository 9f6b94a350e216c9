/** A write is for whoever holds the lease: who was stopped past its end must not send it when woken, however far the request had come. */
import { spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../src/connector/http/types.ts';
import { waitFor } from '../support/wait.ts';
import { openHttp } from './open-http.ts';
import { http, type RawServer, startRawServer } from './raw-server.ts';

const closers: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const GET: HttpRequest = { path: 'rows' };
const POST: HttpRequest = { method: 'POST', path: 'orders', json: { reference: 'R-1' } };
const LEASE_MS = 200;

async function setup(notAfter: () => number): Promise<RawServer & { send: ReturnType<typeof openHttp>['send'] }> {
  const server = await startRawServer(({ socket }) => socket.write(http(200, '{"ok":true}')));
  closers.push(server.close);
  return { ...server, send: openHttp(server.url, { notAfter }).send };
}

/** Stops this very process when its next connection stands and nothing was written yet; another process wakes it well past the lease. */
function stopWhenConnected(): void {
  const waker = spawn('sh', [
    '-c',
    `until ps -o state= -p ${process.pid} | grep -q T; do sleep 0.02; done; sleep ${(3 * LEASE_MS) / 1000}; kill -CONT ${process.pid}`,
  ]);
  closers.push(() => waker.kill());
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    unsubscribe('net.client.socket', onSocket);
    socket.once('connect', () => {
      const stoppedAt = performance.now();
      process.kill(process.pid, 'SIGSTOP');
      // The stop may reach another thread first.
      while (performance.now() - stoppedAt < 2 * LEASE_MS);
    });
  };
  subscribe('net.client.socket', onSocket);
}

describe('a process that is stopped when its connection stands', () => {
  it('sends nothing when it is woken past the end of its lease, and says that another goes on', async () => {
    const until = performance.now() + LEASE_MS;
    const { send, requests, connections } = await setup(() => until);
    stopWhenConnected();
    await expect(send(POST)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await waitFor(() => connections() === 1);
    expect([performance.now() > until, requests]).toEqual([true, []]);
  });

  it('goes on when its lease was longer than its sleep', async () => {
    const { send, requests } = await setup(() => Number.POSITIVE_INFINITY);
    stopWhenConnected();
    expect(await send(POST)).toMatchObject({ status: 200 });
    expect(requests).toHaveLength(1);
  });

  it('may read all the same', async () => {
    const until = performance.now() + LEASE_MS;
    const { send, requests } = await setup(() => until);
    stopWhenConnected();
    expect(await send(GET)).toMatchObject({ status: 200 });
    expect(requests).toHaveLength(1);
  });
});

describe('past the end of the lease', () => {
  it('not even a connection is made', async () => {
    const { send, connections } = await setup(() => 0);
    await expect(send(POST)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(connections()).toBe(0);
  });

  it('nothing leaves on a kept connection, either', async () => {
    let asked = 0;
    // Good when the request begins, over when its socket is there.
    const { send, requests } = await setup(() => (asked++ % 2 === 0 ? Number.POSITIVE_INFINITY : 0));
    await send(GET);
    await expect(send(POST)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect([asked, requests.length]).toEqual([2, 1]);
  });

  it('a lease that was renewed meanwhile counts', async () => {
    let until = 0;
    const { send, requests } = await setup(() => until);
    await send(POST).catch(() => undefined);
    until = performance.now() + 60_000;
    await send(POST);
    expect(requests).toHaveLength(1);
  });
});
