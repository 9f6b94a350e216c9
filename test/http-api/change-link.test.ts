import { describe, expect, it } from 'vitest';
import { loadMailKit } from '../../src/notify/mail-kit.ts';
import { sendDue } from '../../src/notify/send-due.ts';
import { smtpTransport } from '../../src/notify/transport/smtp.ts';
import { startMailServer } from '../notify/mail-server.ts';
import { waitFor } from '../support/wait.ts';
import type { Answer } from './http-setup.ts';
import { openShop, type Shop } from './shop.ts';

const LINES = [{ reference: '1', product: '4711', quantity: '3' }];

interface Changed {
  submitted?: object;
  change?: object;
  stages?: object[];
}

/** One after the other: Jens, then Maren (P-3). */
const TWO = [{ approvers: [{ superior: 1 }] }, { approvers: [{ superior: 2 }] }];

/** Greta's (P-1) order of four ladles, of which Jens (P-2) makes three: 37.50 EUR. Greta may take it back until 14:00 in Berlin. */
async function changed({ submitted = {}, change = { lines: LINES } as object, stages }: Changed = {}) {
  const shop = await openShop({ asks: true, orders: { changeWindow: '4 business hours' }, ...(stages && { stages }) });
  await shop.submit(submitted);
  const revise = (person: string, from: number, what: object, reason = 'three are enough') =>
    shop.put('/v1/orders/KO-1', { person, from, change: what, reason });
  await revise('P-2', 1, change);
  return { ...shop, revise, state: async () => (await shop.rows<{ state: string }>('select state from orders'))[0]?.state };
}

/** What the mails that are due hold behind the button of a change. */
async function mailOf({ db, settings, clock }: Shop): Promise<{ text: string; token: string }> {
  const server = await startMailServer();
  const mail = { ...settings.mail, host: '127.0.0.1', port: server.port, security: 'none' as const };
  const mailer = { kit: await loadMailKit(settings), transport: smtpTransport(mail, '127.0.0.1') };
  await sendDue({ db, settings, mailer, signal: new AbortController().signal, now: () => clock.now });
  await server.close();
  const text = server.received.map((one) => one.mail.text ?? '').find((one) => one.includes('was changed')) ?? '';
  return { text, token: /https:\/\/kontor\.example\/change\/(\S+)/.exec(text)?.[1] ?? '' };
}

const look = ({ ask }: Shop, token: string): Promise<Answer> => ask('GET', `/change/${token}`);

function say({ ask }: Shop, token: string, verdict: string): Promise<Answer> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return ask('POST', '/change', { body: new URLSearchParams({ token, verdict }).toString(), headers });
}

const everything = ({ rows }: Shop) =>
  rows<{ all: string }>(`select string_agg(x, ' ') as all from (
    select o::text as x from orders o union all select r::text from order_revisions r union all select s::text from approval_steps s
    union all select l::text from order_log l union all select f::text from handoffs f) t`);

describe('the mail about a changed order', () => {
  it('holds a link that shows what was changed, by whom and until when, and changes nothing however often it is opened', async () => {
    const shop = await changed();
    const { text, token } = await mailOf(shop);
    expect(text).toContain('Look at it, agree or withdraw:');
    const before = await everything(shop);
    const opened = await Promise.all([
      ...Array.from({ length: 5 }, () => look(shop, token)),
      shop.ask('HEAD', `/change/${token}`),
      shop.ask('GET', `/change?token=${token}&utm_source=mail`),
    ]);
    expect(opened.map(({ status }) => status)).toEqual(opened.map(() => 200));
    expect(await everything(shop)).toEqual(before);
    const [page = { text: '' }] = opened;
    for (const shown of ['Do you agree to the change of order R-1?', 'Jens Brandt changed your order', 'three are enough', '14:00 CET'])
      expect(page.text).toContain(shown);
    expect(page.text).toContain('Ladle (4711): quantity 4 → 3');
    expect(page.text).toContain('You answer as Greta Brandt.');
    expect(page.text).not.toMatch(/<script|<img|javascript:|withdraw_change/);
  });

  it('holds no link when the change leaves at once, or its time is over before the mail leaves', async () => {
    const detail = await changed({ change: { note: 'ring twice' } });
    expect(await mailOf(detail)).toEqual({ text: expect.stringContaining('Your order R-1 was changed'), token: '' });
    const late = await changed();
    late.clock.now = new Date('2026-11-23T13:00:00Z');
    expect(await mailOf(late)).toEqual({ text: expect.stringContaining('Your order R-1 was changed'), token: '' });
  });

  it('about a detail still tells of the change before it that waits for an answer', async () => {
    const shop = await changed({ stages: TWO });
    await shop.revise('P-3', 2, { note: 'ring twice' });
    const { text, token } = await mailOf(shop);
    expect(text).toContain('You may withdraw it until Monday, 23 November 2026 at 14:00 CET');
    const { text: page } = await look(shop, token);
    expect(page).toContain('quantity 4 → 3');
    expect(page).toContain('ring twice');
    expect(await say(shop, token, 'agree')).toMatchObject({ status: 200 });
  });
});

