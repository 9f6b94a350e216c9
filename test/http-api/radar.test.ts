import { describe, expect, it } from 'vitest';
import { standStill } from '../flows/radar-setup.ts';
import { OWN_SCOPES } from './http-setup.ts';
import { openShop } from './shop.ts';

/** Orders of the origin `shop` that stand still. */
async function stalled() {
  const shop = await openShop();
  await standStill(shop);
  return shop;
}

interface Item {
  readonly kind: string;
  readonly externalKey: string;
}
const named = (items: readonly Item[]) => items.map(({ kind, externalKey }) => `${kind} ${externalKey}`);

describe('GET /v1/radar', () => {
  it('tells what stands still with its cure, and nothing of what was ordered, by whom and for how much', async () => {
    const { get, key } = await stalled();
    const secret = await key('watch', ['radar:read'], { origin: 'shop' });
    const { status, body, text } = await get('/v1/radar', secret);
    expect(status).toBe(200);
    expect(body.counts).toEqual({ nobody: 1, waited: 1, handoff: 1, notice: 1, budget: 0 });
    expect(named(body.items)).toEqual(['nobody KO-1', 'waited KO-2', 'handoff KO-3', 'notice KO-2']);
    expect(body.items[2]).toMatchObject({
      account: 'Hansa Nord',
      what: 'erp',
      state: 'refused',
      reason: 'ORDER_REFUSED: the article is blocked',
      since: '2026-11-23T09:00:00.000Z',
      cure: 'mend what the reason names, then `kontor orders resend KO-3`',
    });
    expect(text).not.toMatch(/KO-4|4711|Ladle|12\.5|1250|Greta|Maren/);
    expect((await get('/v1/orders/KO-1', secret)).status).toBe(403);
  });

  it.each([
    ['pending', 'ERP_UNREACHABLE', 'no answer', 'ERP_UNREACHABLE: no answer', 'it goes by itself as soon as the ERP answers'],
    ['pending', null, null, 'it waits for a worker, or for an earlier one of the account', '`kontor health`'],
    ['held', 'ACCOUNT_BLOCKED', 'A-2 is blocked', 'ACCOUNT_BLOCKED: A-2 is blocked', 'mend what the reason names, and it goes by itself'],
    ['unknown', 'OUTCOME_UNKNOWN', 'cut off', 'OUTCOME_UNKNOWN: cut off', '`kontor orders settle KO-3`'],
  ])('shows a hand-off that is %s once it has lasted a day (%s)', async (state, code, reason, told, cure) => {
    const { get, key, rows, clock } = await stalled();
    const secret = await key('watch', ['radar:read'], { origin: 'shop' });
    const handoffs = async () => (await get('/v1/radar', secret)).body.items.filter(({ kind }: Item) => kind === 'handoff');
    const began = (hours: number) => new Date(clock.now.getTime() - hours * 3_600_000);
    await rows("update handoffs set state = ?, code = ?, reason = ?, settled_at = null, created_at = ? where state = 'refused'", [
      state,
      code,
      reason,
      began(23),
    ]);
    expect(await handoffs()).toEqual([]);
    await rows('update handoffs set created_at = ? where state = ?', [began(25), state]);
    expect(await handoffs()).toMatchObject([{ externalKey: 'KO-3', state, reason: told, cure: expect.stringContaining(cure) }]);
  });

  it('says of a hand-off without a connection that none is named, not that it goes by itself', async () => {
    const { get, key, rows, clock } = await stalled();
    const since = new Date(clock.now.getTime() - 25 * 3_600_000);
    await rows("update handoffs set state = 'pending', code = null, reason = null, connection = null, settled_at = null, created_at = ? where state = 'refused'", [since]); // biome-ignore format: one statement
    const { body } = await get('/v1/radar', await key('watch', ['radar:read'], { origin: 'shop' }));
    expect(body.items.find(({ kind }: Item) => kind === 'handoff')).toMatchObject({
      what: 'no connection',
      reason: 'kontor.yaml names no connection that orders go to',
      cure: 'name it as `orders.target`, and start the workers again: it goes by itself then',
    });
  });

  it('is for keys with its scope', async () => {
    const { get, key, ask } = await stalled();
    const others = await key('others', OWN_SCOPES.filter((scope) => scope !== 'radar:read')); // biome-ignore format: one call
    expect(await get('/v1/radar', others)).toMatchObject({
      status: 403,
      body: { error: { code: 'NOT_ALLOWED', details: { scope: 'radar:read' } } },
    });
    expect((await ask('GET', '/v1/radar')).status).toBe(401);
  });

  it('tells a key of the orders of its own origin, and one for all origins of all', async () => {
    const { get, key, rows } = await stalled();
    const elsewhere = await get('/v1/radar', await key('another', ['radar:read']));
    expect(elsewhere.body).toEqual({ counts: { nobody: 0, waited: 0, handoff: 0, notice: 0, budget: 0 }, items: [] });
    await rows("update orders set origin = 'another' where external_key = 'KO-3'");
    expect(named((await get('/v1/radar', await key('third', ['radar:read'], { origin: 'another' }))).body.items)).toEqual(['handoff KO-3']);
    const all = await get('/v1/radar', await key('operations', ['radar:read', 'orders:all']));
    expect(all.body.counts).toEqual({ nobody: 1, waited: 1, handoff: 1, notice: 1, budget: 0 });
  });

  it('holds as many of each kind as are asked for, the oldest first', async () => {
    const { get, rows } = await stalled();
    await rows("update approval_steps set state = 'exhausted', assigned_at = '2026-11-20T09:00:00Z' where order_id = 4");
    const { body } = await get('/v1/radar?limit=1');
    expect(body.counts.nobody).toBe(2);
    expect(named(body.items)).toEqual(['nobody KO-4', 'waited KO-2', 'handoff KO-3', 'notice KO-2']);
    for (const limit of ['0', '1001', 'many']) expect((await get(`/v1/radar?limit=${limit}`)).status).toBe(400);
  });
});
