import { afterEach, describe, expect, it } from 'vitest';
import { openLink } from '../../src/orders/open-link.ts';
import { type MailDesk, mailDesk } from './mail-desk.ts';

let open: MailDesk | undefined;
afterEach(async () => {
  await open?.server.close();
  open = undefined;
});
const setup = async (...given: Parameters<typeof mailDesk>) => {
  open = await mailDesk(...given);
  return open;
};

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
    expect(mail.text).toContain('Greta Brandt ordered for EUR 50.00 net at Hansa Nord on Monday, 23 November 2026 at 10:00 CET.');
    expect(mail.text).toContain('- Ladle (4711): 4 PCE × EUR 12.50 = EUR 50.00');
    const [, token = ''] = /https:\/\/kontor\.example\/decide\/(\S+)/.exec(mail.text ?? '') ?? [];
    expect(mail.html).toContain(`href="https://kontor.example/decide/${token}"`);
    expect((await openLink(context, token)).claims).toEqual({ orderId: order.id, stepId, revision: 1, personId: id('P-2') });
    expect(await states()).toEqual(['sent']);
  });
});
