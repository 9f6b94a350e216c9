import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { parseQuietHours, quietUntil, readWishes } from '../../src/notify/wishes.ts';
import { later, type MailDesk, mailDesk } from './mail-desk.ts';

let open: MailDesk | undefined;
afterEach(async () => {
  await open?.server.close();
  open = undefined;
});
const setup = async (...given: Parameters<typeof mailDesk>) => {
  open = await mailDesk(...given);
  return open;
};

const ANYONE = [{ mode: 'any', approvers: [{ superior: 1 }, { superior: 2 }] }];
const budgetOf = (n: number) => ({
  budget: `B${n}`,
  budgetName: `B ${n}`,
  period: '2026-11',
  percent: 80,
  used: 4,
  limitedTo: 5,
  currency: 'EUR',
});

describe('several notifications of one person', () => {
  it('that are due together become one mail, what asks for a decision first', async () => {
    const { queue, send, newest, states, server } = await setup();
    await queue('budget.alert', 'P-2', { orderId: null, facts: budgetOf(1) });
    await queue('approval.asked', 'P-2');
    expect(await send()).toMatchObject({ mails: 1, notifications: 2 });
    expect(server.received).toHaveLength(1);
    expect(newest().mail.subject).toBe('One order waits for your approval, and one more message');
    const text = newest().mail.text ?? '';
    expect(text.indexOf('Order R-1 waits')).toBeLessThan(text.indexOf('80% of the budget B 1'));
    expect(await states()).toEqual(['sent', 'sent']);
  });

  it('of which none is about an order are not called messages about orders', async () => {
    const { queue, send, newest } = await setup();
    for (const n of [1, 2]) await queue('budget.alert', 'P-2', { orderId: null, facts: budgetOf(n) });
    expect(await send()).toMatchObject({ mails: 1, notifications: 2 });
    expect(newest().mail.subject).toBe('2 messages: Budget B 1: 80% used');
  });

  it('that come within the window wait for its end, and what comes later does not make it longer', async () => {
    const desk = await setup({ digestMinutes: 10 });
    const { queue, send, server, states } = desk;
    await queue('approval.asked', 'P-2');
    expect(await send()).toMatchObject({ mails: 0, held: 1 });
    later(desk, 6);
    await queue('budget.alert', 'P-2', { orderId: null, facts: budgetOf(1) });
    expect(await send()).toMatchObject({ mails: 0, held: 2 });
    expect(await states()).toEqual(['queued DIGEST', 'queued DIGEST']);
    later(desk, 4);
    expect(await send()).toMatchObject({ mails: 1, notifications: 2 });
    expect(server.received).toHaveLength(1);
  });

  it('keep the person’s own window before that of the installation', async () => {
    const { queue, send, alter } = await setup({ digestMinutes: 10 }, ANYONE);
    await alter('P-2', { attributes: { mailDigestMinutes: '0' } });
    await alter('P-3', { attributes: { mailDigestMinutes: 'soon' } });
    await queue('approval.asked', 'P-2');
    await queue('approval.asked', 'P-3');
    expect(await send()).toMatchObject({ mails: 1, held: 1 });
  });
});

