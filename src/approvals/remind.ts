/** Reminders in sets: a few statements for thousands of them. */
import { takeReminders } from '../store/approvals/clocks.ts';
import type { Transaction } from '../store/database.ts';
import { queueNotices } from '../store/notifications.ts';
import { LATE_MS } from './escalate.ts';

/** One batch. Answers how many are told; `null` when nothing was due. */
export async function remindDue(trx: Transaction, now: Date, limit: number): Promise<number | null> {
  const reminders = await takeReminders(trx, now, { limit, lateMs: LATE_MS });
  if (reminders === null) return null;
  const notices = reminders.map(({ stepId, level, dueAt, orderId, revision, step, personId, forPersonId }) => ({
    event: 'approval.reminder' as const,
    dedupeKey: `approval.reminder:${stepId}:${level}:${personId}`,
    personId,
    orderId,
    stepId,
    revision,
    facts: { step, level, dueAt: dueAt.toISOString(), forPersonId },
  }));
  return queueNotices(trx, notices, now);
}
