/** One pool and one listening connection for all queues of a process: BullMQ alone would open a pool for each. */
import { EventEmitter } from 'node:events';
import { type BackendFactory, PostgresConnection, type PostgresConnectionOptions, PostgresQueueBackend } from 'bullmq';
import pg from 'pg';

const DEFAULT_SCHEMA = 'kontor_queue';

/** BullMQ hears errors of its listening connection from when `connect` has resolved until it closes. A server that ends the connection in
 * the packet that lets it in, or while it says goodbye, would end the process. */
class ListenClient extends pg.Client {
  lost: Error | undefined;

  constructor(config: pg.ClientConfig) {
    super(config);
    this.hear();
  }

  override removeAllListeners(event?: string | symbol): this {
    super.removeAllListeners(event);
    if (this.listenerCount('error') === 0) this.hear();
    return this;
  }

  private hear(): void {
    this.on('error', (error: Error) => {
      this.lost ??= error;
    });
  }
}

class SharedConnection extends PostgresConnection {
  constructor(options: PostgresConnectionOptions) {
    super(options);
    Object.assign(this, { pgModule: { Client: ListenClient } });
  }

  /** Throws what ended the connection before BullMQ heard of it; the next call makes another. */
  override async getListenClient(): ReturnType<PostgresConnection['getListenClient']> {
    const client = await super.getListenClient();
    // Every waiting worker listens here; Node would take more than ten for a leak.
    if (client instanceof EventEmitter) client.setMaxListeners(0);
    if (client instanceof ListenClient && client.lost) {
      client.emit('error', client.lost);
      throw client.lost;
    }
    return client;
  }
}

/** Closing one queue must not take the connection from the others; whoever opened it closes it. */
class SharedBackend extends PostgresQueueBackend {
  override async close(): Promise<void> {}
  override async disconnect(): Promise<void> {}
}

export const createSharedBackend: BackendFactory<PostgresQueueBackend, PostgresConnection> = (name, options) =>
  new SharedBackend(options.connection, name, { ...options, connection: options.connection.pool }, true);

export function connectPostgres(access: { url: string; schema?: string }, connectTimeoutMs: number, poolSize: number) {
  const connection = new SharedConnection({
    connectionString: access.url,
    schema: access.schema ?? DEFAULT_SCHEMA,
    // BullMQ keeps its own tables, under its own advisory lock: several processes may start at once.
    migrate: true,
    application_name: 'kontor-queue',
    // A crash of the server may lose the last moments of the queue, which slots and relays make good; waiting for the
    // disk at every step of every job would cost half the throughput.
    options: '-c synchronous_commit=off',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    max: poolSize,
  });
  connection.setMaxListeners(0);
  // Each queue and worker reports the error it meets; the idle connection's own needs only not to crash us.
  connection.on('error', () => undefined);
  // pg listens to idle connections only; one cut while it is lent, between two of its queries, would end the process.
  connection.pool.on('connect', (client) => client.on('error', () => undefined));
  return { connection, place: describe(access.url) };
}

function describe(url: string): string {
  if (!URL.canParse(url)) return 'PostgreSQL';
  const { hostname, port, pathname } = new URL(url);
  return `PostgreSQL ${hostname || 'localhost'}:${port || 5432}${pathname}`;
}
