/** Customers with a price, released orders of theirs, the ERP they go to, and the two workers that carry them there. */
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DEFAULT_APPROVALS } from '../src/config/approvals-schema.ts';
import { DEFAULT_MAIL } from '../src/config/mail-schema.ts';
import { DEFAULT_HTTP, DEFAULT_ORDERS } from '../src/config/orders-schema.ts';
import type { Settings } from '../src/config/settings.ts';
import { materialHash, totalOf } from '../src/domain/orders/material.ts';
import type { OrderContent } from '../src/domain/orders/order.ts';
import { releaseOrder } from '../src/orders/release.ts';
import type { QueueAccess } from '../src/queue/backend.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { insertOrders } from '../src/store/orders/insert-orders.ts';
import { liveWorkers } from '../src/store/workers.ts';
import { Scene } from './scene.ts';

const KONTOR = fileURLToPath(new URL('../src/main.js', import.meta.url));
const run = promisify(execFile);

export interface Arrivals {
  /** Reference -> microseconds of the monotonic clock. */
  readonly at: Record<string, number>;
  readonly taken: number;
  readonly doubled: number;
}

/** The clock that the ERP tells arrivals by. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

export class InstantErp {
  readonly url: string;
  readonly #server: ChildProcess;

  private constructor(server: ChildProcess, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async open(): Promise<InstantErp> {
    const server = fork(fileURLToPath(new URL('./instant-erp.js', import.meta.url)));
    const [{ port }] = await once(server, 'message');
    return new InstantErp(server, port);
  }

  async reset(): Promise<void> {
    const heard = once(this.#server, 'message');
    this.#server.send({ reset: true });
    await heard;
  }

  /** Answers once so many orders were taken. */
  async until(count: number): Promise<Arrivals> {
    const heard = once(this.#server, 'message');
    this.#server.send({ until: count });
    return (await heard)[0];
  }

  close(): void {
    this.#server.disconnect();
  }
}

export interface Released {
  readonly handoffId: string;
  readonly reference: string;
  /** As the ERP is sent it. */
  readonly body: object;
}

export class OrdersScene {
  readonly db: Database;
  readonly #accounts: number;
  readonly #env: NodeJS.ProcessEnv;
  readonly #folder: string;
  #released = 0;

  private constructor(db: Database, accounts: number, env: NodeJS.ProcessEnv, folder: string) {
    this.db = db;
    this.#accounts = accounts;
    this.#env = env;
    this.#folder = folder;
  }

