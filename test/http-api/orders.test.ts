import { describe, expect, it } from 'vitest';
import { insertPolicy } from '../../src/store/approvals/policies.ts';
import { waitFor } from '../support/wait.ts';
import { ORDER, openShop } from './shop.ts';

describe('POST /v1/orders', () => {
  it('takes an order once: 201 with its key in the ERP, 200 with the same order when it is said again', async () => {
    const { submit, rows, queue } = await openShop();
    const first = await submit();
    expect(first).toMatchObject({
      status: 201,
      body: {
        isNew: true,
        warnings: [],
        reasons: [],
        order: {
          origin: 'shop',
          reference: 'R-1',
          externalKey: 'KO-1',
          state: 'released',
          approvedBy: 'rules',
          revision: 1,
          account: { number: 'A-2', name: 'Hansa Nord' },
          orderedBy: { name: 'Greta Brandt' },
          onBehalfOf: null,
          currency: 'EUR',
          total: 5_000,
          submittedAt: '2026-11-23T09:00:00.000Z',
          handoff: { kind: 'create', state: 'pending', code: null, reason: null },
          erpNumber: null,
          progress: null,
        },
      },
    });
    expect(first.headers.get('location')).toBe('/v1/orders/KO-1');
    expect(await submit({ lines: [{ quantity: 4, product: '4711 ' }] })).toMatchObject({
      status: 200,
      body: { isNew: false, order: { externalKey: 'KO-1' } },
    });
    expect(await rows('select 1 from handoffs')).toHaveLength(1);
    await waitFor(async () => (await queue.counts('push-order')).waiting === 1);
  });

  it('takes fifty at once, and one that fifty submit at once only once', async () => {
    const { submit, rows } = await openShop();
    const fifty = [...Array(50).keys()];
    const [apart, together] = await Promise.all([
      Promise.all(fifty.map((n) => submit({ reference: `A-${n}` }))),
      Promise.all(fifty.map(() => submit({ reference: 'same' }))),
    ]);
    expect(apart.map(({ status }) => status)).toEqual(fifty.map(() => 201));
    expect(together.map(({ status }) => status).sort()).toEqual([...fifty.slice(1).map(() => 200), 201]);
    expect(new Set(together.map(({ body }) => body.order.id)).size).toBe(1);
    expect(await rows('select 1 from orders')).toHaveLength(51);
    expect(await rows('select 1 from handoffs')).toHaveLength(51);
  });

  it('tells everything that is wrong with an order at once, each with its place and its cure', async () => {
    const { submit, rows } = await openShop();
    const answer = await submit({ account: 'A-7', colour: 'red', lines: [{ product: '4711', quantity: 'many' }] });
    expect(answer).toMatchObject({ status: 422, body: { error: { code: 'ORDER_INVALID' } } });
    expect(answer.body.error.details.problems).toEqual(
      expect.arrayContaining([
        { path: 'lines[0].quantity', reason: expect.stringContaining('is no number'), cure: expect.any(String) },
        { path: 'colour', reason: 'is not a field of an order', cure: expect.any(String) },
      ]),
    );
    const unknown = await submit({ account: 'A-7', orderedBy: 'P-77' });
    expect(unknown.body.error.details.problems.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(['account', 'orderedBy']),
    );
    expect(await rows('select 1 from orders')).toEqual([]);
  });

  it('refuses other content under a reference that is taken', async () => {
    const { submit } = await openShop();
    await submit();
    expect(await submit({ lines: [{ product: '4711', quantity: '5' }] })).toMatchObject({
      status: 409,
      body: { error: { code: 'ORDER_CONFLICT', details: { orderId: '1' } } },
    });
  });

  it('says which rule denies an order, and keeps it', async () => {
    const { submit, alter, db, id, clock } = await openShop();
    const rules = [{ name: 'not that much', effect: 'deny', when: { orderTotal: { gt: 10, currency: 'EUR' } } }];
    const document = { mode: 'own', rules };
    await db.transaction((trx) => insertPolicy(trx, { accountId: id('A-1'), by: 'test', reason: null, document, draft: false }, clock.now));
    const answer = await submit();
    expect(answer).toMatchObject({ status: 201, body: { order: { state: 'rejected_by_system', handoff: null } } });
    expect(answer.body.reasons.join()).toContain('not that much');
    await alter('A-2', { status: 'blocked' });
    expect(await submit({ reference: 'R-2' })).toMatchObject({ status: 422, body: { error: { code: 'ORDER_INVALID' } } });
  });

  it('is answered while the queue is gone; the wake-up is made good later', async () => {
    const { submit, rows, log } = await openShop({ queue: { addMany: () => Promise.reject(new Error('the queue is gone')) } });
    expect(await submit()).toMatchObject({ status: 201 });
    expect(await rows('select state from handoffs')).toEqual([{ state: 'pending' }]);
    await waitFor(() => log.some(({ msg }) => String(msg).includes('a wake-up was lost')));
  });
});

