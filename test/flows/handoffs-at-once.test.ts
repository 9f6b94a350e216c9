/** Many hand-offs at once share their statements; each comes out as if it had been alone. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimHandoff, settleClaim } from '../../src/store/orders/push-claims.ts';
import { type HandoffSetup, setupHandoff } from './handoff-setup.ts';

let setup: HandoffSetup;
beforeEach(async () => {
  setup = await setupHandoff();
});
afterEach(async () => {
  await setup.erp.close();
});

const asking = (holder: string) => ({ holder, ttlMs: 60_000, now: setup.clock.now });
const ACCEPTED = {
  state: 'accepted',
  outcome: 'created',
  code: null,
  reason: null,
  notBefore: null,
  failed: false,
  mayBeThereSince: null,
} as const;

describe('hand-offs that come at once', () => {
  it('go to their ERP, each once and those of one account in turn', async () => {
    const released = [];
    for (const [place, account] of ['A-1', 'A-2', 'A-3', 'A-1', 'A-3'].entries()) {
      released.push(await setup.release(`W-${place}`, { account }));
    }
    const first = await Promise.all(released.map(({ handoffId }) => setup.push(handoffId)));
    expect(first.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'created', 'nothing', 'nothing']);
    expect([first[0]?.next, first[1]?.next, first[2]?.next]).toEqual([released[3]?.handoffId, null, released[4]?.handoffId]);
    await Promise.all(released.map(({ handoffId }) => setup.push(handoffId)));
    for (const { externalKey } of released) expect(setup.there(externalKey)).toHaveLength(1);
  });

  it('are given to one of those who ask for the same', async () => {
    const { handoffId } = await setup.release('W-1');
    const claims = await Promise.all(['one', 'two', 'two', 'three'].map((holder) => claimHandoff(setup.db, handoffId, asking(holder))));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    expect(await setup.handoff(handoffId)).toMatchObject({ state: 'sending', attempts: 1 });
  });

  it('are settled by their own fence only', async () => {
    const [a, b] = [await setup.release('W-1', { account: 'A-1' }), await setup.release('W-2', { account: 'A-3' })];
    const claims = await Promise.all([a, b].map(({ handoffId }) => claimHandoff(setup.db, handoffId, asking('one'))));
    if (!claims[0] || !claims[1]) throw new Error('both can be claimed');
    const stale = { ...claims[0], fence: '0' };
    const told = await Promise.all([stale, claims[1], claims[0]].map((claim) => settleClaim(setup.db, claim, ACCEPTED, setup.clock.now)));
    expect(told).toEqual([null, { next: null }, { next: null }]);
    expect(await setup.handoff(a.handoffId)).toMatchObject({ state: 'accepted', attempts: 1 });
  });

  it('do not suffer for one among them that cannot be written', async () => {
    const [a, b] = [await setup.release('W-1', { account: 'A-1' }), await setup.release('W-2', { account: 'A-3' })];
    const claims = await Promise.all([a, b].map(({ handoffId }) => claimHandoff(setup.db, handoffId, asking('one'))));
    if (!claims[0] || !claims[1]) throw new Error('both can be claimed');
    const unwritable = { ...ACCEPTED, reason: 'a byte that PostgreSQL keeps in no text: \u0000' };
    const told = await Promise.allSettled([
      settleClaim(setup.db, claims[0], unwritable, setup.clock.now),
      settleClaim(setup.db, claims[1], ACCEPTED, setup.clock.now),
    ]);
    expect(told.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await setup.handoff(b.handoffId)).toMatchObject({ state: 'accepted' });
  });

  it('are left to a person when the ERP gives one of them the number that another has', async () => {
    const [a, b] = [await setup.release('W-1', { account: 'A-1' }), await setup.release('W-2', { account: 'A-2' })];
    expect(await setup.push(a.handoffId)).toMatchObject({ state: 'accepted' });
    expect(await setup.push(b.handoffId)).toMatchObject({ state: 'accepted' });
    const idOf = async (handoffId: string) => (await setup.db.raw('select erp_id from handoffs where id = ?', [handoffId])).rows[0].erp_id;
    const given = await idOf(b.handoffId);
    await setup.db.raw("update handoffs set state = 'pending', erp_id = null where id = ?", [b.handoffId]);
    await setup.db.raw('update handoffs set erp_id = ? where id = ?', [given, a.handoffId]);
    expect(await idOf(a.handoffId)).toBe(given);
    expect(await setup.push(b.handoffId)).toMatchObject({ state: 'parked', code: 'ORDER_REFERENCE_TAKEN' });
  });
});
