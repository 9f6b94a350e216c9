/** When an order that may have arrived is looked for: no sooner than the ERP would show it, whoever looks, whatever his clock says. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { template } from '../../connectors/_template/index.ts';
import type { AnyConnector } from '../../src/connector/contract.ts';
import type { OrderTarget } from '../../src/connector/orders.ts';
import type { HandoffContext } from '../../src/orders/order-context.ts';
import { relayHandoffs } from '../../src/orders/relay.ts';
import { type HandoffSetup, setupHandoff } from '../flows/handoff-setup.ts';
import { waitFor } from '../support/wait.ts';

const LAG_MS = 600_000;

let setup: HandoffSetup;
beforeEach(async () => {
  setup = await setupHandoff();
});
afterEach(async () => {
  await setup.erp.close();
});

/** A worker for which the ERP shows an order only ten minutes after it was made. */
function patient(name: string, change: Partial<OrderTarget<never>> = {}, aheadMs = 0): HandoffContext {
  const { orders } = template;
  if (!orders) throw new Error('the template takes orders');
  const connector = { ...template, orders: { ...orders, traits: { ...orders.traits, lookupLagMs: LAG_MS }, ...change } } as AnyConnector;
  return setup.worker(name, { connectors: [connector], now: () => new Date(setup.clock.now.getTime() + aheadMs) });
}

/** Its clock is an hour ahead. */
const hasty = () => patient('hasty', {}, 3_600_000);

describe('an order that may be there', () => {
  it('is not looked for before it can be seen, by a worker whose clock is ahead', async () => {
    const { handoffId, externalKey } = await setup.release('W-1');
    setup.erp.accidents.next('answer-lost', { on: 'write' });
    expect(await setup.push(handoffId, patient('one'))).toMatchObject({ state: 'unknown' });
    expect(await setup.push(handoffId, hasty())).toEqual({ outcome: 'nothing' });
    expect((await relayHandoffs(hasty())).due).toEqual([]);
    expect(setup.there(externalKey)).toHaveLength(1);
  });

  it.each(['unavailable', 'not-json', 'request-lost'] as const)(
    'is one whose making was answered well, when the look after it met %s',
    async (accident) => {
      const { handoffId, externalKey } = await setup.release('W-1');
      // A log-in and two places are asked before, and each is asked three times.
      setup.erp.accidents.next(accident, { on: 'read', after: 3, times: 3 });
      expect(await setup.push(handoffId, patient('one'))).toMatchObject({ state: 'unknown' });
      expect(setup.there(externalKey)).toHaveLength(1);
      expect(await setup.push(handoffId, hasty())).toEqual({ outcome: 'nothing' });
    },
  );

  it('is one whose making was answered well, when a further step was refused for the moment', async () => {
    const { handoffId, externalKey } = await setup.release('W-1');
    setup.erp.accidents.next('error-inside', { on: ({ path }) => path.endsWith('/confirm') });
    expect(await setup.push(handoffId, patient('one'))).toMatchObject({ state: 'unknown' });
    expect(setup.there(externalKey)).toHaveLength(1);
    expect(await setup.push(handoffId, hasty())).toEqual({ outcome: 'nothing' });
  });

  it('is one whose making met a defect of ours', async () => {
    const { handoffId } = await setup.release('W-1');
    const broken = patient('one', {
      create: async () => {
        throw new TypeError('broken');
      },
    });
    expect(await setup.push(handoffId, broken)).toMatchObject({ state: 'unknown', code: 'INTERNAL' });
    expect(await setup.push(handoffId, hasty())).toEqual({ outcome: 'nothing' });
  });

  it('is not one that the ERP did not take for certain: that goes on at once', async () => {
    const { handoffId, externalKey } = await setup.release('W-1');
    setup.erp.accidents.next('error-inside', { on: 'write' });
    expect(await setup.push(handoffId, patient('one'))).toMatchObject({ state: 'pending' });
    const next = await waitFor(async () => {
      const pushed = await setup.push(handoffId, patient('two', {}, 60_000));
      return pushed.outcome !== 'nothing' && pushed;
    });
    expect(next).toMatchObject({ state: 'accepted' });
    expect(setup.there(externalKey)).toHaveLength(1);
  });
});
