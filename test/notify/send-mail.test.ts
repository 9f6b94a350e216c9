import { afterEach, describe, expect, it } from 'vitest';
import type { OutgoingMail } from '../../src/notify/transport/mail-transport.ts';
import { delegateApprovals } from '../../src/orders/delegate.ts';
import { escalateApprovals } from '../../src/orders/escalate-approvals.ts';
import { decideByLink, openLink } from '../../src/orders/open-link.ts';
import { reviseOrder } from '../../src/orders/revise.ts';
import { tendSteps } from '../../src/orders/tend-steps.ts';
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

const BUDGET = { budget: 'N', budgetName: 'Nord', period: '2026-11', percent: 80, used: 400_000, limitedTo: 500_000, currency: 'EUR' };
const ANYONE = [{ mode: 'any', approvers: [{ superior: 1 }, { superior: 2 }] }];

describe('a mail that asks', () => {
  it('says what and for whom, in text and HTML, with a link for this person and this revision', async () => {
    const { queue, send, newest, states, context, id, order, stepId } = await setup();
    await queue('approval.asked', 'P-2');
    expect(await send()).toMatchObject({ mails: 1, notifications: 1, blocked: null });
    const { to, mail } = newest();
    expect(to).toEqual(['p-2@hansa.example']);
    expect(mail.subject).toBe('Please approve: order R-1, EUR 50.00 (Hansa Nord)');
    expect(mail.from?.text).toBe('"Kontor" <orders@seller.example>');
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.text).toContain('Hello Jens Brandt,');
    expect(mail.text).toContain('Greta Brandt placed an order of EUR 50.00 net for Hansa Nord on Monday, 23 November 2026 at 10:00 CET.');
    expect(mail.text).toContain('- Ladle (4711): 4 PCE × EUR 12.50 = EUR 50.00');
    const [, token = ''] = /https:\/\/kontor\.example\/decide\/(\S+)/.exec(mail.text ?? '') ?? [];
    expect(mail.html).toContain(`href="https://kontor.example/decide/${token}"`);
    expect((await openLink(context, token)).claims).toEqual({ orderId: order.id, stepId, revision: 1, personId: id('P-2') });
    expect(await states()).toEqual(['sent']);
  });

  it('speaks the language and counts by the clock of the person, else of the unit, else of the company', async () => {
    const { queue, send, server, alter } = await setup({}, ANYONE);
    await alter('A-1', { locale: 'de_DE' });
    await alter('P-3', { locale: 'en-GB', time_zone: 'America/New_York' });
    await queue('approval.asked', 'P-2');
    await queue('approval.asked', 'P-3');
    await send();
    const told = server.received.map(({ mail }) => [mail.subject, mail.text?.split('\n')[4]]);
    expect(told.sort()).toEqual([
      ['Bitte freigeben: Bestellung R-1, 50,00 EUR (Hansa Nord)', 'Greta Brandt hat am Montag, 23. November 2026 um 10:00 MEZ für Hansa Nord eine Bestellung über 50,00 EUR netto aufgegeben.'],
      ['Please approve: order R-1, EUR 50.00 (Hansa Nord)', 'Greta Brandt placed an order of EUR 50.00 net for Hansa Nord on Monday, 23 November 2026 at 04:00 GMT-5.'],
    ]); // biome-ignore format: two mails
  });

  it('escapes what others wrote, and lets nothing of it become a header or a second reader', async () => {
    const { queue, send, newest, alter, rows, order } = await setup();
    await alter('A-2', { name: 'Nord\r\nBcc: thief@evil.example\r\n\r\n<b>' });
    await alter('P-2', { name: 'Jens, "the" <x@evil.example>\nCc: y@evil.example' });
    await rows(`update orders set reference = '<script>R & D</script>' where id = ${order.id}`);
    await queue('approval.asked', 'P-2');
    await send();
    const { to, mail, raw } = newest();
    expect(to).toEqual(['p-2@hansa.example']);
    expect([mail.bcc, mail.cc]).toEqual([undefined, undefined]);
    expect(mail.to).toMatchObject({ value: [{ address: 'p-2@hansa.example' }] });
    expect(mail.subject).toContain('<script>R & D</script>');
    expect(raw.split('\r\n\r\n')[0]).not.toMatch(/^(Bcc|Cc):/im);
    expect(mail.html).not.toMatch(/<script|<b>/);
    expect(mail.html).toContain('&lt;script&gt;R &amp; D&lt;/script&gt;');
  });

  it('names no link where none can be made, and says so', async () => {
    const desk = await setup();
    await desk.queue('approval.asked', 'P-2');
    await desk.send(
      desk.worker({ settings: { ...desk.settings, mail: desk.mail, http: { ...desk.settings.http, publicUrl: undefined } } }),
    );
    expect(desk.newest().mail.text).toContain('Please decide in the portal.');
    expect(desk.newest().mail.html).not.toContain('href');
  });
});

