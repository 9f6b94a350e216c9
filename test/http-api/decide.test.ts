import { describe, expect, it } from 'vitest';
import { linkAddress, signLink } from '../../src/approvals/links.ts';
import { waitFor } from '../support/wait.ts';
import type { Answer } from './http-setup.ts';
import { openShop, type Shop } from './shop.ts';

interface LinkChange {
  person?: string;
  revision?: number;
}

/** An order that waits for Jens (P-2), and links to it. */
async function asked(given: object = {}, change: Parameters<typeof openShop>[0] = { asks: true }) {
  const shop = await openShop(change);
  const { order } = (await shop.submit(given)).body;
  const link = async ({ person = 'P-2', revision = 1 }: LinkChange = {}) => {
    const [step] = await shop.rows<{ id: string }>('select id from approval_steps order by revision, stage');
    return signLink(shop.settings.http, { orderId: order.id, stepId: step?.id ?? '', revision, personId: shop.id(person) }, shop.clock.now);
  };
  return { ...shop, order, link };
}

function look({ ask }: Shop, token: string): Promise<Answer> {
  return ask('GET', `/decide?token=${encodeURIComponent(token)}`);
}

function decide({ ask }: Shop, fields: Record<string, string>): Promise<Answer> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return ask('POST', '/decide', { body: new URLSearchParams(fields).toString(), headers });
}

const everything = ({ rows }: Shop) =>
  rows<{ all: string }>(`select string_agg(x, ' ') as all from (
    select o::text as x from orders o union all select s::text from approval_steps s union all select h::text from step_holders h
    union all select d::text from decisions d union all select l::text from order_log l union all select f::text from handoffs f) t`);

