/** A storefront at the HTTP interface: its key, its orders, and the rule that asks about some of them. */
import { insertPolicy } from '../../src/store/approvals/policies.ts';
import { type Answer, type HttpChange, type HttpSetup, setupHttp } from './http-setup.ts';

export const ORDER = { reference: 'R-1', account: 'A-2', orderedBy: 'P-1', lines: [{ product: '4711', quantity: '4' }] };

export interface Shop extends HttpSetup {
  secret: string;
  submit(given?: object, key?: string): Promise<Answer>;
  get(path: string, key?: string): Promise<Answer>;
  post(path: string, body: unknown, key?: string): Promise<Answer>;
  put(path: string, body: unknown, key?: string): Promise<Answer>;
}

/** `asks`: orders above 10 EUR wait for the superior of whoever ordered: Jens (P-2), for Greta (P-1). */
export async function openShop({
  asks = false,
  stages,
  ...change
}: HttpChange & { asks?: boolean; stages?: object[] } = {}): Promise<Shop> {
  const setup = await setupHttp({ ...change, orders: { target: 'erp', ...change.orders } });
  const { ask, db, id, clock } = setup;
  if (asks || stages) {
    const when = { orderTotal: { gt: 10, currency: 'EUR' } };
    const rules = [{ name: 'ask', effect: 'require', when, stages: stages ?? [{ name: 'superior', approvers: [{ superior: 1 }] }] }];
    const document = { mode: 'own', rules };
    await db.transaction((trx) => insertPolicy(trx, { accountId: id('A-1'), by: 'test', reason: null, document, draft: false }, clock.now));
  }
  const secret = await setup.key('shop');
  return {
    ...setup,
    secret,
    submit: (given = {}, key = secret) => ask('POST', '/v1/orders', { key, body: { ...ORDER, ...given } }),
    get: (path, key = secret) => ask('GET', path, { key }),
    post: (path, body, key = secret) => ask('POST', path, { key, body }),
    put: (path, body, key = secret) => ask('PUT', path, { key, body }),
  };
}
