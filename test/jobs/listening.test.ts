import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectPostgres } from '../../src/queue/postgres-connection.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait.ts';

/** AuthenticationOk and Terminate. */
const LET_IN = Buffer.from('R\0\0\0\x08\0\0\0\0');
const GOODBYE = Buffer.from('X\0\0\0\x04');

/** What befalls a connection: let in and ended in one packet, or ended when it says goodbye. Both happen when a server restarts. */
type Fate = 'ended at once' | 'ended last';

/** A way to PostgreSQL whose next connection has the fate that was named last. */
async function openWay({ db, url }: TestDatabase) {
  const { hostname, port } = new URL(url);
  let next: Fate | undefined;
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
    lead(near, far, next);
    next = undefined;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  function lead(near: Socket, far: Socket, fate: Fate | undefined): void {
    let said = Buffer.alloc(0);
    let held: Buffer | undefined;
    const end = async () => {
      await db.raw('select pg_terminate_backend(?)', [keyOf(said) ?? 0]);
    };
    far.on('data', (chunk: Buffer) => {
      said = Buffer.concat([said, chunk]);
      if (held || (fate === 'ended at once' && chunk.includes(LET_IN))) {
        if (!held) void waitFor(() => keyOf(said)).then(end);
        held = Buffer.concat([held ?? Buffer.alloc(0), chunk]);
      } else near.write(chunk);
    });
    near.on('data', (chunk: Buffer) => {
      if (fate === 'ended last' && chunk.equals(GOODBYE)) void end();
      else far.write(chunk);
    });
    far.on('end', () => near.end(held ?? ''));
    near.on('close', () => far.destroy());
  }

  const way = new URL(url);
  const address = server.address();
  way.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: way.href,
    fateOfNext(fate: Fate): void {
      next = fate;
    },
  };
}

/** The process of BackendKeyData, once ReadyForQuery has come, too: messages are a letter, a length that counts itself, a body. */
function keyOf(said: Buffer): number | undefined {
  let pid: number | undefined;
  for (let at = 0; at + 5 <= said.length; at += 1 + said.readInt32BE(at + 1)) {
    const kind = String.fromCharCode(said[at] ?? 0);
    if (kind === 'K') pid = said.readInt32BE(at + 5);
    if (kind === 'Z') return pid;
  }
  return undefined;
}

async function openConnection() {
  const way = await openWay(await createTestDatabase());
  const { connection } = connectPostgres({ url: way.url }, 30_000, 2);
  onTestFinished(() => connection.close());
  await connection.waitUntilReady();
  return { way, connection };
}

describe('a listening connection that the server ends', () => {
  it('in the packet that lets it in is made anew', async () => {
    const { way, connection } = await openConnection();
    way.fateOfNext('ended at once');
    await expect(connection.getListenClient()).rejects.toThrow(/terminating connection due to administrator command/);

    const client = await connection.getListenClient();
    expect(await client.query('select 1 as one')).toMatchObject({ rows: [{ one: 1 }] });
  });

  it('while it says goodbye is closed', async () => {
    const { way, connection } = await openConnection();
    way.fateOfNext('ended last');
    const client = await connection.getListenClient();
    await connection.close();
    await expect(client.query('select 1')).rejects.toThrow();
  });
});
