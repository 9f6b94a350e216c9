/** An approver hands one order, or all that waits, to somebody else for a while. */
import { delegate } from '../approvals/delegate.ts';
import type { Reassigned } from '../approvals/reassign.ts';
import { NeedsOperatorError } from '../errors.ts';
import { heldSteps } from '../store/approvals/decisions.ts';
import { findCompany } from '../store/approvals/directory.ts';
import type { Transaction } from '../store/database.ts';
import { lockOrder } from '../store/orders/orders.ts';
import type { PersonFacts } from '../store/orders/resolve.ts';
import { follow } from './decide.ts';
import type { OrderContext } from './order-context.ts';
import { isRequester, requireActive } from './people.ts';

export interface DelegateRequest {
  readonly fromPersonId: string;
  readonly toPersonId: string;
  /** `null`: everything that waits for the person. */
  readonly orderId: string | null;
  readonly startsAt?: Date | undefined;
  readonly endsAt: Date;
  readonly reason: string | null;
  readonly createdBy: string;
}

export interface DelegatedOrders {
  readonly id: string;
  /** Orders that are with the deputy now, or with whoever stands in there. */
  readonly moved: readonly string[];
  /** What waits and stays where it was, with why; of a time that comes nobody knows yet. */
  readonly stayed: ReadonlyArray<{ readonly orderId: string; readonly because: string }>;
}

/** Throws NOT_ALLOWED when the order is not with the person, or the other one may not decide it, or any of that company. */
export async function delegateApprovals({ db, settings, now: clock }: OrderContext, request: DelegateRequest): Promise<DelegatedOrders> {
  const now = clock();
  return db.transaction(async (trx) => {
    const { fromPersonId, toPersonId, orderId, startsAt = now, endsAt, reason, createdBy } = request;
    const person = await requireActive(trx, fromPersonId);
    const deputy = await requireActive(trx, toPersonId);
    await refuseStranger(trx, person, deputy);
    if (orderId !== null) {
      const order = await lockOrder(trx, orderId);
      if (order.state !== 'pending_approval')
        throw new NeedsOperatorError('ORDER_STATE', `order ${order.externalKey} is ${order.state} and waits for nobody`);
      if ((await heldSteps(trx, orderId, fromPersonId)).length === 0)
        throw new NeedsOperatorError(
          'NOT_ALLOWED',
          `order ${order.externalKey} is not with you; \`kontor orders show ${orderId}\` tells with whom`,
        );
      if (await isRequester(trx, order, toPersonId))
        throw new NeedsOperatorError(
          'NOT_ALLOWED',
          `${deputy.name} ordered ${order.externalKey} and may not decide it; name somebody else`,
        );
    }
    const delegation = { fromPersonId, toPersonId, orderId, startsAt, endsAt, reason, createdBy };
    const { id, reassigned, moved } = await delegate(trx, delegation, now);
    // Looked at again, a step may have all it needs by now.
    for (const step of reassigned)
      if (step.order !== 'pending') await follow(trx, settings, await lockOrder(trx, step.orderId), step.order, now);
    const stays = startsAt > now ? [] : reassigned.filter((step) => step.order === 'pending' && !moved.includes(step));
    const stayed = stays.map((step) => ({ orderId: step.orderId, because: whyNotStoodIn(step, person, deputy) }));
    // One that begins later is judged when it begins.
    if (orderId !== null && startsAt <= now) refuseUnlessMoved({ orderId, reassigned, stayed });
    return { id, moved: moved.map((step) => step.orderId), stayed };
  });
}

/** Who belongs to another company could not decide anything, and nobody would notice before it is late. */
async function refuseStranger(trx: Transaction, person: PersonFacts, deputy: PersonFacts): Promise<void> {
  if (person.accountId === null || deputy.accountId === null) return;
  if ((await findCompany(trx, person.accountId)) === (await findCompany(trx, deputy.accountId))) return;
  throw new NeedsOperatorError(
    'NOT_ALLOWED',
    `${deputy.name} is not of the company of ${person.name} and may decide nothing there; name somebody of that company`,
  );
}

function whyNotStoodIn({ considered }: Reassigned, { id }: PersonFacts, { name }: PersonFacts): string {
  const told = considered.findLast(({ personId, via }) => personId === id && via.startsWith('deputy of '));
  return told?.skipped ?? `${name} cannot stand in here`;
}

/** A deputy whom the rules do not let decide would leave the order with nobody the approver meant. */
function refuseUnlessMoved({
  orderId,
  reassigned,
  stayed,
}: Pick<DelegatedOrders, 'stayed'> & { orderId: string; reassigned: readonly Reassigned[] }): void {
  if (reassigned.length === 0)
    throw new NeedsOperatorError('ORDER_STATE', `order ${orderId} is stuck, and nobody can say whose it is; \`kontor radar\` tells why`);
  if (stayed.length < reassigned.length) return;
  throw new NeedsOperatorError('NOT_ALLOWED', `the order would stay where it is: ${stayed[0]?.because}; name somebody else`);
}
