import { z } from 'zod';
import type { NotifyContext } from '../src/notify/notify-context.ts';
import { sendDue } from '../src/notify/send-due.ts';
import { defineJob, type JobContext } from '../src/queue/define-job.ts';
import { pruneNotifications } from '../src/store/mail/prune.ts';

/** Tells people what is due to be told, and forgets what they were told long ago. */
export const sendMailJob = defineJob({
  name: 'send-mail',
  payload: z.object({}),
  retry: { attempts: 1, firstDelayMs: 1_000 },
  everyMs: 5_000,
  concurrency: 1,
  async handle(_payload, context: NotifyContext & JobContext) {
    const { blocked, ...counts } = await sendDue(context);
    // The server's own words may name an address; `kontor mail list` shows them.
    if (blocked)
      context.log.warn({ code: blocked.code, server: context.mailer.transport.place }, 'the mail server takes nothing now; mails wait');
    return { ...counts, blocked: blocked?.code, pruned: await pruneNotifications(context.db, context.now()) };
  },
});
