import { describe, expect, it } from 'vitest';
import { OWN_SCOPES } from './http-setup.ts';
import { openShop } from './shop.ts';

describe('ordering again', () => {
  it("is proposed at today's prices, stores nothing, and goes into POST /v1/orders once it has a reference", async () => {
    const { submit, get, post, rows, alter } = await openShop();
    await submit({ shipTo: 'D-1', purchaseOrderNumber: 'PO-1', note: 'once' });
    await alter('K-1', { unit_price: '13.10' });
    const proposal = await get('/v1/orders/R-1/reorder?person=P-2');
    expect(proposal).toMatchObject({
      status: 200,
      body: {
        submission: {
          currency: 'EUR',
          shipTo: expect.stringMatching(/^id:/),
          lines: [{ product: '4711', quantity: '4', unitPrice: '13.1' }],
        },
        changed: [{ product: '4711', was: '12.5', is: '13.1' }],
        unpriced: [],
      },
    });
    expect(Object.keys(proposal.body.submission)).not.toEqual(expect.arrayContaining(['reference', 'purchaseOrderNumber', 'note']));
    expect(await rows('select 1 from orders')).toHaveLength(1);
    expect(await post('/v1/orders', { ...proposal.body.submission, reference: 'R-2' })).toMatchObject({
      status: 201,
      body: { order: { total: 5_240, orderedBy: { name: 'Jens Brandt' } } },
    });
  });

  it('posted, submits it: once for a reference, also when prices move before it is said again', async () => {
    const { submit, post, rows, alter } = await openShop();
    await submit();
    const again = () => post('/v1/orders/KO-1/reorder', { person: 'P-1', reference: 'R-2' });
    const first = await again();
    expect(first).toMatchObject({
      status: 201,
      body: { isNew: true, changed: [], order: { externalKey: 'KO-2', total: 5_000, reference: 'R-2' } },
    });
    expect(first.headers.get('location')).toBe('/v1/orders/KO-2');
    await alter('K-1', { unit_price: '13.10' });
    expect(await again()).toMatchObject({ status: 200, body: { isNew: false, order: { externalKey: 'KO-2', total: 5_000 } } });
    expect(await rows('select 1 from orders')).toHaveLength(2);
  });

  it('says which goods have no price today, and is refused for them', async () => {
    const { submit, get, post, alter } = await openShop();
    await submit();
    for (const price of ['K-1', 'K-2']) await alter(price, { valid_to: '2026-11-01' });
    expect((await get('/v1/orders/KO-1/reorder?person=P-1')).body).toMatchObject({
      unpriced: ['4711'],
      submission: { lines: [{ unitPrice: null }] },
    });
    expect(await post('/v1/orders/KO-1/reorder', { person: 'P-1', reference: 'R-2' })).toMatchObject({
      status: 422,
      body: { error: { code: 'ORDER_INVALID' } },
    });
  });

  it('is for who may see the order: another key knows none, and documents of the ERP are for keys of all origins', async () => {
    const { submit, get, post, key } = await openShop();
    await submit();
    const other = await key('market');
    const all = await key('office', [...OWN_SCOPES, 'orders:all']);
    expect([
      (await get('/v1/orders/KO-1/reorder?person=P-1', other)).status,
      (await post('/v1/orders/KO-1/reorder', { person: 'P-1', reference: 'R-2' }, other)).status,
      (await get('/v1/orders/KO-1/reorder?person=P-1', all)).status,
      (await get('/v1/orders/document:1/reorder?person=P-1')).status,
      (await get('/v1/orders/document:1/reorder?person=P-1', all)).status,
      (await get('/v1/orders/KO-1/reorder?person=P-77')).status,
      (await get('/v1/orders/KO-1/reorder')).status,
    ]).toEqual([404, 404, 200, 404, 404, 404, 400]);
  });
});
