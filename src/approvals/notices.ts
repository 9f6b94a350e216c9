/** Whom the course of approval tells what. Written in the transaction of its cause; sent, bundled or suppressed elsewhere. */
import { type StepHolder, seatsHeld } from '../store/approvals/holders.ts';
import type { OpenStep } from '../store/approvals/open-steps.ts';
import { loadUnheard } from '../store/approvals/steps.ts';
import type { Transaction } from '../store/database.ts';
import { type NewNotice, queueNotices } from '../store/notifications.ts';

type NoticedStep = Pick<OpenStep, 'id' | 'name' | 'orderId' | 'revision'>;

/** Those who hold a step now and did not before are asked, those who lost it are told. What comes back before anybody heard of it is told once. */
export function noticesOf(step: NoticedStep, holders: readonly StepHolder[], before: readonly StepHolder[]): NewNotice[] {
  const fresh = holders.filter(({ personId }) => !before.some((one) => one.personId === personId));
  const gone = before.filter(({ personId }) => !holders.some((one) => one.personId === personId));
  const seats = gone.length > 0 ? seatsHeld(holders) : [];
  const lost = gone.filter(({ personId }) => !seats.some((one) => one.personId === personId));
  return [
    ...fresh.map(({ personId, forPersonId, level, via }): NewNotice => {
      const event = level > 0 ? 'approval.escalated' : 'approval.asked';
      return noticeOf(event, step, personId, { step: step.name, forPersonId, via, ...(level > 0 && { level }) });
    }),
    ...lost.map(({ personId }) => noticeOf('approval.recalled', step, personId, { step: step.name })),
  ];
}

/** What was asked of these steps is asked of nobody any more: others decided, or the order is another, or ended. */
export async function recall(trx: Transaction, stepIds: readonly string[], now: Date): Promise<void> {
  if (stepIds.length === 0) return;
  const unheard = await loadUnheard(trx, stepIds);
  const notices = unheard.map(({ personId, ...step }) => noticeOf('approval.recalled', step, personId, { step: step.name }));
  await queueNotices(trx, notices, now);
}

function noticeOf(
  event: NewNotice['event'],
  { id, orderId, revision }: NoticedStep,
  personId: string,
  facts: NewNotice['facts'] = {},
): NewNotice {
  return { event, dedupeKey: `${event}:${id}:${personId}`, personId, orderId, stepId: id, revision, facts };
}