it('submitted, asked, decided by the link of the mail: nobody else has to do anything', async () => {
  const { sendAll, server, context, state } = await setup();
  await sendAll();
  expect(server.received.map(({ to }) => to[0])).toEqual(['p-2@hansa.example']);
  const [, token = ''] = /\/decide\/(\S+)/.exec(server.received[0]?.mail.text ?? '') ?? [];
  await decideByLink(context, token, { verdict: 'approve', comment: null });
  expect(await state()).toBe('released');
  await sendAll();
  expect(server.received.filter(({ to }) => to[0] === 'p-2@hansa.example')).toHaveLength(1);
});

describe('nothing leaves that nobody needs any more:', () => {
  it('not an ask after the decision, the withdrawal, a change, or for somebody who has left or is not asked', async () => {
    const decided = await setup({}, ANYONE);
    await decided.queue('approval.asked', 'P-2');
    await decided.queue('approval.asked', 'P-3');
    await decided.queue('approval.asked', 'P-4');
    await decided.alter('P-2', { status: 'left' });
    await decided.approve('P-3');
    await decided.send();
    expect(await decided.states()).toEqual(['suppressed PERSON_GONE', 'suppressed ORDER_ENDED', 'suppressed ORDER_ENDED']);
    expect(decided.server.received).toEqual([]);
    await decided.server.close();

    const changed = await setup({}, ANYONE);
    await changed.queue('approval.asked', 'P-2');
    await changed.queue('approval.asked', 'P-4');
    await changed.revise('P-1', { shippingCost: '5' });
    await changed.send();
    expect(await changed.states()).toEqual(['suppressed STEP_VOID', 'suppressed STEP_VOID']);
    expect(changed.server.received).toEqual([]);
  });

  it('not even when it is decided between the claim and the sending', async () => {
    const desk = await setup();
    for (const person of ['P-3', 'P-4']) await desk.queue('budget.alert', person, { orderId: null, facts: BUDGET });
    await desk.queue('approval.asked', 'P-2');
    const told: string[] = [];
    let decided: Promise<unknown> | undefined;
    // All three are claimed together, two leave at a time: while the first are on their way the third is decided.
    const transport = {
      ...desk.notify.mailer.transport,
      async send({ to }: OutgoingMail) {
        told.push(to.address);
        decided ??= desk.approve('P-2');
        await decided;
        return { kind: 'sent' as const, answer: '250 taken' };
      },
    };
    await desk.send(desk.worker({ mailer: { kit: desk.notify.mailer.kit, transport } }));
    expect(await desk.states()).toEqual(['sent', 'sent', 'suppressed ORDER_ENDED']);
    expect(told).not.toContain('p-2@hansa.example');
  });

  it('not a reminder before the ask itself, and not two of them', async () => {
    const { queue, send, states, server } = await setup();
    await queue('approval.asked', 'P-2');
    await queue('approval.reminder', 'P-2');
    await send();
    await queue('approval.reminder', 'P-2');
    await queue('approval.reminder', 'P-2');
    await send();
    expect(await states()).toEqual(['sent', 'suppressed TOLD_NEWER', 'suppressed TOLD_NEWER', 'sent']);
    expect(server.received.map(({ mail }) => mail.subject)).toEqual([
      'Please approve: order R-1, EUR 50.00 (Hansa Nord)',
      'Reminder: order R-1 waits for your approval, EUR 50.00 (Hansa Nord)',
    ]);
  });

  it('not a recall of what never left; one of what did says why, and nothing of the order', async () => {
    const { queue, send, states, approve, newest } = await setup({}, ANYONE);
    await queue('approval.asked', 'P-2');
    await send();
    await approve('P-3');
    for (const person of ['P-2', 'P-3', 'P-4']) await queue('approval.recalled', person);
    await send();
    expect(await states()).toEqual(['sent', 'sent', 'suppressed SAID', 'suppressed NEVER_ASKED']);
    expect(newest().mail.subject).toBe('No longer needed: approval of order R-1 (Hansa Nord)');
    expect(newest().mail.text).toContain('Somebody else has approved it. You need do nothing.');
    expect(newest().mail.text).not.toMatch(/50\.00|4711|Ladle/);
  });
});

