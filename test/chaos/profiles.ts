/** Customers as a pull leaves them, and their released orders. */
import { DEFAULT_ORDERS } from '../../src/config/orders-schema.ts';
import type { Settings } from '../../src/config/settings.ts';
import { materialHash, totalOf } from '../../src/domain/orders/material.ts';
import type { OrderContent } from '../../src/domain/orders/order.ts';
import { releaseOrder } from '../../src/orders/release.ts';
import type { Database } from '../../src/store/database.ts';
import { insertOrder, loadRevision } from '../../src/store/orders/orders.ts';
import { externalIdOf, PRODUCT, UNKNOWN_PRODUCT } from './erp-kinds.ts';
import { ACCOUNTS, BLOCKED, type PlannedOrder } from './scenario.ts';

const PRICE = '12.50';
const FIRST_ACCOUNT = 1_000;
const BUYER = '2000';

export async function makeProfiles(db: Database): Promise<void> {
  await db.raw("insert into sources (connection, entity) values ('crm', 'account'), ('crm', 'price')");
  for (let place = 0; place < ACCOUNTS; place++) {
    const status = place === BLOCKED ? 'blocked' : 'active';
    await db.raw(
      `insert into accounts (id, number, name, status, currency, created_at, updated_at) values (?, ?, ?, ?, 'EUR', now(), now())`,
      [FIRST_ACCOUNT + place, `C-${place}`, `Customer ${place}`, status],
    );
    await link(db, 'account', externalIdOf(place), FIRST_ACCOUNT + place);
  }
  await db.raw(`insert into contacts (id, account_id, name, created_at, updated_at) values (?, ?, 'Greta Brandt', now(), now())`, [
    BUYER,
    FIRST_ACCOUNT,
  ]);
  for (const [place, product] of [PRODUCT, UNKNOWN_PRODUCT].entries()) {
    await db.raw(`insert into prices (id, product, unit_price, currency, created_at, updated_at) values (?, ?, ?, 'EUR', now(), now())`, [
      3_000 + place,
      product,
      PRICE,
    ]);
    await link(db, 'price', product, 3_000 + place);
  }
}

async function link(db: Database, entity: string, externalId: string, localId: number): Promise<void> {
  await db.raw(
    `insert into links (source_id, key, external_id, local_id, first_seen_at)
     select id, lower(?::text), ?, ?, now() from sources where connection = 'crm' and entity = ?`,
    [externalId, externalId, localId, entity],
  );
}

export interface Released {
  readonly handoffId: string;
  readonly externalKey: string;
}

/** Of an order that was released before, by a call whose answer was lost, answers the same. */
export async function releasePlanned(
  db: Database,
  settings: Settings,
  reference: string,
  { account, product, quantity }: PlannedOrder,
  beforeCommit: (handoffId: string) => Promise<void>,
): Promise<Released> {
  const accountId = String(FIRST_ACCOUNT + account);
  const content = contentOf(accountId, product === 'known' ? PRODUCT : UNKNOWN_PRODUCT, quantity);
  const hash = materialHash(content);
  return db.transaction(async (trx) => {
    const now = new Date();
    const order = await insertOrder(
      trx,
      {
        origin: 'chaos',
        reference,
        keyPrefix: DEFAULT_ORDERS.keyPrefix,
        submittedDigest: hash,
        accountId,
        companyId: accountId,
        orderedById: BUYER,
        onBehalfOfId: null,
        content,
        materialHash: hash,
        total: totalOf(content),
      },
      now,
    );
    if (!order) {
      const { rows } = await trx.raw(
        `select h.id as "handoffId", h.external_key as "externalKey" from handoffs h join orders o on o.id = h.order_id where o.reference = ?`,
        [reference],
      );
      return rows[0];
    }
    const { handoffId } = await releaseOrder(trx, settings, order, await loadRevision(trx, order.id), 'rules', now);
    await beforeCommit(handoffId);
    return { handoffId, externalKey: order.externalKey };
  });
}

function contentOf(soldTo: string, product: string, quantity: number): OrderContent {
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
        product,
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
