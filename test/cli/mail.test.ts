import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadMailKit } from '../../src/notify/mail-kit.ts';
import { sendDue } from '../../src/notify/send-due.ts';
import { smtpTransport } from '../../src/notify/transport/smtp.ts';
import { queueNotices } from '../../src/store/notifications.ts';
import { setupOrders } from '../flows/order-setup.ts';
import { type MailServer, startMailServer } from '../notify/mail-server.ts';
import { kontorHere } from './run-here.ts';
import { makeFolder } from './run-kontor.ts';

let server: MailServer | undefined;
afterEach(() => server?.close());

const budgetOf = (name: string) => ({
  budget: name,
  budgetName: name,
  period: '2026-11',
  percent: 80,
  used: 4,
  limitedTo: 5,
  currency: 'EUR',
});

/** Two people are told of budgets; the address of the second is not known there. */
async function sent() {
  const { db, url, settings, id, clock } = await setupOrders();
  const mails = await startMailServer();
  server = mails;
  const mail = { ...settings.mail, host: '127.0.0.1', port: mails.port, security: 'none' as const, from: 'orders@seller.example' };
  const notices = ['P-2', 'P-3'].map((person) => ({
    event: 'budget.alert' as const,
    dedupeKey: person,
    personId: id(person),
    facts: budgetOf(`of ${person}`),
  }));
  await db.transaction((trx) => queueNotices(trx, notices, clock.now));
  mails.accidents.push({ at: 'rcpt', code: 550, words: '5.1.1 no such user' });
  const sending = { ...settings, mail };
  const mailer = { kit: await loadMailKit(sending), transport: smtpTransport(mail, '127.0.0.1') };
  await sendDue({ db, settings: sending, mailer, signal: new AbortController().signal, now: () => clock.now });
  const cwd = await makeFolder({
    'kontor.yaml': `mail: { host: 127.0.0.1, port: ${mails.port}, security: none, from: orders@seller.example }\n`,
  });
  const place = { cwd, env: { DATABASE_URL: url } };
  const run = (...args: string[]) => kontorHere(args, place);
  return { mails, run, cwd, json: async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout), db };
}