describe('opening a decision link', () => {
  it('shows who orders what for how much and why it is asked, and changes nothing however often it is opened', async () => {
    const shop = await asked({ purchaseOrderNumber: 'PO-7', note: 'for the fair' });
    const token = await shop.link();
    const before = await everything(shop);
    const address = new URL(linkAddress(shop.settings.http, token) ?? '').pathname;
    const opened = await Promise.all([
      ...Array.from({ length: 10 }, () => look(shop, token)),
      shop.ask('HEAD', `/decide?token=${token}`),
      shop.ask('GET', `${address}?utm_source=mail`),
      shop.ask('GET', address, { headers: { 'user-agent': 'a mail scanner', purpose: 'prefetch' } }),
    ]);
    expect(opened.map(({ status }) => status)).toEqual(opened.map(() => 200));
    expect(await everything(shop)).toEqual(before);

    const [{ text } = { text: '' }] = opened;
    for (const shown of [
      'Approve order R-1?',
      'Hansa Nord',
      'Greta Brandt',
      'EUR\u00a050.00',
      'PO-7',
      'for the fair',
      'Ladle',
      'Kiel',
      'You decide as Jens Brandt',
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).toMatch(/Why you are asked[\s\S]*ask/);
    expect(text).not.toContain('@hansa.example');
    expect(text).not.toMatch(/<script|<img|<link|javascript:|\son\w+=/);
    expect(text).toContain('action="decide"');
    expect(opened[11]?.text).toContain('action="../decide"');
  });

  it('tells browsers to keep it, frame it, run it and pass it on nowhere', async () => {
    const shop = await asked();
    const { headers } = await look(shop, await shop.link());
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=/);
    const policy = headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"])
      expect(policy).toContain(part);
    expect(policy).not.toContain('unsafe');
    expect(policy).not.toContain('script-src');
  });

  it('writes what others wrote as text, never as part of the page', async () => {
    const evil = `"><script>alert(1)</script>'&lt;`;
    const shop = await asked({ reference: `R-${evil}`, note: `${evil}\nsecond line`, purchaseOrderNumber: evil });
    await shop.alter('A-2', { name: `<img src=x onerror=alert(1)>\u202egnp` });
    await shop.alter('P-2', { name: `Jens ${evil}` });
    const { text } = await look(shop, await shop.link());
    expect(text).not.toMatch(/<script|<img|\u202e/);
    expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;lt;');
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;gnp');
  });

  it('is refused with a page that says what to do when it has expired, was forged, altered or cut off', async () => {
    const shop = await asked();
    const token = await shop.link();
    const [head, payload, signature] = token.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = [
      `${head}.${Buffer.from(JSON.stringify({ ...claims, sub: shop.id('P-3') })).toString('base64url')}.${signature}`,
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`,
      await signLink(
        { linkSecret: 'another-secret-that-is-long-enough-too', linkDays: 14 },
        { orderId: shop.order.id, stepId: '1', revision: 1, personId: shop.id('P-2') },
        shop.clock.now,
      ),
      token.slice(0, -4),
      '',
      'x'.repeat(1_500),
    ];
    for (const one of forged) {
      const answer = await look(shop, one);
      expect(answer.status).toBe(403);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.text).toContain('This link cannot be used');
      expect(answer.text).not.toContain('Hansa');
      expect(await decide(shop, { token: one, verdict: 'approve' })).toMatchObject({ status: 403 });
    }
    shop.clock.now = new Date(shop.clock.now.getTime() + 15 * 86_400_000);
    const late = await look(shop, token);
    expect({ status: late.status, text: late.text }).toEqual({
      status: 403,
      text: expect.stringContaining('This link expired on Monday, 7 December 2026 at 10:00 CET.'),
    });
    expect(await decide(shop, { token, verdict: 'approve' })).toMatchObject({ status: 403 });
    expect(await shop.rows('select 1 from decisions')).toEqual([]);
  });
});

describe('deciding by a link', () => {
  it('decides once: said again it is told, the opposite is refused with who and when', async () => {
    const shop = await asked();
    const token = await shop.link();
    const first = await decide(shop, { token, verdict: 'approve', comment: 'go <on>' });
    expect(first.status).toBe(200);
    expect(first.text).toContain('You approved this order on Monday, 23 November 2026 at 10:00 CET.');
    expect(first.text).toContain('The order is approved and on its way.');
    expect(first.text).toContain('go &lt;on&gt;');
    expect(await shop.rows('select verdict, channel, comment from decisions')).toEqual([
      { verdict: 'approve', channel: 'link', comment: 'go <on>' },
    ]);
    await waitFor(async () => (await shop.queue.counts('push-order')).waiting === 1);

    shop.clock.now = new Date('2026-11-25T09:00:00Z');
    const again = await decide(shop, { token, verdict: 'approve', comment: 'once more' });
    expect({ status: again.status, text: again.text }).toEqual({
      status: 200,
      text: expect.stringContaining('on Monday, 23 November 2026 at 10:00 CET'),
    });
    const opposite = await decide(shop, { token, verdict: 'decline' });
    expect(opposite).toMatchObject({
      status: 409,
      text: expect.stringMatching(/was decided otherwise[\s\S]*You approved this order on Monday, 23 November 2026 at 10:00/),
    });
    const opened = await look(shop, token);
    expect(opened.text).toContain('You approved this order');
    expect(opened.text).not.toContain('<form');
    expect(await shop.rows('select 1 from decisions')).toHaveLength(1);
    expect(await shop.rows('select 1 from handoffs')).toHaveLength(1);
  });

  it('is done once when the button is pressed ten times at the same moment', async () => {
    const shop = await asked();
    const token = await shop.link();
    const answers = await Promise.all(Array.from({ length: 10 }, () => decide(shop, { token, verdict: 'decline' })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await shop.rows('select verdict from decisions')).toEqual([{ verdict: 'decline' }]);
    expect(await shop.rows('select state from orders')).toEqual([{ state: 'declined' }]);
  });

  it('says who decided, to another who was asked the same', async () => {
    const shop = await asked({}, { stages: [{ mode: 'any', approvers: [{ superior: 1 }, { superior: 2 }] }] });
    const [jens, maren] = [await shop.link(), await shop.link({ person: 'P-3' })];
    await decide(shop, { token: jens, verdict: 'decline', comment: 'too many' });
    const seen = await look(shop, maren);
    expect(seen.text).toContain('Jens Brandt declined this order');
    expect(seen.text).not.toContain('<form');
    expect(await decide(shop, { token: maren, verdict: 'approve' })).toMatchObject({
      status: 409,
      text: expect.stringContaining('Jens Brandt declined this order'),
    });
  });

  it('says what has changed when the link is about an older version, and decides nothing', async () => {
    const shop = await asked();
    const token = await shop.link();
    await shop.put('/v1/orders/KO-1', { person: 'P-1', from: 1, change: { lines: [{ reference: '1', product: '4711', quantity: '6' }] } });
    const answer = await look(shop, token);
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('Ladle (4711): quantity 4 → 6') });
    expect(await decide(shop, { token, verdict: 'approve' })).toMatchObject({ status: 403 });
    expect(await shop.rows('select 1 from decisions')).toEqual([]);
  });

  it('shows what was corrected since the mail, and may be decided, where nothing material is different', async () => {
    const shop = await asked();
    const token = await shop.link();
    await shop.put('/v1/orders/KO-1', { person: 'P-1', from: 1, change: { note: 'ring twice' } });
    expect((await look(shop, token)).text).toMatch(/Changed since you were asked[\s\S]*Note: none → ring twice/);
    expect(await decide(shop, { token, verdict: 'approve' })).toMatchObject({ status: 200 });
  });

  it('is nobody’s who is not asked any more', async () => {
    const shop = await asked();
    const stranger = await shop.link({ person: 'P-5' });
    const seen = await look(shop, stranger);
    expect(seen.text).toContain('You are not asked about this order any more. Asked now: Jens Brandt.');
    expect(seen.text).not.toMatch(/<form|Ladle|Greta|50.00/);
    expect(await decide(shop, { token: stranger, verdict: 'approve' })).toMatchObject({
      status: 403,
      text: expect.stringContaining('This is not yours to decide'),
    });
    const token = await shop.link();
    await shop.alter('P-2', { status: 'suspended' });
    expect(await look(shop, token)).toMatchObject({ status: 403, text: expect.stringContaining('suspended') });
  });

  it('speaks the language of whoever was asked and tells the time by their clock, before, after, and when it says no', async () => {
    const shop = await asked();
    await shop.alter('A-1', { locale: 'de_DE' });
    await shop.alter('P-2', { time_zone: 'America/New_York' });
    const token = await shop.link();
    const { text } = await look(shop, token);
    expect(text).toContain('<html lang="de">');
    for (const shown of ['Bestellung R-1 freigeben?', '50,00\u00a0EUR', 'Warum Sie gefragt werden', 'Freigeben', 'Ablehnen', '04:00 GMT-5'])
      expect(text).toContain(shown);
    expect(text).not.toMatch(/\b(Approve|Decline|Total|Quantity|Ordered|Step|Your|the)\b/);
    expect(await decide(shop, { token, verdict: 'maybe' })).toMatchObject({
      status: 400,
      text: expect.stringMatching(/Das war nicht zu verstehen[\s\S]*Öffnen Sie den Link noch einmal[\s\S]*<div lang="en">/),
    });
    const decided = await decide(shop, { token, verdict: 'decline', comment: 'zu viele' });
    expect(decided.text).toContain(
      'Sie haben diese Bestellung am Montag, 23. November 2026 um 04:00 GMT-5 abgelehnt. Kommentar: „zu viele“',
    );
    expect(decided.text).toContain('Die Bestellung ist abgelehnt.');
    expect((await decide(shop, { token, verdict: 'approve' })).text).toContain('Über Bestellung R-1 wurde anders entschieden');
    expect((await look(shop, 'forged')).text).toContain('This link is not genuine');
  });

  it.each([
    ['no verdict', { verdict: '' }],
    ['a verdict that is none', { verdict: 'maybe' }],
    ['a comment beyond measure', { verdict: 'approve', comment: 'x'.repeat(5_000) }],
  ])('is not understood with %s', async (_title, fields) => {
    const shop = await asked();
    const answer = await decide(shop, { token: await shop.link(), ...fields } as Record<string, string>);
    expect({ status: answer.status, text: answer.text }).toEqual({
      status: 400,
      text: expect.stringContaining('This could not be understood'),
    });
    expect(await shop.rows('select 1 from decisions')).toEqual([]);
  });
});
