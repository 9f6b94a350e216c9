/** Orders that meet rules, without what comes before and after. */
import type { z } from 'zod';
import type { RouteVerdict } from '../../src/approvals/route.ts';
import { routeRevision } from '../../src/approvals/route.ts';
import type { Trace } from '../../src/approvals/trace.ts';
import { materialHash, totalOf } from '../../src/domain/orders/material.ts';
import type { OrderContent, OrderContentLine } from '../../src/domain/orders/order.ts';
import type { policySchema } from '../../src/domain/policy/schema.ts';
import { loadEvaluations } from '../../src/store/approvals/evaluations.ts';
import { loadHolders } from '../../src/store/approvals/holders.ts';
import { insertPolicy } from '../../src/store/approvals/policies.ts';
import { loadSteps } from '../../src/store/approvals/steps.ts';
import { insertOrder, insertRevision, loadOrder, loadRevision, moveOrder } from '../../src/store/orders/orders.ts';
import { type OrdersSetup, setupOrders } from './order-setup.ts';

export type Written = z.input<typeof policySchema>;

export interface PlacedOrder {
  readonly by?: string;
  readonly account?: string;
  /** Of one line, in EUR unless told otherwise. */
  readonly euros?: number;
  readonly content?: Partial<OrderContent>;
  readonly line?: Partial<OrderContentLine>;
  readonly onBehalfOf?: string;
}

export interface Placed {
  readonly id: string;
  readonly verdict: RouteVerdict;
}

export interface RulesSetup extends OrdersSetup {
  put(account: string, written: Written & Record<string, unknown>, draft?: boolean): Promise<number>;
  /** Greta (P-1) of Nord orders, if nobody else is named. Released when the rules say so. */
  place(order: PlacedOrder, beforeCommit?: () => Promise<unknown>): Promise<Placed>;
  revise(id: string, order: PlacedOrder): Promise<RouteVerdict>;
  move(id: string, state: 'declined' | 'released'): Promise<void>;
  /** Newest. */
  trace(id: string): Promise<Trace>;
  /** `stage name: state, holders by external id` of the newest revision. */
  steps(id: string): Promise<string[]>;
}

export async function setupRules(now?: string): Promise<RulesSetup> {
  const setup = await setupOrders(now === undefined ? {} : { now });
  const { db, clock, settings } = setup;
  let count = 0;

  function contentOf({ account = 'A-2', euros = 100, content, line }: PlacedOrder): OrderContent {
    const amount = Math.round(euros * 100);
    const one = { reference: '10', product: '4711', productName: null, quantity: '1', unit: null, unitPrice: String(euros), amount };
    return {
      soldTo: setup.id(account),
      shipTo: setup.id('D-1'),
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
      lines: [{ ...one, category: null, supplier: null, text: null, ...line }],
      ...content,
    };
  }

  const finish = (id: string, verdict: RouteVerdict) =>
    db.transaction(async (trx) => {
      if (verdict.verdict === 'release') await moveOrder(trx, { id }, 'released', { now: clock.now, approvedBy: verdict.approvedBy });
      if (verdict.verdict === 'rejected') await moveOrder(trx, { id }, 'rejected_by_system', { now: clock.now });
    });

  return {
    ...setup,
    put: (account, document, draft = false) =>
      db.transaction((trx) => insertPolicy(trx, { accountId: setup.id(account), by: 'test', reason: null, document, draft }, clock.now)),
    async place(order, beforeCommit = async () => undefined) {
      count += 1;
      const reference = `R-${count}`;
      const content = contentOf(order);
      const { by = 'P-1', account = 'A-2', onBehalfOf } = order;
      const placed = await db.transaction(async (trx) => {
        const inserted = await insertOrder(
          trx,
          {
            origin: 'test',
            reference,
            keyPrefix: 'KO-',
            submittedDigest: reference,
            accountId: setup.id(account),
            companyId: setup.id(account === 'B-1' ? 'B-1' : 'A-1'),
            orderedById: setup.id(by),
            onBehalfOfId: onBehalfOf === undefined ? null : setup.id(onBehalfOf),
            content,
            materialHash: materialHash(content),
            total: totalOf(content),
          },
          clock.now,
        );
        if (!inserted) throw new Error(`order ${reference} is there already`);
        const verdict = await routeRevision(trx, settings, inserted, await loadRevision(trx, inserted.id), clock.now);
        await beforeCommit();
        return { id: inserted.id, verdict };
      });
      await finish(placed.id, placed.verdict);
      return placed;
    },
    async revise(id, order) {
      const content = contentOf(order);
      const verdict = await db.transaction(async (trx) => {
        const before = await loadRevision(trx, id);
        const revision = { orderId: id, n: before.n + 1, content, materialHash: materialHash(content), total: totalOf(content) };
        await insertRevision(trx, { ...revision, editedById: null, reason: null }, clock.now);
        const current = await loadOrder(trx, id);
        if (!current) throw new Error(`order ${id} is gone`);
        return routeRevision(trx, settings, current, await loadRevision(trx, id), clock.now);
      });
      await finish(id, verdict);
      return verdict;
    },
    move: (id, state) => db.transaction((trx) => moveOrder(trx, { id }, state, { now: clock.now, approvedBy: 'people' })),
    trace: async (id) => (await loadEvaluations(db, id))[0]?.trace as Trace,
    async steps(id) {
      const { n } = await loadRevision(db, id);
      const told = (await loadSteps(db, id, n)).map(async ({ id: stepId, name, state }) => {
        const holders = (await loadHolders(db, stepId)).map(
          ({ personId, forPersonId }) => nameOf(personId) + (forPersonId ? ` for ${nameOf(forPersonId)}` : ''),
        );
        return `${name}: ${[state, ...holders].join(', ')}`;
      });
      return Promise.all(told);
    },
  };

  function nameOf(id: string): string {
    return ['P-1', 'P-2', 'P-3', 'P-4', 'P-5', 'P-9'].find((name) => setup.id(name) === id) ?? id;
  }
}