describe('kontor mail', () => {
  it('lists who was told what, shows each with the server’s answer, and sends again what bounced', async () => {
    const { run, json, mails, db } = await sent();
    const { notifications, counts } = await json('mail', 'list');
    expect(counts).toEqual({ bounced: 1, sent: 1 });
    const bounced = notifications.find(({ state }: { state: string }) => state === 'bounced');
    expect(bounced).toMatchObject({ event: 'budget.alert', code: 'ADDRESS_BOUNCED', because: expect.stringContaining('5.1.1') });
    expect((await run('mail', 'list', '--state', 'bounced')).stdout).toContain(bounced.person.name);
    const shown = await run('mail', 'show', bounced.id);
    expect(shown.stdout).toMatch(/state +bounced/);
    expect(shown.stdout).toMatch(/message id +<kontor\.[0-9a-f-]+@seller\.example>/);
    expect(shown.stdout).toMatch(/answer +550 .*5\.1\.1 no such user/);
    expect((await run('mail', 'resend', bounced.id)).stdout).toContain('queued again  1');
    expect(await run('mail', 'resend', bounced.id)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is queued; it leaves by itself'),
    });
    expect((await db.raw('select count(*)::int as n from bounced_addresses')).rows).toEqual([{ n: 0 }]);
    expect(mails.received).toHaveLength(1);
    const other = notifications.find(({ state }: { state: string }) => state === 'sent');
    expect(await run('mail', 'resend', other.id)).toMatchObject({ code: 2, stderr: expect.stringContaining('--again') });
    expect(await run('mail', 'show', '99')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no notification 99') });
  });

  it('marks what came back by its report, and says what it left', async () => {
    const { run, json, mails, cwd } = await sent();
    const name = mails.received[0]?.mail.messageId ?? '';
    const report = [
      'Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\nContent-Type: message/delivery-status\r\n',
      'Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--B',
      `Content-Type: message/rfc822\r\n\r\nMessage-ID: ${name}\r\n\r\nHello\r\n--B--\r\n`,
    ].join('\r\n');
    const { writeFile, mkdir } = await import('node:fs/promises');
    await mkdir(join(cwd, 'Maildir', 'new'), { recursive: true });
    await writeFile(join(cwd, 'Maildir', 'new', '1.mx'), report);
    await writeFile(join(cwd, 'Maildir', 'new', '2.mx'), report.replace(name, '<other@seller.example>'));
    await writeFile(join(cwd, 'Maildir', 'new', '3.mx'), 'Subject: away\r\n\r\nI am away');
    const told = await run('mail', 'bounces', 'Maildir');
    expect(told.stdout).toMatch(/read 3 mails, 2 reports of a failed delivery\nbounced {2}mail \d+ to .*\nleft {5}1 name no mail of ours/);
    expect((await json('mail', 'bounces', 'Maildir')).marked).toMatchObject([{ isNew: false }]);
    expect((await json('mail', 'list')).counts).toEqual({ bounced: 2 });
    expect(await run('mail', 'bounces', 'nowhere')).toMatchObject({ code: 2, stderr: expect.stringContaining('nowhere cannot be read') });
  });

  it('draws what it would say, with the templates of the folder, in every language', async () => {
    const cwd = await makeFolder({ 'kontor.yaml': 'mail: { templates: ours }\n', 'ours/de.json': '{ "greeting": "Moin {name}," }' });
    const shown = await kontorHere(['mail', 'preview', 'approval.asked', '--language', 'de'], { cwd });
    expect(shown.stdout).toMatch(/^Subject: Bitte freigeben: Bestellung R-1042, 1\.187,49 EUR \(Hansa Nord\)\n\nMoin Jens Brandt,/);
    expect(await kontorHere(['mail', 'preview', '--out', 'drawn'], { cwd })).toMatchObject({
      code: 0,
      stdout: 'wrote 24 files to drawn\n',
    });
    expect((await readdir(join(cwd, 'drawn'))).length).toBe(24);
    expect(await readFile(join(cwd, 'drawn', 'digest.html'), 'utf8')).toContain('3 orders wait for your approval');
    const french = await kontorHere(['mail', 'preview', 'order.approved', '--language', 'fr'], { cwd });
    expect(french.stdout).toMatch(/^Subject: Approved: order R-1042, EUR 1,187\.49\n/);
    expect(await kontorHere(['mail', 'preview', 'order.approved', '--zone', 'Mars'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it must be an IANA time zone such as Europe/Berlin'),
    });
    expect(await kontorHere(['mail', 'preview', 'order.lost'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"order.lost" is no event'),
    });
  });
});

describe('kontor check', () => {
  it('proves the mail server and the templates, and sends nothing', async () => {
    const { run, mails } = await sent();
    const before = mails.received.length;
    expect(await run('check')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`mail  127.0.0.1:${mails.port}; languages: de, en`),
    });
    expect(mails.received).toHaveLength(before);
    await mails.close();
    expect(await run('check')).toMatchObject({ code: 6, stdout: expect.stringMatching(/error mail .*does not answer as it should/) });
  });

  it.each([
    ['mail: { host: mail.example }', 3, 'kontor.yaml:1:1: mail.from is missing'],
    ['mail: { host: mail.example, from: a@b.example, user: x }', 3, 'password is missing'],
    ['mail: { from: "a@b.example, c@d.example" }', 3, 'is not one mail address'],
    ['mail: { quietHours: "8pm-7am" }', 3, 'must be a span of the clock such as 20:00-07:00'],
    ['mail: { language: "deutsch!" }', 3, 'is not a language such as en, de or de-AT'],
  ])('says of %s what is wrong', async (yaml, code, words) => {
    const cwd = await makeFolder({ 'kontor.yaml': `${yaml}\n` });
    expect(await kontorHere(['check'], { cwd })).toMatchObject({ code, stderr: expect.stringContaining(words) });
  });
});