describe('an order', () => {
  it('is found by its key in the ERP, our id and the reference, and refused where these mean several', async () => {
    const { submit, get } = await openShop();
    await submit({ reference: '2' });
    await submit({ reference: 'R/2 ü?' });
    const idOf = async (name: string) => {
      const { status, body } = await get(`/v1/orders/${encodeURIComponent(name)}`);
      return status === 200 ? body.order.id : body.error.code;
    };
    expect(await Promise.all(['KO-1', '1', 'id:1', 'ref:2', 'R/2 ü?', 'id:2'].map(idOf))).toEqual(['1', '1', '1', '1', '2', '2']);
    expect(await Promise.all(['2', 'KO-9', 'ref:KO-1', 'id:x', '9'.repeat(18), 'x'.repeat(161)].map(idOf))).toEqual([
      ...Array(5).fill('NOT_FOUND'),
      'REQUEST_INVALID',
    ]);
  });

  it('is shown with its lines, steps, decisions and history, and why it waits', async () => {
    const { submit, get, id } = await openShop({ asks: true });
    await submit();
    const shown = await get('/v1/orders/KO-1');
    expect(shown).toMatchObject({
      status: 200,
      body: {
        order: { state: 'pending_approval' },
        content: { shipTo: id('D-1'), lines: [{ product: '4711', quantity: '4', unitPrice: '12.5', amount: 5_000 }] },
        steps: [{ name: 'superior', state: 'active', holders: [{ id: id('P-2'), name: 'Jens Brandt', for: null }] }],
        decisions: [],
      },
    });
    expect(shown.body.log.map(({ kind }: { kind: string }) => kind)).toEqual(['submitted', 'step_assigned', 'waiting']);
    expect(await get('/v1/orders/KO-1/why')).toMatchObject({
      status: 200,
      body: {
        waitsFor: [{ name: 'superior' }],
        evaluations: [{ revision: 1, outcome: 'require', trace: { rules: [{ rule: 'ask', matched: true }] } }],
      },
    });
  });

  it('is listed newest first, page by page, by state and by account', async () => {
    const { submit, get } = await openShop();
    for (const n of [1, 2, 3]) await submit({ reference: `R-${n}` });
    const keys = ({ body }: { body: { orders: Array<{ externalKey: string }> } }) => body.orders.map(({ externalKey }) => externalKey);
    const first = await get('/v1/orders?limit=2');
    expect(keys(first)).toEqual(['KO-3', 'KO-2']);
    expect(keys(await get(`/v1/orders?limit=2&before=${first.body.next}`))).toEqual(['KO-1']);
    expect(keys(await get('/v1/orders?state=declined'))).toEqual([]);
    expect(keys(await get('/v1/orders?account=A-2'))).toEqual(['KO-3', 'KO-2', 'KO-1']);
    expect(keys(await get('/v1/orders?account=A-3'))).toEqual([]);
    expect(await get('/v1/orders?account=A-7')).toMatchObject({ status: 404 });
    expect(await get('/v1/orders?sate=declined')).toMatchObject({ status: 400, body: { error: { code: 'REQUEST_INVALID' } } });
  });

  it('is there only for keys of its origin, and for those that see all', async () => {
    const { submit, get, post, put, key } = await openShop({ asks: true });
    await submit();
    const other = await key('market');
    const heir = await key('shop-2027', ['orders:read'], { origin: 'shop' });
    const all = await key('operations', ['orders:read', 'orders:all']);
    const seen = async (secret: string) => [
      (await get('/v1/orders/KO-1', secret)).status,
      (await get('/v1/orders', secret)).body.orders.length,
    ];
    expect(await Promise.all([other, heir, all].map(seen))).toEqual([
      [404, 0],
      [200, 1],
      [200, 1],
    ]);
    const tries = await Promise.all([
      get('/v1/orders/KO-1/why', other),
      get('/v1/orders/KO-1/receipt', other),
      put('/v1/orders/KO-1', { person: 'P-1', from: 1, change: { note: 'x' } }, other),
      post('/v1/orders/KO-1/withdraw', { person: 'P-1' }, other),
      post('/v1/orders/KO-1/comment', { person: 'P-1', text: 'x' }, other),
      post('/v1/orders/KO-1/resend', { reason: 'x' }, other),
      post('/v1/orders/KO-1/decisions', { person: 'P-2', verdict: 'approve', revision: 1 }, other),
    ]);
    expect(tries.map(({ status }) => status)).toEqual(tries.map(() => 404));
    expect((await get('/v1/approvals?person=P-2', other)).body.approvals).toEqual([]);
    expect(await get('/v1/orders/KO-1')).toMatchObject({ body: { order: { state: 'pending_approval', revision: 1 } } });
    expect(await submit({}, other)).toMatchObject({ status: 201, body: { order: { externalKey: 'KO-2', origin: 'market' } } });
  });
});

