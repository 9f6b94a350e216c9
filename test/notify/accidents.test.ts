import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_MAIL } from '../../src/config/mail-schema.ts';
import { openTransport } from '../../src/notify/open-mailer.ts';
import { smtpTransport } from '../../src/notify/transport/smtp.ts';
import { unreachableAddresses } from '../../src/store/mail/bounces.ts';
import { requeueNotifications } from '../../src/store/mail/resend.ts';
import { later, type MailDesk, mailDesk } from './mail-desk.ts';
import { startMailServer } from './mail-server.ts';

let open: MailDesk | undefined;
const closers: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  await open?.server.close();
  open = undefined;
  for (const close of closers.splice(0)) await close();
});
const setup = async (...given: Parameters<typeof mailDesk>) => {
  open = await mailDesk(...given);
  return open;
};

const ANYONE = [{ mode: 'any', approvers: [{ superior: 1 }, { superior: 2 }] }];

describe('a mail server', () => {
  it('that says "later" is asked again with growing delays, under the same name', async () => {
    const desk = await setup();
    const { queue, send, server, states, rows } = desk;
    await queue('approval.asked', 'P-2');
    server.accidents.push({ at: 'rcpt', code: 450, words: '4.2.1 greylisted' }, { at: 'data', code: 451, words: '4.3.0 try later' });
    expect(await send()).toMatchObject({ mails: 0, held: 1, blocked: null });
    expect(await states()).toEqual(['queued MAIL_LATER']);
    expect(await send()).toMatchObject({ mails: 0, held: 0 });
    later(desk, 1);
    await send();
    later(desk, 1);
    expect(await send()).toMatchObject({ mails: 0, held: 0 });
    later(desk, 1);
    expect(await send()).toMatchObject({ mails: 1 });
    expect(await rows('select attempts, answer from mails')).toEqual([{ attempts: 3, answer: expect.stringContaining('250') }]);
    expect(server.received).toHaveLength(1);
  });

  it('that was away for an hour has cost no mail its patience: the first "later" after it is asked again in a minute', async () => {
    const desk = await setup();
    const { queue, send, server, states, rows } = desk;
    await queue('approval.asked', 'P-2');
    await server.close();
    for (let minute = 0; minute < 60; minute += 1) {
      expect(await send()).toMatchObject({ blocked: { code: 'MAIL_UNREACHABLE' } });
      later(desk, 1);
    }
    const back = await startMailServer({ port: server.port });
    closers.push(back.close);
    back.accidents.push({ at: 'rcpt', code: 450, words: '4.2.0 greylisted' });
    expect(await send()).toMatchObject({ held: 1, failed: 0 });
    expect(await states()).toEqual(['queued MAIL_LATER']);
    later(desk, 1);
    expect(await send()).toMatchObject({ mails: 1 });
    expect(await rows('select attempts, deferrals from mails')).toEqual([{ attempts: 62, deferrals: 1 }]);
  });

  it('that says "later" of one mail without an end gets it 48 times; then a person looks', async () => {
    const desk = await setup();
    await desk.queue('approval.asked', 'P-2');
    for (let time = 0; time < 48; time += 1) {
      desk.server.accidents.push({ at: 'rcpt', code: 450, words: '4.2.1 mailbox busy' });
      await desk.send();
      later(desk, 60);
    }
    expect(await desk.states()).toEqual(['failed GAVE_UP']);
    expect(desk.server.received).toEqual([]);
  });

  it('that knows no such address is not asked again, and its person counts as unreachable until somebody says otherwise', async () => {
    const desk = await setup();
    const { queue, send, server, states, db, clock, rows } = desk;
    await queue('approval.asked', 'P-2');
    server.accidents.push({ at: 'rcpt', code: 550, words: '5.1.1 no such user' });
    expect(await send()).toMatchObject({ bounced: 1, blocked: null });
    await queue('approval.reminder', 'P-2');
    await send();
    expect(await states()).toEqual(['bounced ADDRESS_BOUNCED', 'bounced ADDRESS_BOUNCED']);
    expect([...(await unreachableAddresses(db, ['P-2@Hansa.example', 'p-3@hansa.example']))]).toEqual([
      ['p-2@hansa.example', expect.stringContaining('5.1.1')],
    ]);
    const [first] = await rows<{ id: string }>('select id from notifications order by id');
    await requeueNotifications(db, { ids: [first?.id ?? ''], states: ['bounced'] }, clock.now);
    expect(await unreachableAddresses(db, ['p-2@hansa.example'])).toEqual(new Map());
    expect(await send()).toMatchObject({ mails: 1 });
  });

  it('that refuses a mail for its content, or a reader for its policy, leaves it to a person, and the address is good', async () => {
    const { queue, send, server, states, db } = await setup({}, ANYONE);
    await queue('approval.asked', 'P-2');
    server.accidents.push({ at: 'rcpt', code: 554, words: '5.7.1 relaying denied' });
    await send();
    await queue('approval.asked', 'P-3');
    server.accidents.push({ at: 'data', code: 552, words: '5.3.4 too large' });
    await send();
    expect(await states()).toEqual(['failed MAIL_NOT_TAKEN', 'failed MAIL_NOT_TAKEN']);
    expect(await unreachableAddresses(db, ['p-2@hansa.example', 'p-3@hansa.example'])).toEqual(new Map());
  });

  it('that refuses the sender stops all mails, which wait', async () => {
    const desk = await setup({}, ANYONE);
    for (const person of ['P-2', 'P-3', 'P-4']) await desk.queue('approval.asked', person);
    desk.server.accidents.push(
      { at: 'mail', code: 550, words: '5.7.0 no such sender' },
      { at: 'mail', code: 550, words: '5.7.0 no such sender' },
    );
    expect(await desk.send()).toMatchObject({ mails: 0, bounced: 0, failed: 0, blocked: { code: 'MAIL_REFUSED' } });
    later(desk, 1);
    await desk.send();
    expect(await desk.states()).toEqual(['sent', 'sent', 'suppressed NOT_HOLDER']);
  });

  it('that does not believe in the sender, and says so only when it hears whom a mail is for, makes nobody unreachable', async () => {
    const desk = await setup();
    await desk.queue('approval.asked', 'P-2');
    desk.server.accidents.push({
      at: 'rcpt',
      code: 550,
      words: '5.1.8 <orders@seller.example>: Sender address rejected: Domain not found',
    });
    expect(await desk.send()).toMatchObject({ mails: 0, bounced: 0, failed: 0, blocked: { code: 'MAIL_REFUSED' } });
    expect(await unreachableAddresses(desk.db, ['p-2@hansa.example'])).toEqual(new Map());
    later(desk, 1);
    expect(await desk.send()).toMatchObject({ mails: 1 });
  });

  it('that takes a mail and hangs up gets it once more under the same Message-ID, and not a third time', async () => {
    const desk = await setup();
    const { queue, send, server, states, rows } = desk;
    await queue('approval.asked', 'P-2');
    server.accidents.push({ at: 'taken', what: 'hang-up' });
    expect(await send()).toMatchObject({ mails: 0, blocked: { code: 'MAIL_UNREACHABLE' } });
    expect(await rows('select answer from mails')).toEqual([{ answer: expect.stringContaining('may have arrived') }]);
    later(desk, 2);
    expect(await send()).toMatchObject({ mails: 1 });
    later(desk, 60);
    await send();
    expect(server.received).toHaveLength(2);
    expect(new Set(server.received.map(({ mail }) => mail.messageId)).size).toBe(1);
    expect(await states()).toEqual(['sent']);
  });

  it('that does not greet, or is not there, keeps nobody waiting, and nothing is lost', async () => {
    const desk = await setup();
    await desk.queue('approval.asked', 'P-2');
    desk.server.accidents.push({ at: 'connect', what: 'silence' });
    expect(await desk.send()).toMatchObject({ blocked: { code: 'MAIL_UNREACHABLE' } });
    await desk.server.close();
    later(desk, 2);
    expect(await desk.send()).toMatchObject({ blocked: { code: 'MAIL_UNREACHABLE' } });
    const back = await startMailServer({ port: desk.server.port });
    closers.push(back.close);
    later(desk, 2);
    expect(await desk.send()).toMatchObject({ mails: 1, blocked: null });
    expect(back.received).toHaveLength(1);
  });
});

