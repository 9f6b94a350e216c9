/** What a person may do with a notification that did not leave, or should leave once more. Guarded by the state it was seen in. */
import type { Database } from '../database.ts';
import { forgetBounces } from './bounces.ts';

export type NotificationState = 'queued' | 'sending' | 'sent' | 'suppressed' | 'bounced' | 'failed';

export interface ResendChoice {
  readonly ids?: readonly string[] | undefined;
  /** All of them, where no ids are given. */
  readonly states: readonly NotificationState[];
}

export interface Requeued {
  readonly id: string;
  readonly was: NotificationState;
}

/** As new, under a new name, and to its address even if that has bounced: whoever resends says that it works. */
export async function requeueNotifications(db: Database, { ids, states }: ResendChoice, now: Date): Promise<Requeued[]> {
  return db.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: Array<Requeued & { address: string | null }> }>(
      `with chosen as (
         select n.id, n.state, coalesce(n.address, c.email) as address from notifications n left join contacts c on c.id = n.person_id
         where (:ids::bigint[] is null or n.id = any(:ids)) and n.state = any(:states::text[]) for update of n
       )
       update notifications n set state = 'queued', due_at = :now, code = null, because = null, mail_id = null, settled_at = null
       from chosen where n.id = chosen.id returning n.id, chosen.state as was, chosen.address`,
      { ids: ids ? [...ids] : null, states: [...states], now },
    );
    await forgetBounces(
      trx,
      rows.flatMap(({ address }) => address?.trim() ?? []),
    );
    return rows.map(({ id, was }) => ({ id, was }));
  });
}
