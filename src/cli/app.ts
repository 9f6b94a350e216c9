/** What the commands share: settings read once, the database opened on demand and closed on every way out. */
import { loadSettings } from '../config/load-settings.ts';
import { SecretValues } from '../config/secrets.ts';
import type { Settings } from '../config/settings.ts';
import type { AnyConnector } from '../connector/contract.ts';
import type { Border } from '../connector/http/border.ts';
import { memoryBorder } from '../connector/http/memory-border.ts';
import { NeedsOperatorError } from '../errors.ts';
import type { Backend } from '../queue/backend.ts';
import { databaseBorder } from '../store/border.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { openEmbedded } from '../store/embedded/open-embedded.ts';
import { migrate, migrationStatus } from '../store/migrate.ts';
import { Output, type OutputOptions, type Streams } from './output.ts';

export interface Surroundings extends Streams {
  readonly cwd: string;
  readonly connectors: readonly AnyConnector[];
}

export interface Store {
  readonly db: Database;
  readonly url: string;
}

export class App {
  readonly surroundings: Surroundings;
  readonly secrets = new SecretValues();
  /** Set by a command that did its work but found something amiss. */
  exitCode = 0;
  out: Output;
  /** Aborts at the first SIGINT or SIGTERM. A command that obeys it sets `stopsItself`. */
  readonly interruption = new AbortController();
  stopsItself = false;
  #configFile: string | undefined;
  #store: Promise<Store> | undefined;
  #border: Border | undefined;
  readonly #closers: Array<() => Promise<unknown>> = [];

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
    this.out = this.#output({ json: false, debug: false, color: true });
  }

  /** The global options, as soon as they are known. */
  configure(options: OutputOptions & { config?: string | undefined }): void {
    this.#configFile = options.config;
    this.out = this.#output(options);
  }

  get configFile(): string | undefined {
    return this.#configFile;
  }

  /** With the connections whose systems the command speaks to; the others' secrets are not asked for. */
  async settings(connections: 'all' | readonly string[]): Promise<Settings> {
    const { env, cwd, connectors } = this.surroundings;
    return loadSettings({ file: this.#configFile, env, cwd, connectors, secrets: this.secrets, connections });
  }

  /** The database, proved and in shape. An embedded one is migrated here, that of DATABASE_URL only by `kontor migrate`. */
  async store(settings: Settings): Promise<Store> {
    this.#store ??= this.openStore(settings).then(async (store) => {
      if (!('url' in settings.database)) await migrate(store.db);
      else await refuseOldSchema(store.db);
      return store;
    });
    return this.#store;
  }

  /** As it is, for `migrate` and `health`. */
  async openStore({ database, worker }: Settings): Promise<Store> {
    let url: string;
    if ('url' in database) url = database.url;
    else {
      const embedded = await openEmbedded(database.embeddedFolder);
      this.onClose(() => embedded.close());
      url = embedded.url;
      this.secrets.remember(new URL(url).password);
    }
    // A pull holds up to four connections: its batches, its lease, its reading, the gate of its system.
    const db = await openDatabase(url, { poolSize: Math.max(10, 4 * worker.concurrency) });
    this.onClose(() => db.destroy());
    return { db, url };
  }

  /** For commands that make a few requests: the database is opened only if a token must be kept there. */
  border(settings: Settings): Border {
    const vault = async () => databaseBorder((await this.store(settings)).db).vault;
    this.#border ??= {
      gates: memoryBorder().gates,
      vault: {
        exchange: async (name, sealedWith, renew) => (await vault()).exchange(name, sealedWith, renew),
        look: async (name, sealedWith) => (await vault()).look(name, sealedWith),
      },
    };
    return this.#border;
  }

  async queueBackend(settings: Settings, { url }: Store): Promise<Backend> {
    // The library of queues is the largest of all, and most commands need no queue.
    const { openBackend } = await import('../queue/backend.ts');
    const backend = await openBackend(settings.redis ? { kind: 'redis', redis: settings.redis } : { kind: 'postgres', url });
    this.onClose(() => backend.close());
    return backend;
  }

  onClose(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }

  /** Last opened, first closed. One that fails does not keep the others open. */
  async close(): Promise<void> {
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) await close().catch(() => undefined);
  }

  #output(options: OutputOptions): Output {
    return new Output(this.surroundings, options, this.secrets);
  }
}

async function refuseOldSchema(db: Database): Promise<void> {
  const { pending, unknown } = await migrationStatus(db);
  if (unknown.length > 0) await migrate(db);
  if (pending.length === 0) return;
  const what = pending.length === 1 ? 'a migration' : `${pending.length} migrations`;
  throw new NeedsOperatorError('DATABASE_UNSUITABLE', `the database lacks ${what} of this version; run \`kontor migrate\``);
}