describe('answering by the link of a change', () => {
  it('agrees once: the order leaves, said again it is told, and the opposite is refused with who and when', async () => {
    const shop = await changed();
    const { token } = await mailOf(shop);
    await shop.rows(
      "update handoffs set state = 'held', code = 'CHANGE_WINDOW', not_before = now() + interval '1 hour' where state = 'pending'",
    );
    const first = await say(shop, token, 'agree');
    expect(first).toMatchObject({
      status: 200,
      text: expect.stringContaining('You agreed to the change on Monday, 23 November 2026 at 10:00 CET.'),
    });
    expect(await shop.rows('select state, not_before from handoffs')).toEqual([{ state: 'pending', not_before: null }]);
    await waitFor(async () => (await shop.queue.counts('push-order')).waiting > 0);

    shop.clock.now = new Date('2026-11-23T12:00:00Z');
    expect(await say(shop, token, 'agree')).toMatchObject({ status: 200, text: expect.stringContaining('at 10:00 CET') });
    expect(await say(shop, token, 'withdraw')).toMatchObject({
      status: 409,
      text: expect.stringMatching(/was answered otherwise[\s\S]*You agreed to the change on Monday, 23 November 2026 at 10:00/),
    });
    expect((await look(shop, token)).text).not.toContain('<form');
    expect(await shop.state()).toBe('released');
    expect(await shop.rows("select 1 from order_log where kind = 'change_agreed'")).toHaveLength(1);
  });

  it('takes the order back before anything left, once, though the button is pressed ten times at the same moment', async () => {
    const shop = await changed();
    const { token } = await mailOf(shop);
    const answers = await Promise.all(Array.from({ length: 10 }, () => say(shop, token, 'withdraw')));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await shop.state()).toBe('cancelled');
    expect(await shop.rows('select state from handoffs')).toEqual([{ state: 'cancelled' }]);
    expect(await shop.rows("select 1 from order_log where kind = 'cancelled'")).toHaveLength(1);
    expect(await say(shop, token, 'agree')).toMatchObject({ status: 409, text: expect.stringContaining('You withdrew the order on') });
  });

  it('is one answer, though both buttons are pressed at the same moment', async () => {
    const shop = await changed();
    const { token } = await mailOf(shop);
    const answers = await Promise.all(['agree', 'withdraw', 'agree', 'withdraw'].map((verdict) => say(shop, token, verdict)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409, 409]);
    for (const { text } of answers) expect(text).toMatch(/You (agreed to the change|withdrew the order) on Monday/);
    expect(await shop.rows("select kind from order_log where kind in ('change_agreed', 'withdrawn', 'cancelled')")).toHaveLength(1);
  });

  it('names the answer that came first to whoever opened the page before it', async () => {
    const shop = await changed();
    const { token } = await mailOf(shop);
    const waiting = async (count: number) =>
      (await shop.rows("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).length === count;
    const answers = await shop.db.transaction(async (trx) => {
      await trx('orders').forUpdate().select('id');
      const withdrawn = say(shop, token, 'withdraw');
      await waitFor(() => waiting(1));
      const agreed = say(shop, token, 'agree');
      await waitFor(() => waiting(2));
      return [withdrawn, agreed];
    });
    const said = expect.stringContaining('You withdrew the order on Monday');
    expect(await Promise.all(answers)).toMatchObject([
      { status: 200, text: said },
      { status: 409, text: said },
    ]);
  });

  it('takes back the change alone where the order was released before', async () => {
    const dear = { lines: [{ reference: '1', product: '4715', quantity: '1' }] };
    const shop = await openShop({ stages: TWO, orders: { changeWindow: '4 business hours' } });
    await shop.submit();
    for (const person of ['P-2', 'P-3']) await shop.post('/v1/orders/KO-1/decisions', { person, verdict: 'approve', revision: 1 });
    await shop.put('/v1/orders/KO-1', { person: 'P-1', from: 1, change: dear });
    await shop.put('/v1/orders/KO-1', { person: 'P-2', from: 2, change: { lines: LINES }, reason: 'ladles will do' });
    const { token } = await mailOf(shop);
    const { text } = await look(shop, token);
    expect(text).toContain('Withdraw the change only');
    expect(await say(shop, token, 'withdraw_change')).toMatchObject({
      status: 200,
      text: expect.stringContaining('You withdrew the change on'),
    });
    expect(await shop.rows('select state, revision, total::int as total from orders')).toEqual([
      { state: 'released', revision: 4, total: 5_000 },
    ]);
    expect(await say(shop, token, 'withdraw')).toMatchObject({ status: 409 });
  });

  it('is told to the other one who may answer: for whom it was ordered', async () => {
    const shop = await changed({ submitted: { onBehalfOf: 'P-5' } });
    const { text } = await mailOf(shop);
    expect(text).toContain('/change/');
    const { signChangeLink } = await import('../../src/approvals/links.ts');
    const until = new Date('2026-11-23T13:00:00Z');
    const link = (person: string) =>
      signChangeLink(shop.settings.http, { orderId: '1', revision: 2, personId: shop.id(person) }, { now: shop.clock.now, until });
    expect(await say(shop, await link('P-1'), 'agree')).toMatchObject({ status: 200 });
    expect((await look(shop, await link('P-5'))).text).toContain('Greta Brandt agreed to the change on');
    expect(await say(shop, await link('P-2'), 'agree')).toMatchObject({ status: 403 });
  });
});

describe('a link of a change', () => {
  it('ends with the window: it shows nothing then, and answers nothing', async () => {
    const shop = await changed();
    const { token } = await mailOf(shop);
    shop.clock.now = new Date('2026-11-23T13:00:01Z');
    const late = await look(shop, token);
    expect({ status: late.status, text: late.text }).toEqual({
      status: 403,
      text: expect.stringContaining('This link expired on Monday, 23 November 2026 at 14:00 CET, with the time to take the change back.'),
    });
    expect(late.text).not.toContain('Ladle');
    expect(await say(shop, token, 'withdraw')).toMatchObject({ status: 403 });
    expect(await shop.state()).toBe('released');
  });

  it('to an older change says what has changed since, and answers nothing', async () => {
    const shop = await changed();
    const { token } = await mailOf(shop);
    await shop.revise('P-1', 2, { lines: [{ ...LINES[0], quantity: '2' }] });
    expect(await look(shop, token)).toMatchObject({ status: 403, text: expect.stringContaining('Ladle (4711): quantity 3 → 2') });
    expect(await say(shop, token, 'withdraw')).toMatchObject({ status: 403 });
    expect(await shop.rows("select 1 from order_log where kind in ('withdrawn', 'cancelled')")).toEqual([]);
  });

  it('is no link to decide, nor the other way round; and not understood with an answer that is none', async () => {
    const shop = await changed();
    const { token } = await mailOf(shop);
    expect(await shop.ask('GET', `/decide/${token}`)).toMatchObject({ status: 403, text: expect.stringContaining('not genuine') });
    const { signLink } = await import('../../src/approvals/links.ts');
    const claims = { orderId: '1', stepId: '1', revision: 1, personId: shop.id('P-2') };
    expect(await look(shop, await signLink(shop.settings.http, claims, shop.clock.now))).toMatchObject({ status: 403 });
    expect(await say(shop, `${token.slice(0, -3)}abc`, 'agree')).toMatchObject({ status: 403 });
    expect(await say(shop, token, 'maybe')).toMatchObject({ status: 400, text: expect.stringContaining('This could not be understood') });
    expect(await shop.rows("select 1 from order_log where kind in ('change_agreed', 'withdrawn', 'cancelled')")).toEqual([]);
  });

  it('speaks the language of its reader, by the reader’s clock, also when it says no', async () => {
    const shop = await changed();
    const { token } = await mailOf(shop);
    await shop.alter('P-1', { locale: 'de-AT', time_zone: 'America/New_York' });
    const { text } = await look(shop, token);
    expect(text).toContain('<html lang="de">');
    for (const shown of ['Stimmen Sie der Änderung der Bestellung R-1 zu?', 'Zustimmen', 'Menge 4 → 3', '08:00 GMT-5'])
      expect(text).toContain(shown);
    expect(text).not.toMatch(/\b(Agree|Withdraw|Total|Quantity)\b/);
    shop.clock.now = new Date('2026-11-23T13:00:01Z');
    expect((await look(shop, token)).text).toContain('Dieser Link galt bis Montag, 23. November 2026');
  });
});
