/** Whom the course of approval tells what. Written in the transaction of its cause; sent, digested or suppressed elsewhere. */
import type { OpenStep } from '../store/approvals/open-steps.ts';
import type { StepHolder } from '../store/approvals/steps.ts';
import type { NewNotice } from '../store/notifications.ts';

type NoticedStep = Pick<OpenStep, 'id' | 'name' | 'orderId' | 'revision'>;

/** Those who hold a step now and did not before: once each, however often it goes and returns. */
export function asked(
  { id, name, orderId, revision }: NoticedStep,
  holders: readonly StepHolder[],
  before: readonly StepHolder[],
): NewNotice[] {
  const fresh = holders.filter(({ personId }) => !before.some((one) => one.personId === personId));
  return fresh.map(({ personId, forPersonId, level, via }) => ({
    event: 'approval.asked',
    dedupeKey: `approval.asked:${id}:${personId}`,
    personId,
    orderId,
    stepId: id,
    revision,
    facts: { step: name, forPersonId, via, ...(level > 0 && { level }) },
  }));
}

/** Those who held it and were not heard: the clock gave it to others, too, or instead. The highest rung of one look is told. */
export function escalated(
  { id, name, orderId, revision }: NoticedStep,
  holders: readonly StepHolder[],
  { level, rung, at, isLate }: { level: number; rung: string; at: Date; isLate: boolean },
): NewNotice[] {
  return holders.map(({ personId, forPersonId }) => ({
    event: 'approval.escalated',
    dedupeKey: `approval.escalated:${id}:${level}:${personId}`,
    personId,
    orderId,
    stepId: id,
    revision,
    facts: { step: name, forPersonId, level, rung, dueAt: at.toISOString(), ...(isLate && { late: true }) },
  }));
}