describe('what people do to an order', () => {
  it('revises it from the revision that was read; from an older one, or with what cannot be, it is refused', async () => {
    const { submit, put } = await openShop({ asks: true });
    await submit();
    const change = { lines: [{ reference: '1', product: '4711', quantity: '6' }] };
    const revised = await put('/v1/orders/KO-1', { person: 'P-1', from: 1, change, reason: 'two more' });
    expect(revised).toMatchObject({
      status: 200,
      body: { isMaterial: true, order: { revision: 2, total: 7_500, state: 'pending_approval' } },
    });
    expect(revised.body.changes).toContain('line 1: quantity 4 → 6');
    expect(await put('/v1/orders/KO-1', { person: 'P-1', from: 1, change })).toMatchObject({
      status: 409,
      body: { error: { code: 'ORDER_CONFLICT', details: { revision: 2 } } },
    });
    expect(await put('/v1/orders/KO-1', { person: 'P-1', from: 2, change: { lines: [], colour: 1 } })).toMatchObject({
      status: 422,
      body: { error: { code: 'ORDER_INVALID', details: { problems: [{ path: 'lines' }, { path: 'colour' }] } } },
    });
    expect(await put('/v1/orders/KO-1', { person: 'P-9', from: 2, change })).toMatchObject({
      status: 403,
      body: { error: { code: 'NOT_ALLOWED' } },
    });
    expect(await put('/v1/orders/KO-1', { person: 'P-1', change })).toMatchObject({
      status: 400,
      body: { error: { code: 'REQUEST_INVALID', details: { problems: [{ path: 'body.from' }] } } },
    });
  });

  it('takes back the change that waits, or the order, but does not guess which', async () => {
    const { submit, post, put, rows, queue } = await openShop({ asks: true });
    await submit();
    await post('/v1/orders/KO-1/decisions', { person: 'P-2', verdict: 'approve', revision: 1 });
    await rows(`update handoffs set state = 'accepted', erp_id = 'SO-1'`);
    await put('/v1/orders/KO-1', { person: 'P-1', from: 1, change: { lines: [{ product: '4711', quantity: '6' }] } });
    const withdraw = (more = {}) => post('/v1/orders/KO-1/withdraw', { person: 'P-1', ...more });
    expect(await withdraw()).toMatchObject({
      status: 409,
      body: { error: { code: 'ORDER_STATE', message: expect.stringContaining('"what"') } },
    });
    expect(await withdraw({ what: 'all' })).toMatchObject({ status: 400 });
    const back = { status: 200, body: { order: { state: 'released', revision: 3, total: 5_000 } } };
    expect([await withdraw({ what: 'change' }), await withdraw({ what: 'change' })]).toMatchObject([back, back]);
    expect(await withdraw()).toMatchObject({ status: 200, body: { order: { state: 'cancelled' } } });
    await waitFor(async () => (await queue.counts('push-order')).waiting > 0);
  });

  it('comments and withdraws it, once', async () => {
    const { submit, post, get } = await openShop({ asks: true });
    await submit();
    expect(await post('/v1/orders/KO-1/comment', { person: 'P-1', text: 'please hurry' })).toMatchObject({ status: 200 });
    expect(await post('/v1/orders/KO-1/comment', { person: 'P-5', text: 'me too' })).toMatchObject({ status: 403 });
    expect(await post('/v1/orders/KO-1/withdraw', { person: 'P-1', reason: 'found some' })).toMatchObject({
      status: 200,
      body: { order: { state: 'withdrawn' } },
    });
    expect(await post('/v1/orders/KO-1/withdraw', { person: 'P-1' })).toMatchObject({
      status: 200,
      body: { order: { state: 'withdrawn' } },
    });
    expect(await post('/v1/orders/KO-1/decisions', { person: 'P-2', verdict: 'approve', revision: 1 })).toMatchObject({
      status: 409,
      body: { error: { code: expect.stringMatching(/ORDER_STATE|ORDER_CONFLICT/) } },
    });
    const { log } = (await get('/v1/orders/KO-1')).body;
    expect(log).toContainEqual(
      expect.objectContaining({
        kind: 'comment',
        person: expect.objectContaining({ name: 'Greta Brandt' }),
        facts: { text: 'please hurry', channel: 'http:shop' },
      }),
    );
  });

  it('decides it for the person the key vouches for: once, and told again when repeated', async () => {
    const { submit, post, get, clock, queue } = await openShop({ asks: true });
    await submit();
    const waiting = await get('/v1/approvals?person=P-2');
    expect(waiting).toMatchObject({
      status: 200,
      body: {
        approvals: [{ externalKey: 'KO-1', revision: 1, step: 'superior', account: 'Hansa Nord', total: 5_000, for: null }],
        next: null,
      },
    });
    const decide = (verdict: string, person = 'P-2', revision = 1) =>
      post('/v1/orders/KO-1/decisions', { person, verdict, revision, comment: 'fine' });
    expect(await decide('approve', 'P-1')).toMatchObject({ status: 403, body: { error: { code: 'NOT_ALLOWED' } } });
    expect(await decide('maybe')).toMatchObject({ status: 400, body: { error: { code: 'REQUEST_INVALID' } } });
    expect(await decide('approve', 'P-77')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    const first = await decide('approve');
    expect(first).toMatchObject({
      status: 201,
      body: {
        isNew: true,
        order: { state: 'released', approvedBy: 'people' },
        decision: {
          verdict: 'approve',
          comment: 'fine',
          channel: 'http:shop',
          person: { name: 'Jens Brandt' },
          at: '2026-11-23T09:00:00.000Z',
        },
      },
    });
    clock.now = new Date('2026-11-24T09:00:00Z');
    expect(await decide('approve')).toMatchObject({ status: 200, body: { isNew: false, decision: first.body.decision } });
    expect(await decide('decline')).toMatchObject({
      status: 409,
      body: { error: { code: 'ORDER_CONFLICT', details: { verdict: 'approve', decidedAt: '2026-11-23T09:00:00.000Z' } } },
    });
    expect((await get('/v1/approvals?person=P-2')).body.approvals).toEqual([]);
    await waitFor(async () => (await queue.counts('push-order')).waiting === 1);
  });

  it('sends again only what stands still', async () => {
    const { submit, post, db, rows } = await openShop();
    await submit();
    const resend = (more: object = {}) => post('/v1/orders/KO-1/resend', { reason: 'mended there', ...more });
    expect(await resend()).toMatchObject({ status: 409, body: { error: { code: 'ORDER_STATE' } } });
    await db.raw(`update handoffs set state = 'refused', code = 'ERP_REFUSED', reason = 'no such item'`);
    expect(await resend({ dryRun: true })).toMatchObject({
      status: 200,
      body: { dryRun: true, handoffs: [{ state: 'refused', code: 'ERP_REFUSED', reason: 'no such item' }] },
    });
    expect(await rows('select state from handoffs')).toEqual([{ state: 'refused' }]);
    expect(await resend()).toMatchObject({ status: 200, body: { dryRun: false, handoffs: [{ state: 'refused' }] } });
    expect(await rows('select state from handoffs')).toEqual([{ state: 'pending' }]);
    expect(await rows(`select actor from order_log where kind = 'handoff.resent'`)).toEqual([{ actor: 'shop' }]);
    await db.raw(`update handoffs set state = 'unknown'`);
    expect(await resend()).toMatchObject({ status: 409, body: { error: { message: expect.stringContaining('nobody knows yet') } } });
  });
});

describe('a receipt', () => {
  it('is JSON for programs, and a page for those who ask for one', async () => {
    const { submit, ask, secret, db } = await openShop();
    await submit({ reference: '<b>"R" & more</b>', note: 'x' });
    await db.raw(
      `update handoffs set state = 'accepted', erp_number = 'S/0042', erp_id = '42', settled_at = now(), sent_hash = 'aaaa', confirmed_hash = 'aaaa', attempts = 1`,
    );
    await db.raw(
      `insert into handoff_attempts (handoff_id, n, holder, started_at, ended_at, outcome, http_status, words) select id, 1, 'w', now(), now(), 'created', 201, 'internal words' from handoffs`,
    );
    const path = '/v1/orders/KO-1/receipt';
    const told = await ask('GET', path, { key: secret });
    expect(told).toMatchObject({
      status: 200,
      body: {
        externalKey: 'KO-1',
        total: 5_000,
        handoffs: [{ state: 'accepted', erpNumber: 'S/0042', attempts: [{ outcome: 'created', httpStatus: 201 }] }],
      },
    });
    const page = await ask('GET', path, { key: secret, headers: { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' } });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('vary')).toContain('accept');
    expect(page.text).toContain('system has it as S/0042, once.');
    expect(page.text).toContain('&lt;b&gt;&quot;R&quot; &amp; more&lt;/b&gt;');
    expect(page.text).not.toContain('<b>');
    expect(page.text).not.toContain('internal words');
    const both = await ask('GET', path, { key: secret, headers: { accept: 'application/json, text/html;q=0.5' } });
    expect(both.body).toMatchObject({ externalKey: 'KO-1' });
  });

  it('speaks the language of whoever ordered, by their clock', async () => {
    const { submit, post, ask, secret, alter, db } = await openShop({ asks: true });
    await alter('P-1', { locale: 'de-AT', time_zone: 'America/New_York' });
    await submit({ reference: 'R-1' });
    await post('/v1/orders/KO-1/decisions', { person: 'P-2', verdict: 'approve', revision: 1 });
    const accepted = `update handoffs set state = 'accepted', erp_number = 'S/0042', settled_at = created_at, sent_hash = 'aaaa', confirmed_hash = 'aaaa'`;
    const attempt = `insert into handoff_attempts (handoff_id, n, holder, started_at, outcome) select id, 1, 'w', created_at, 'adopted' from handoffs`;
    for (const statement of [accepted, attempt]) await db.raw(statement);
    const page = async () => (await ask('GET', '/v1/orders/KO-1/receipt', { key: secret, headers: { accept: 'text/html' } })).text;
    const german = await page();
    expect(german).toContain('<html lang="de">');
    for (const words of [
      '<h1>Beleg zu Bestellung R-1</h1>',
      'Das System des Lieferanten führt sie als S/0042, genau einmal.',
      '<dt>Stand</dt><dd>freigegeben</dd>',
      'Jens Brandt, Montag, 23. November 2026 um 04:00',
      '<h2>Bestellung: angenommen als S/0042</h2>',
      '<caption>Versuche (America/New_York)</caption>',
      '<td>23. November 2026 um 04:00:00</td><td>dort mit demselben Inhalt gefunden; nicht noch einmal gesendet</td>',
    ])
      expect(german).toContain(words);
    expect(german).not.toMatch(/Receipt|Order|Approved|Handed|Answered|Confirmed|Attempts|Outcome|net\b/);
    await alter('P-1', { locale: 'xx', time_zone: null });
    expect(await page()).toContain('<h1>Receipt for order R-1</h1>');
  });
});

describe('a request', () => {
  it.each([
    ['JSON that is none', { body: '{"reference": "R-1"' }, 400, 'the body is not JSON'],
    ['no body', {}, 422, 'the order cannot be taken'],
    ['a body of another type', { body: '<order/>', headers: { 'content-type': 'application/xml' } }, 415, 'send JSON'],
    ['plain text', { body: 'order', headers: { 'content-type': 'text/plain' } }, 415, 'send JSON'],
    ['a name that reaches a prototype', { body: '{"__proto__": {"a": 1}}' }, 400, 'not JSON'],
    ['more than an order may be', { body: JSON.stringify({ note: 'x'.repeat(6_000_000) }) }, 413, 'is larger than'],
  ])('that carries %s is refused in the same shape', async (_title, asked, status, words) => {
    const { ask, secret } = await openShop();
    const answer = await ask('POST', '/v1/orders', { key: secret, ...asked });
    expect(answer).toMatchObject({
      status,
      body: { error: { code: expect.stringMatching(/REQUEST_INVALID|ORDER_INVALID/), details: {} } },
    });
    expect(answer.body.error.message).toContain(words);
    expect(Object.keys(answer.body)).toEqual(['error']);
  });
});

it('an order of five thousand lines fits', async () => {
  const { submit } = await openShop();
  const lines = [...Array(5_000).keys()].map((n) => ({
    reference: `${n + 1}`,
    product: '4711',
    quantity: '1',
    text: 'a remark of some length about this line',
  }));
  expect(await submit({ ...ORDER, lines })).toMatchObject({ status: 201, body: { order: { total: 6_250_000 } } });
});
