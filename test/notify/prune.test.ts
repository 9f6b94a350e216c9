import { afterEach, describe, expect, it } from 'vitest';
import { sendMailJob } from '../../jobs/send-mail.ts';
import { tellOfRadar } from '../../src/orders/tell-radar.ts';
import { pruneNotifications } from '../../src/store/mail/prune.ts';
import { later, type MailDesk, mailDesk } from './mail-desk.ts';

let open: MailDesk | undefined;
afterEach(async () => {
  await open?.server.close();
  open = undefined;
});

const DAY = 24 * 60;

async function setup() {
  const desk = await mailDesk();
  open = desk;
  const { db, clock, rows } = desk;
  return {
    ...desk,
    prune: () => pruneNotifications(db, clock.now),
    told: async () =>
      (await rows<{ event: string; state: string }>('select event, state from notifications order by id')).map(
        ({ event, state }) => `${event} ${state}`,
      ),
    mails: async () => (await rows('select 1 from mails')).length,
  };
}

describe('what people were told', () => {
  it('is deleted after 400 days, once its order waits for nobody, and the mails with it', async () => {
    const { sendAll, prune, told, mails, clock, approve } = await setup();
    await sendAll();
    await approve('P-2');
    await sendAll();
    expect(await told()).toEqual(['approval.asked sent', 'order.approved sent']);
    later({ clock }, 400 * DAY);
    expect(await prune()).toBe(0);
    later({ clock }, 1);
    expect(await prune()).toBe(2);
    expect([await told(), await mails()]).toEqual([[], 0]);
  });

  it('stays as long as the order waits, and is not told again', async () => {
    const desk = await setup();
    const { prune, rows, clock, sendAll, settings } = desk;
    await sendAll();
    await rows("update approval_steps set listed_at = ?, listed_because = 'nobody decided in time'", [clock.now]);
    const context = { ...desk.context, settings: { ...settings, approvals: { radarAddress: 'radar@seller.example' } } };
    expect(await tellOfRadar(context)).toBe(1);
    await sendAll();
    later({ clock }, 900 * DAY);
    expect(await prune()).toBe(0);
    expect(await tellOfRadar(context)).toBe(0);
  });

  it('goes whatever became of it, but for what was never sent', async () => {
    const { queue, send, prune, told, decline, clock, rows, sendAll } = await setup();
    await queue('approval.asked', 'P-2');
    await queue('approval.reminder', 'P-2');
    await decline('P-2');
    await send();
    await queue('order.declined', 'P-1');
    await rows("update notifications set state = 'failed', settled_at = ?, due_at = ? where event = 'order.declined'", [
      clock.now,
      clock.now,
    ]);
    await queue('order.declined', 'P-1');
    later({ clock }, 500 * DAY);
    // Something about the order is still to leave, and what left before is asked then.
    expect(await prune()).toBe(0);
    await sendAll();
    expect(await prune()).toBe(2);
    expect(await told()).toEqual(['order.declined failed', 'order.declined sent']);
  });

  it('goes with the job that sends mails', async () => {
    const { notify, sendAll, approve, clock } = await setup();
    await sendAll();
    await approve('P-2');
    await sendAll();
    later({ clock }, 401 * DAY);
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };
    const context = { ...notify, log, job: { id: '1', attempt: 1 }, isLeaving: () => false };
    expect(await sendMailJob.run({}, context)).toMatchObject({ mails: 0, pruned: 2 });
  });
});