describe('workers', () => {
  it('that look at the same moment send nothing twice', async () => {
    const desk = await setup({}, ANYONE);
    for (let n = 0; n < 6; n += 1)
      for (const person of ['P-2', 'P-3']) await desk.queue('budget.alert', person, { orderId: null, facts: budgetOf(n) });
    await Promise.all([desk.send(desk.worker()), desk.send(desk.worker()), desk.send(desk.worker())]);
    const states = await desk.states();
    expect([states.length, new Set(states)]).toEqual([12, new Set(['sent'])]);
    // One digest each, however the three shared them out.
    expect(desk.server.received.map(({ to }) => to[0]).sort()).toEqual(['p-2@hansa.example', 'p-3@hansa.example']);
  });

  it('that die between the handing over and the answer leave a mail that the next one sends under its name', async () => {
    const desk = await setup();
    const { queue, server, states, rows } = desk;
    await queue('approval.asked', 'P-2');
    // The worker's last act: the mail is with the server, and its answer is never written down.
    const lost = desk.worker({
      claimTtlMs: 1,
      mailer: {
        kit: desk.notify.mailer.kit,
        transport: {
          ...desk.notify.mailer.transport,
          async send(mail, signal) {
            await desk.notify.mailer.transport.send(mail, signal);
            throw new Error('killed');
          },
        },
      },
    });
    await expect(desk.send(lost)).rejects.toThrow('killed');
    expect(await states()).toEqual(['sending']);
    await desk.send();
    expect(await states()).toEqual(['sent']);
    expect(server.received).toHaveLength(2);
    expect(new Set(server.received.map(({ mail }) => mail.messageId)).size).toBe(1);
    expect(await rows('select attempts from mails')).toEqual([{ attempts: 2 }]);
  });

  it('that slept through their claim settle nothing', async () => {
    const desk = await setup();
    const { queue, server, states, rows } = desk;
    await queue('approval.asked', 'P-2');
    let wake = () => {};
    server.pause = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const sleeping = desk.send(desk.worker({ claimTtlMs: 1 }));
    await expect.poll(async () => (await rows('select 1 from mails')).length).toBe(1);
    const second = desk.send(desk.worker());
    await expect.poll(async () => (await rows<{ attempts: number }>('select attempts from mails'))[0]?.attempts).toBe(2);
    wake();
    expect([(await sleeping).mails, (await second).mails]).toEqual([0, 1]);
    expect(await states()).toEqual(['sent']);
  });
});