describe('quiet hours', () => {
  it('hold back until they end, on the clock of the reader, and drop nothing', async () => {
    const desk = await setup({ quietHours: '18:00-07:30' }, ANYONE);
    await desk.alter('P-3', { time_zone: 'America/New_York' });
    desk.clock.now = new Date('2026-11-23T18:00:00Z'); // 19:00 in Berlin, 13:00 in New York
    await desk.queue('approval.asked', 'P-2');
    await desk.queue('approval.asked', 'P-3');
    expect(await desk.send()).toMatchObject({ mails: 1, held: 1 });
    expect(await desk.rows("select code, due_at from notifications where state = 'queued'")).toEqual([
      { code: 'QUIET_HOURS', due_at: new Date('2026-11-24T06:30:00Z') },
    ]);
    desk.clock.now = new Date('2026-11-24T06:29:59Z');
    expect(await desk.send()).toMatchObject({ mails: 0 });
    desk.clock.now = new Date('2026-11-24T06:30:00Z');
    expect(await desk.send()).toMatchObject({ mails: 1 });
  });

  it('of the person count before those of the installation, also none', async () => {
    const desk = await setup({ quietHours: '00:00-23:59' }, ANYONE);
    await desk.alter('P-2', { attributes: { mailQuietHours: 'none' } });
    await desk.queue('approval.asked', 'P-2');
    expect(await desk.send()).toMatchObject({ mails: 1 });
  });

  it('end at the minute that is written, whatever the clock does in that night', () => {
    const hours = parseQuietHours('22:00-02:30') ?? { from: 0, until: 0 };
    // 02:30 does not exist in Berlin in this night, and twice in the other.
    expect(quietUntil(hours, new Date('2026-03-28T22:00:00Z'), 'Europe/Berlin')).toEqual(new Date('2026-03-29T01:30:00Z'));
    expect(quietUntil(hours, new Date('2026-10-24T21:00:00Z'), 'Europe/Berlin')).toEqual(new Date('2026-10-25T00:30:00Z'));
  });

  it('are over once they have ended, also where the clock shows the hour a second time', async () => {
    const hours = parseQuietHours('22:00-02:30') ?? { from: 0, until: 0 };
    // 02:10 and 02:40 for the second time, after 02:30 has come and gone.
    for (const at of ['2026-10-25T01:10:00Z', '2026-10-25T01:40:00Z']) expect(quietUntil(hours, new Date(at), 'Europe/Berlin')).toBeNull();
    // Begun at the first 02:30, they go on through the second 02:10.
    const late = parseQuietHours('02:30-06:00') ?? { from: 0, until: 0 };
    expect(quietUntil(late, new Date('2026-10-25T01:10:00Z'), 'Europe/Berlin')).toEqual(new Date('2026-10-25T05:00:00Z'));
    const desk = await setup({ quietHours: '22:00-02:30' });
    desk.clock.now = new Date('2026-10-25T01:10:00Z');
    await desk.queue('approval.asked', 'P-2');
    expect(await desk.send()).toMatchObject({ mails: 1, held: 0 });
  });

  it('always end later, within a day, and are over then', () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', 'UTC');
    fc.assert(
      fc.property(
        minute,
        minute,
        fc.date({ min: new Date('2026-04-06'), max: new Date('2026-09-20'), noInvalidDate: true }),
        zones,
        (from, until, now, zone) => {
          fc.pre(from !== until);
          const end = quietUntil({ from, until }, now, zone);
          if (end === null) return;
          expect(end.getTime()).toBeGreaterThan(now.getTime());
          expect(end.getTime() - now.getTime()).toBeLessThanOrEqual(24 * 3_600_000);
          expect(quietUntil({ from, until }, end, zone)).toBeNull();
        },
      ),
    );
  });
});

describe('reminders', () => {
  it('may be thinned by the person to once a day or none; what asks may not', async () => {
    const desk = await setup({}, ANYONE);
    const { queue, send, states, alter } = desk;
    await alter('P-2', { attributes: { mailReminders: 'none' } });
    await alter('P-3', { attributes: { mailReminders: 'daily' } });
    for (const person of ['P-2', 'P-3']) await queue('approval.asked', person);
    expect(await send()).toMatchObject({ mails: 2 });
    for (const person of ['P-2', 'P-3']) await queue('approval.reminder', person);
    await send();
    expect((await states()).slice(2)).toEqual(['suppressed UNWANTED', 'queued DAILY']);
    desk.clock.now = new Date('2026-11-24T07:00:00Z'); // 08:00 in Berlin
    expect(await send()).toMatchObject({ mails: 1 });
  });
});

it('says of a mail that is more than a day late that it is', async () => {
  const desk = await setup();
  await desk.queue('approval.asked', 'P-2');
  await desk.queue('budget.alert', 'P-4', { orderId: null, facts: budgetOf(1) });
  later(desk, 7 * 24 * 60);
  await desk.send();
  expect(desk.server.received.filter(({ mail }) => mail.text?.includes('This message is late'))).toHaveLength(2);
  expect(desk.server.received.find(({ to }) => to[0] === 'p-2@hansa.example')?.mail.text).toContain(
    'This message is late: it should have left on Monday, 23 November 2026 at 10:00 CET.',
  );
});

it('says nothing of a mail that waited for as long as the person wants', async () => {
  const desk = await setup({}, ANYONE);
  await desk.alter('P-2', { attributes: { mailDigestMinutes: '2880' } });
  await desk.alter('P-3', { attributes: { mailReminders: 'daily', mailQuietHours: '22:00-09:00' } });
  await desk.queue('approval.asked', 'P-2');
  desk.clock.now = new Date('2026-11-23T07:30:00Z'); // 08:30 in Berlin, after the morning
  await desk.queue('approval.reminder', 'P-3');
  for (const leaves of ['2026-11-24T08:00:00Z', '2026-11-25T09:00:00Z']) {
    desk.clock.now = new Date(leaves);
    expect(await desk.send()).toMatchObject({ mails: 1 });
  }
  for (const { mail } of desk.server.received) expect(mail.text).not.toContain('This message is late');
});

it.each([
  [
    { digest: '30', quietHours: '20:00 - 7:00', reminders: 'Daily' },
    { digestMs: 1_800_000, quiet: { from: 1_200, until: 420 }, reminders: 'daily' },
  ],
  [
    { digest: '-1', quietHours: '25:00-7:00', reminders: 'never' },
    { digestMs: 300_000, quiet: { from: 0, until: 60 }, reminders: 'all' },
  ],
  [
    { digest: null, quietHours: 'none', reminders: null },
    { digestMs: 300_000, quiet: null, reminders: 'all' },
  ],
])('reads the wishes %j', (wished, read) => {
  expect(readWishes(wished, { digestMinutes: 5, quietHours: '00:00-01:00' })).toEqual(read);
});