it('asks whoever loses a step and holds it again, once for each time that the loss was told, and else not at all', async () => {
  const desk = await setup();
  const { sendAll, server, context, clock, id } = desk;
  const told = (who: string) => server.received.filter(({ to }) => to[0] === who).map(({ mail }) => mail.subject?.split(':')[0]);
  const people = { fromPersonId: id('P-2'), toPersonId: id('P-4'), orderId: null, reason: null, createdBy: 'test' };
  const standIn = () => delegateApprovals(context, { ...people, endsAt: new Date(clock.now.getTime() + 48 * 3_600_000) });
  const comeBack = () => {
    later(desk, 48 * 60);
    return tendSteps(context);
  };
  await sendAll();
  for (const _time of [1, 2, 3]) {
    await standIn();
    await sendAll();
    await sendAll();
    await comeBack();
    await sendAll();
  }
  const round = ['Please approve', 'No longer needed'];
  expect(told('p-4@hansa.example')).toEqual([...round, ...round, ...round]);
  await standIn();
  await sendAll();
  await comeBack();
  await standIn();
  await sendAll();
  expect(told('p-4@hansa.example')).toEqual([...round, ...round, ...round, 'Please approve']);
  expect(told('p-2@hansa.example')).toEqual(['Please approve']);
  expect(server.received.filter(({ mail }) => mail.text?.includes('This message is late'))).toEqual([]);
});

describe('whoever ordered', () => {
  it('is told who approved, and with what words', async () => {
    const { queue, send, newest, approve } = await setup();
    await approve('P-2', { comment: 'as agreed' });
    await queue('order.approved', 'P-1');
    await send();
    expect(newest().to).toEqual(['p-1@hansa.example']);
    expect(newest().mail.text).toContain('Jens Brandt has approved your order of EUR 50.00 net for Hansa Nord.');
    expect(newest().mail.text).toContain('Comment: as agreed');
  });

  it('is told that a change of the released order has expired or was declined, and that the order stands as it was', async () => {
    const clock = { expireAfter: '3 calendar days', onExpire: 'expire' };
    const desk = await setup({}, [{ approvers: [{ superior: 1 }], clock }]);
    const { sendAll, server, context, approve, decline, revise, rows, state } = desk;
    const told = () => server.received.filter(({ to }) => to[0] === 'p-1@hansa.example').map(({ mail }) => mail);
    const change = { lines: [{ reference: '1', product: '4711', quantity: '6' }] };
    await approve('P-2');
    await rows(`update handoffs set state = 'accepted', erp_id = 'SO-1'`);
    await sendAll();
    await revise('P-1', change);
    later(desk, 3 * 24 * 60);
    await escalateApprovals(context);
    await sendAll();
    expect([await state(), told().at(-1)?.subject]).toEqual(['released', 'Change expired: order R-1, still EUR 50.00']);
    expect(told().at(-1)?.text).toContain('The order stays as it was released, at EUR 50.00 net.');
    expect(told().at(-1)?.text).not.toContain('order them again');
    await revise('P-1', change, 3);
    await decline('P-2');
    await sendAll();
    expect(told().at(-1)?.subject).toBe('Change declined: order R-1, still EUR 50.00');
    expect(told().at(-1)?.text).toContain('Jens Brandt has declined the change of your order for Hansa Nord. The order stays as it was');
  });

  it('is told line by line what an approver changed, in the transaction of the change', async () => {
    const { revise, send, newest, states } = await setup();
    await revise('P-2', {
      lines: [
        { reference: '1', product: '4711', quantity: '3' },
        { product: '4712', quantity: '2' },
      ],
    });
    await send();
    expect(await states()).toEqual(['sent']);
    const { mail, to } = newest();
    expect(to).toEqual(['p-1@hansa.example']);
    expect(mail.subject).toBe('Changed: your order R-1, now EUR 45.50');
    expect(mail.text).toContain('Jens Brandt changed your order');
    expect(mail.text).toContain('- Ladle (4711): quantity 4 → 3');
    expect(mail.text).toContain('- Skimmer (4712): new, 2 PCE at EUR 3.999 each');
    expect(mail.text).toContain('- Total: EUR 50.00 → EUR 45.50');
  });

  it('is told of several changes at once what is new since the last mail, and until when any of them may be taken back', async () => {
    const desk = await setup({ digestMinutes: 10 });
    const { order, settings, send, newest, states, id } = desk;
    const context = { ...desk.context, settings: { ...settings, orders: { ...settings.orders, changeWindow: '4 business hours' } } };
    const revise = (who: string, from: number, change: object, reason: string | null = null) =>
      reviseOrder(context, { orderId: order.id, personId: id(who), from, change, reason, channel: 'test' });
    const quantity = (n: string) => ({ lines: [{ reference: '1', product: '4711', quantity: n }] });
    await revise('P-2', 1, quantity('3'), 'three are enough');
    later(desk, 5);
    await revise('P-2', 2, { note: 'ring twice' });
    later(desk, 10);
    await send();
    expect(await states()).toEqual(['suppressed OUTDATED', 'sent']);
    expect(newest().mail.text).toContain('- Ladle (4711): quantity 4 → 3');
    expect(newest().mail.text).toContain('- Note: none → ring twice');
    expect(newest().mail.text).toContain('You may withdraw it until Monday, 23 November 2026 at 14:00 CET');
    expect(newest().mail.text).toContain('Reason: three are enough');

    await revise('P-2', 3, { note: 'ring thrice' });
    later(desk, 10);
    await send();
    expect(newest().mail.text).toContain('- Note: ring twice → ring thrice');
    expect(newest().mail.text).not.toContain('quantity 4 → 3');
    expect(newest().mail.text).toContain('You may withdraw it until Monday, 23 November 2026 at 14:00 CET');

    await revise('P-2', 4, quantity('2'));
    await revise('P-1', 5, quantity('5'));
    await revise('P-2', 6, { note: null });
    later(desk, 10);
    await send();
    expect((await states()).slice(3)).toEqual(['suppressed OUTDATED', 'sent']);
    expect(newest().mail.text).toContain('- Note: ring thrice → none');
    expect(newest().mail.text).not.toMatch(/quantity|withdraw it until/);
  });
});