function budgetOf(n: number) {
  return { budget: `B${n}`, budgetName: `Budget ${n}`, period: '2026-11', percent: 80, used: 4, limitedTo: 5, currency: 'EUR' };
}

describe('what cannot be sent', () => {
  it('for want of a usable address is shown to a person, and leaves once the profile is right', async () => {
    const { queue, send, states, alter, db, clock, server } = await setup({}, ANYONE);
    await alter('P-2', { email: null });
    await alter('P-3', { email: 'p-3@hansa.example, thief@evil.example' });
    await queue('approval.asked', 'P-2');
    await queue('approval.asked', 'P-3');
    expect(await send()).toMatchObject({ failed: 2, mails: 0 });
    expect(await states()).toEqual(['failed NO_ADDRESS', 'failed ADDRESS_INVALID']);
    await alter('P-2', { email: 'jens@hansa.example' });
    await requeueNotifications(db, { states: ['failed'] }, clock.now);
    await send();
    expect(await states()).toEqual(['sent', 'failed ADDRESS_INVALID']);
    expect(server.received.map(({ to }) => to)).toEqual([['jens@hansa.example']]);
  });
});

it('lets nothing that was written down badly keep others from leaving', async () => {
  const { queue, send, states, server } = await setup();
  await queue('budget.alert', 'P-2', { orderId: null, facts: { budget: 'no amounts' } });
  await queue('approval.asked', 'P-2');
  await queue('approval.recalled', 'P-3', { orderId: null });
  expect(await send()).toMatchObject({ mails: 1, failed: 1 });
  expect((await states()).slice(0, 2)).toEqual(['failed CANNOT_BE_TOLD', 'sent']);
  expect(server.received).toHaveLength(1);
});