  /** `queueOn` names the Redis; `null` leaves the queue to PostgreSQL. */
  static async open(
    adminUrl: string,
    { name, parent, erpUrl, redisUrl, accounts, concurrency }: OpenOptions,
  ): Promise<{ scene: OrdersScene; access: QueueAccess }> {
    const url = await Scene.freshDatabase(adminUrl, name);
    const folder = path.join(parent, name);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'kontor.yaml'), configFor(erpUrl));
    const env: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      DATABASE_URL: url,
      KONTOR_LOG_LEVEL: 'warn',
      KONTOR_CONCURRENCY: String(concurrency),
      ...(redisUrl && { REDIS_URL: redisUrl, KONTOR_REDIS_PREFIX: 'kontor-bench' }),
    };
    await run(process.execPath, [KONTOR, 'migrate'], { cwd: folder, env });
    const db = await openDatabase(url, { poolSize: 4 });
    await makeCustomers(db, accounts);
    const access: QueueAccess = redisUrl
      ? { kind: 'redis', redis: { url: redisUrl, cluster: false, prefix: 'kontor-bench' } }
      : { kind: 'postgres', url };
    return { scene: new OrdersScene(db, accounts, env, folder), access };
  }

  async startWorker(): Promise<{ pid: number; stop(): Promise<void> }> {
    const worker = spawn(process.execPath, [...(process.env.BENCH_NODE_ARGS?.split(' ') ?? []), KONTOR, 'worker'], {
      cwd: this.#folder,
      env: this.#env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    while ((await liveWorkers(this.db)).length === 0) await sleep(20);
    const stop = async () => {
      worker.kill('SIGTERM');
      if (worker.exitCode === null) await once(worker, 'exit');
    };
    return { pid: worker.pid ?? 0, stop };
  }

  /** One after the other over all accounts, approved by rules. */
  async release(count: number): Promise<Released[]> {
    const now = new Date();
    const orders = Array.from({ length: count }, () => this.#newOrder());
    return this.db.transaction(async (trx) => {
      const inserted = await insertOrders(trx, orders, now);
      const released: Released[] = [];
      for (const { order, revision } of inserted.values()) {
        const { handoffId } = await releaseOrder(trx, SETTINGS, order, revision, 'rules', now);
        released.push({ handoffId, reference: order.externalKey, body: bodyOf(order.externalKey, revision.content) });
      }
      return released;
    });
  }

  #newOrder() {
    const n = this.#released++;
    const accountId = String(FIRST_ACCOUNT + (n % this.#accounts));
    const content = contentOf(accountId, 1 + (n % 9));
    const hash = materialHash(content);
    return {
      origin: 'bench',
      reference: `B-${n}`,
      keyPrefix: DEFAULT_ORDERS.keyPrefix,
      submittedDigest: hash,
      accountId,
      companyId: accountId,
      orderedById: BUYER,
      onBehalfOfId: null,
      content,
      materialHash: hash,
      total: totalOf(content),
    };
  }

  async accepted(): Promise<number> {
    const { rows } = await this.db.raw(`select count(*)::int as n from handoffs where state = 'accepted'`);
    return rows[0].n;
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }
}

interface OpenOptions {
  readonly name: string;
  readonly parent: string;
  readonly erpUrl: string;
  readonly redisUrl: string | null;
  readonly accounts: number;
  readonly concurrency: number;
}

const FIRST_ACCOUNT = 1_000;
const BUYER = '900';
const PRICE = '12.50';
const PRODUCT = '4711';

const SETTINGS: Settings = {
  file: null,
  baseFolder: '.',
  database: { url: '' },
  redis: null,
  worker: { concurrency: 1, drainMs: 1 },
  log: { level: 'silent' },
  connections: new Map(),
  orders: { ...DEFAULT_ORDERS, target: 'erp' },
  approvals: DEFAULT_APPROVALS,
  mail: DEFAULT_MAIL,
  http: DEFAULT_HTTP,
};

function configFor(url: string): string {
  return `
orders: { target: erp }
connections:
  erp:
    connector: rest
    settings:
      url: '${url}'
      orders:
        create:
          path: /orders
          body: { reference: $reference, customer: $soldTo, currency: $currency, lines: { $each: lines, item: $product, quantity: $quantity, price: $unitPrice } }
          number: number
        find: [{ path: '/orders?references={references}', orders: items }]
        fields: { reference: reference, soldTo: customer, currency: currency, lines: lines, product: item, quantity: quantity, unitPrice: price }
    entities: { account: { read: { path: customers, id: id, paging: { by: none } }, mapping: { externalId: id, name: name } } }
`;
}

function bodyOf(reference: string, { soldTo, currency, lines }: OrderContent): object {
  const sent = lines.map(({ product, quantity, unitPrice }) => ({ item: product, quantity, price: unitPrice }));
  return { reference, customer: `C-${soldTo}`, currency, lines: sent };
}

async function makeCustomers(db: Database, accounts: number): Promise<void> {
  await db.raw("insert into sources (connection, entity) values ('erp', 'account'), ('erp', 'price')");
  await db.raw(
    `insert into accounts (id, number, name, status, currency, created_at, updated_at)
     select n, 'C-' || n, 'Customer ' || n, 'active', 'EUR', now(), now() from generate_series(:from::int, :to::int) n`,
    { from: FIRST_ACCOUNT, to: FIRST_ACCOUNT + accounts - 1 },
  );
  await db.raw(`insert into contacts (id, account_id, name, created_at, updated_at) values (?, ?, 'Greta Brandt', now(), now())`, [
    BUYER,
    FIRST_ACCOUNT,
  ]);
  await db.raw(`insert into prices (id, product, unit_price, currency, created_at, updated_at) values (1, ?, ?, 'EUR', now(), now())`, [
    PRODUCT,
    PRICE,
  ]);
  await db.raw(
    `insert into links (source_id, key, external_id, local_id, first_seen_at)
     select s.id, 'c-' || a.id, 'C-' || a.id, a.id, now() from sources s, accounts a where s.entity = 'account'
     union all select s.id, '4711', '4711', 1, now() from sources s where s.entity = 'price'`,
  );
  await db.raw('analyze');
}

function contentOf(soldTo: string, quantity: number): OrderContent {
  return {
    soldTo,
    shipTo: null,
    billTo: null,
    currency: 'EUR',
    orderedOn: '2026-11-23',
    requestedDeliveryOn: null,
    purchaseOrderNumber: null,
    costCentre: null,
    paymentTerms: null,
    paymentMethod: null,
    note: null,
    shippingCost: 0,
    lines: [
      {
        reference: '1',
        product: PRODUCT,
        productName: null,
        quantity: String(quantity),
        unit: null,
        unitPrice: PRICE,
        amount: quantity * 1_250,
        category: null,
        supplier: null,
        text: null,
      },
    ],
  };
}