it('says on the radar that nobody can decide, and nothing of what was ordered', async () => {
  const { queue, send, newest } = await setup();
  await queue('radar.listed', 'P-9', { facts: { reason: 'Jens Brandt has left', since: '2026-11-23T09:00:00Z' } });
  await send();
  const { mail } = newest();
  expect(mail.subject).toBe('Nobody can decide order KO-1 (Hansa Nord)');
  expect(`${mail.text}${mail.html}`).not.toMatch(/50\.00|4711|Ladle|Greta|R-1|4100/);
  expect(mail.text).toContain('Reason: Jens Brandt has left');
});

it('says on the radar what is true of an order that somebody may decide, and nobody did', async () => {
  const { queue, send, newest } = await setup();
  const facts = { standing: 'waited', reason: 'nobody decided, and the ladder of its rules is at its end', since: '2026-11-23T09:00:00Z' };
  await queue('radar.listed', 'P-9', { facts });
  await send();
  const { mail } = newest();
  expect(mail.subject).toBe('Nobody has decided order KO-1 (Hansa Nord)');
  expect(mail.text).toContain('did not decide it in time');
  expect(mail.text).not.toMatch(/no approver|Nobody can/);
});

it('says on the radar which budget needs somebody, and why', async () => {
  const { queue, send, newest } = await setup();
  const facts = { what: 'calendar erp', reason: 'its last period ends on 2026-12-31; 2 budgets go on', since: '2026-12-02T00:00:00Z' };
  await queue('radar.listed', 'P-9', { orderId: null, stepId: null, revision: null, facts });
  await send();
  const { mail } = newest();
  expect(mail.subject).toBe('calendar erp needs somebody');
  expect(mail.text).toContain('Reason: its last period ends on 2026-12-31; 2 budgets go on');
});

it('tells of a budget and of what waits before an absence', async () => {
  const { queue, send, server } = await setup();
  await queue('budget.alert', 'P-4', { orderId: null, facts: BUDGET });
  const away = { startsAt: '2026-11-24T08:00:00Z', endsAt: '2026-12-05T17:00:00Z', deputies: ['Ines Paulsen'] };
  await queue('absence.handover', 'P-2', { orderId: null, facts: away });
  await queue('absence.handover', 'P-9', { orderId: null, facts: away });
  await send();
  const told = new Map(server.received.map(({ to, mail }) => [to[0], mail]));
  expect([...told.keys()].sort()).toEqual(['p-2@hansa.example', 'p-4@hansa.example']);
  expect(told.get('p-4@hansa.example')?.subject).toBe('Budget Nord: 80% used');
  expect(told.get('p-4@hansa.example')?.text).toContain(
    'Orders have taken EUR 4,000.00 of EUR 5,000.00 in the period 2026-11. EUR 1,000.00 are left.',
  );
  expect(told.get('p-2@hansa.example')?.subject).toBe('Before your absence: one order waits for you');
  expect(told.get('p-2@hansa.example')?.text).toContain('R-1: EUR 50.00 (Hansa Nord)');
});

it('says by how much a budget is exceeded, not that nothing is left', async () => {
  const { queue, send, newest } = await setup();
  await queue('budget.alert', 'P-4', { orderId: null, facts: { ...BUDGET, percent: 100, used: 620_000 } });
  await send();
  const { text = '' } = newest().mail;
  expect(text).toContain('in the period 2026-11. That is EUR 1,200.00 more than there is.');
  expect(text).toContain('Beyond it: EUR 1,200.00');
  expect(text).not.toContain('0.00 are left');
});
