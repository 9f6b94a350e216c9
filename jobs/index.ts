/** Every job, one line each. */

import type { NotifyContext } from '../src/notify/notify-context.ts';
import type { HandoffContext } from '../src/orders/order-context.ts';
import type { Job, JobContext, QueuedJob } from '../src/queue/define-job.ts';
import type { PullContext } from '../src/sync/pull-context.ts';
import { announceAbsencesJob } from './announce-absences.ts';
import { byClock } from './by-clock.ts';
import { escalateApprovalsJob } from './escalate-approvals.ts';
import { pullJob } from './pull.ts';
import { pushOrderJob } from './push-order.ts';
import { reconcileOrdersJob } from './reconcile-orders.ts';
import { relayHandoffsJob } from './relay-handoffs.ts';
import { requestPullsJob } from './request-pulls.ts';
import { resetBudgetsJob } from './reset-budgets.ts';
import { resumeRunsJob } from './resume-runs.ts';
import { sendMailJob } from './send-mail.ts';
import { takeFeedbackJob } from './take-feedback.ts';
import { takeInboxJob } from './take-inbox.ts';
import { tendBudgetsJob } from './tend-budgets.ts';
import { tendStepsJob } from './tend-steps.ts';
import { type TickContext, tickJob } from './tick.ts';

/** What the composition root lends to the handlers. */
export type Lent = Omit<TickContext & PullContext & HandoffContext & NotifyContext, keyof JobContext>;

const declared: readonly Job<unknown, Lent & JobContext>[] = [
  announceAbsencesJob,
  escalateApprovalsJob,
  pullJob,
  pushOrderJob,
  reconcileOrdersJob,
  relayHandoffsJob,
  requestPullsJob,
  resetBudgetsJob,
  resumeRunsJob,
  sendMailJob,
  takeFeedbackJob,
  takeInboxJob,
  tendBudgetsJob,
  tendStepsJob,
  tickJob,
];

export const jobs = declared.map(byClock);

export function jobNamed(name: string): QueuedJob<unknown> | undefined {
  return jobs.find((job) => job.name === name);
}
