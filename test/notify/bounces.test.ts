import { afterEach, describe, expect, it } from 'vitest';
import { readBounces } from '../../src/notify/read-bounces.ts';
import { markBounced, unreachableAddresses } from '../../src/store/mail/bounces.ts';
import { type MailDesk, mailDesk } from './mail-desk.ts';

let open: MailDesk | undefined;
afterEach(async () => {
  await open?.server.close();
  open = undefined;
});

interface Report {
  readonly messageId?: string;
  readonly action?: string;
  readonly status?: string;
  readonly diagnostic?: string;
  /** Only the headers of the mail are enclosed. */
  readonly headersOnly?: boolean;
}

/** As Postfix writes them. */
function reportOf({
  messageId = '<a@seller.example>',
  action = 'failed',
  status = '5.1.1',
  diagnostic,
  headersOnly = false,
}: Report): Buffer {
  const lines = [
    'From: MAILER-DAEMON@mx.example (Mail Delivery System)',
    'To: orders@seller.example',
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
    '',
    '--B',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'I am sorry to have to inform you. Action: failed. Status: 5.0.0.',
    '',
    '--B',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    'X-Postfix-Queue-ID: 4711',
    '',
    'Final-Recipient: rfc822; p-2@hansa.example',
    'Original-Recipient: rfc822;p-2@hansa.example',
    `Action: ${action}`,
    `Status: ${status}`,
    'Remote-MTA: dns; mx.hansa.example',
    ...(diagnostic === undefined ? [] : [`Diagnostic-Code: smtp; ${diagnostic}`]),
    '',
    '--B',
    `Content-Type: ${headersOnly ? 'text/rfc822-headers' : 'message/rfc822'}`,
    '',
    'From: orders@seller.example',
    'To: p-2@hansa.example',
    `Message-ID: ${messageId}`,
    'Subject: Please approve',
    ...(headersOnly ? [] : ['', 'Hello']),
    '',
    '--B--',
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

describe('a delivery report', () => {
  it.each([false, true])('names the mail, the address and what the other server said (headers only: %s)', async (headersOnly) => {
    const diagnostic = '550 5.1.1 <p-2@hansa.example>: Recipient address\r\n    rejected: User unknown';
    expect(await readBounces(reportOf({ diagnostic, headersOnly }))).toEqual([
      {
        messageId: '<a@seller.example>',
        address: 'p-2@hansa.example',
        reason: '550 5.1.1 <p-2@hansa.example>: Recipient address rejected: User unknown',
        isAboutAddress: true,
      },
    ]);
  });

  it('of a delay, or a mail that is no report, answers nothing', async () => {
    expect(await readBounces(reportOf({ action: 'delayed', status: '4.4.1' }))).toEqual([]);
    expect(await readBounces(Buffer.from('Subject: Out of office\r\n\r\nAction: failed\r\nStatus: 5.1.1'))).toEqual([]);
    expect(await readBounces(Buffer.from([0, 255, 1, 2]))).toEqual([]);
  });

  it.each([
    ['5.2.1', true],
    ['5.1.10', true],
    ['5.1.7', false],
    ['5.1.8', false],
    ['5.7.1', false],
    ['5.3.4', false],
    ['4.2.2', false],
  ])('of status %s is about the address: %s', async (status, isAboutAddress) => {
    expect(await readBounces(reportOf({ status }))).toMatchObject([{ reason: `status ${status}`, isAboutAddress }]);
  });
});

describe('a mail that came back', () => {
  async function returned(report: Report = {}) {
    open = await mailDesk();
    const { queue, send, rows, db, clock } = open;
    await queue('approval.asked', 'P-2');
    await send();
    const [mail] = await rows<{ message_id: string }>('select message_id from mails');
    const found = await readBounces(reportOf({ messageId: mail?.message_id ?? '', ...report }));
    return { ...open, found, mark: () => db.transaction((trx) => markBounced(trx, found, clock.now)) };
  }

  it('is shown as bounced, and its person counts as unreachable; told twice it counts once', async () => {
    const { mark, states, db, queue, send } = await returned();
    expect(await mark()).toEqual([{ mailId: expect.any(String), address: 'p-2@hansa.example', isNew: true, notifications: 1 }]);
    expect(await mark()).toMatchObject([{ isNew: false, notifications: 0 }]);
    expect(await states()).toEqual(['bounced ADDRESS_BOUNCED']);
    expect([...(await unreachableAddresses(db, ['p-2@hansa.example'])).values()]).toEqual(['status 5.1.1']);
    await queue('approval.reminder', 'P-2');
    expect(await send()).toMatchObject({ bounced: 1, mails: 0 });
  });

  it('for reasons of policy leaves the address good', async () => {
    const { mark, states, db } = await returned({ status: '5.7.1', diagnostic: '554 5.7.1 looks like spam' });
    expect(await mark()).toMatchObject([{ isNew: true, notifications: 1 }]);
    expect(await states()).toEqual(['bounced ADDRESS_BOUNCED']);
    expect(await unreachableAddresses(db, ['p-2@hansa.example'])).toEqual(new Map());
  });

  it('marks nothing when it names no mail of ours, for anybody could have written it', async () => {
    const { mark, states, db } = await returned({ messageId: '<guessed@seller.example>' });
    expect(await mark()).toEqual([]);
    expect(await states()).toEqual(['sent']);
    expect(await unreachableAddresses(db, ['p-2@hansa.example'])).toEqual(new Map());
  });
});