describe('without a server', () => {
  it('mails become files that any mail program opens, each once', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'kontor-mail-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    const desk = await setup();
    await desk.queue('approval.asked', 'P-2');
    const transport = openTransport({ mail: { ...DEFAULT_MAIL, folder: 'mail' }, baseFolder: folder });
    await transport.verify();
    expect(await desk.send(desk.worker({ mailer: { kit: desk.notify.mailer.kit, transport } }))).toMatchObject({ mails: 1 });
    const files = await readdir(path.join(folder, 'mail'));
    expect(files).toEqual(['000001.eml']);
    const mail = await simpleParser(await readFile(path.join(folder, 'mail', '000001.eml')));
    expect([mail.subject, mail.from?.text]).toEqual(['Please approve: order R-1, EUR 50.00 (Hansa Nord)', '"Kontor" <kontor@localhost>']);
    expect(mail.html).toContain('Look at it and decide');
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('with TLS and a login', () => {
  const certificate = async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'kontor-mail-tls-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    const args = ['-nodes', '-keyout', 'key.pem', '-out', 'cert.pem', '-subj', '/CN=mail', '-days', '1'];
    const names = ['-addext', 'subjectAltName=IP:127.0.0.1'];
    const { status, stderr } = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...args, ...names], { cwd: folder });
    if (status !== 0) throw new Error(stderr.toString());
    return { key: await readFile(path.join(folder, 'key.pem'), 'utf8'), cert: await readFile(path.join(folder, 'cert.pem'), 'utf8') };
  };
  const login = { user: 'kontor', password: 'correct horse' };
  const outgoing = {
    ...{ mailId: '1', messageId: '<1@seller.example>', to: { name: 'Jens', address: 'p-2@hansa.example' }, subject: 'Hello' },
    ...{ text: 'Hello', html: '<p>Hello</p>', thread: null, language: 'en', date: new Date('2026-11-23T09:00:00Z') },
  };
  const mailOf = (port: number, more: object) => ({
    ...DEFAULT_MAIL,
    host: '127.0.0.1',
    port,
    from: 'orders@seller.example',
    ...login,
    ...more,
  });
  const signal = new AbortController().signal;

  it.each(['starttls', 'tls'] as const)('mails go encrypted and under the login: %s', async (security) => {
    const tls = await certificate();
    const server = await startMailServer({ tls: { ...tls, fromTheStart: security === 'tls' }, login });
    closers.push(server.close);
    const transport = smtpTransport(mailOf(server.port, { security, ca: tls.cert }), '127.0.0.1');
    await transport.verify();
    expect(await transport.send(outgoing, signal)).toMatchObject({ kind: 'sent' });
    expect(server.received).toMatchObject([{ isSecure: true, user: 'kontor' }]);
    transport.close();
  });

  it('nothing goes with a wrong password, an unknown certificate or without encryption, and it is said why', async () => {
    const tls = await certificate();
    const server = await startMailServer({ tls, login });
    const plain = await startMailServer();
    closers.push(server.close, plain.close);
    const tries = [
      [mailOf(server.port, { ca: tls.cert, password: 'wrong' }), /535/],
      [mailOf(server.port, {}), /certificate/i],
      [mailOf(plain.port, {}), /STARTTLS|starttls|TLS/],
    ] as const;
    for (const [mail, words] of tries) {
      const transport = smtpTransport(mail, '127.0.0.1');
      expect(await transport.send(outgoing, signal)).toMatchObject({
        kind: 'blocked',
        code: 'MAIL_REFUSED',
        answer: expect.stringMatching(words),
      });
      await expect(transport.verify()).rejects.toMatchObject({ code: 'MAIL_REFUSED', message: expect.not.stringContaining('wrong') });
      transport.close();
    }
    expect([...server.received, ...plain.received]).toEqual([]);
  });
});
