/** Which notifications nobody needs any more, asked at the moment of sending: nothing leaves about what has been decided since. */
import type { Database, Transaction } from '../database.ts';
import { ASK_EVENTS } from '../notifications.ts';

/** Code and the words of `kontor mail list`. */
export const NEEDLESS = {
  PERSON_GONE: 'the person is not active, or not there, any more',
  ORDER_ENDED: 'the order is not in the state any more that this tells of',
  STEP_DECIDED: 'the step has been decided',
  STEP_VOID: 'the step is not asked any more',
  SAID: 'the person has decided',
  NOT_HOLDER: 'somebody else is asked now',
  OUTDATED: 'the order has a newer revision',
  TOLD_NEWER: 'a newer message tells the same',
  NEVER_ASKED: 'what it recalls never left',
  ASKED_AGAIN: 'the person is asked again',
  NOTHING_WAITS: 'nothing waits for the person',
  OVER: 'the absence is over',
} as const;
export type NeedlessCode = keyof typeof NEEDLESS;

const IS_HOLDER = 'exists (select from step_holders h where h.step_id = n.step_id and h.person_id = n.person_id)';
const HAS_SAID = 'exists (select from decisions d where d.step_id = n.step_id and d.person_id = n.person_id)';
const TWIN = 'select from notifications t where t.reader = n.reader and t.step_id = n.step_id';

const REASON = `case
  when n.person_id is not null and c.status is distinct from 'active' then 'PERSON_GONE'
  when n.event in ${ASK_EVENTS} then case
    when o.state is distinct from 'pending_approval' then 'ORDER_ENDED'
    when s.state in ('approved', 'declined', 'superseded') then 'STEP_DECIDED'
    when s.state is null or s.state not in ('active', 'exhausted') then 'STEP_VOID'
    when ${HAS_SAID} then 'SAID'
    when not ${IS_HOLDER} then 'NOT_HOLDER'
    when n.event = 'approval.reminder' and exists (${TWIN} and t.id <> n.id and t.not_before <= :now and (
      (t.event = 'approval.asked' and t.state in ('queued', 'sending')) or (t.event in ${ASK_EVENTS} and t.id > n.id and t.state in ('queued', 'sending', 'sent')))) then 'TOLD_NEWER'
  end
  when n.event = 'approval.recalled' then case
    when ${HAS_SAID} then 'SAID'
    when s.state in ('active', 'exhausted') and ${IS_HOLDER} then 'ASKED_AGAIN'
    when exists (select from notifications t where t.reader = n.reader and t.order_id = n.order_id and t.event in ${ASK_EVENTS}
      and t.step_id > n.step_id and t.state in ('queued', 'sending', 'sent')) then 'ASKED_AGAIN'
    when not exists (${TWIN} and t.event in ${ASK_EVENTS} and t.mail_id is not null) then 'NEVER_ASKED'
  end
  when n.event = 'order.approved' then case when o.state is distinct from 'released' then 'ORDER_ENDED' end
  when n.event = 'order.declined' then case when o.state is null or o.state not in ('declined', 'rejected_by_system', 'released') then 'ORDER_ENDED' end
  when n.event = 'order.expired' then case when o.state is null or o.state not in ('expired', 'released') then 'ORDER_ENDED' end
  when n.event = 'order.changed' then case
    when o.state is null or o.state not in ('pending_approval', 'released', 'rejected_by_system') then 'ORDER_ENDED'
    when o.revision <> n.revision then 'OUTDATED'
  end
  when n.event = 'radar.listed' and n.step_id is not null then case
    when o.state is distinct from 'pending_approval' then 'ORDER_ENDED'
    when s.state in ('approved', 'declined', 'superseded') then 'STEP_DECIDED'
    when s.state is null or s.state not in ('active', 'exhausted') then 'STEP_VOID'
  end
  when n.event = 'absence.handover' then case
    when (n.facts ->> 'endsAt')::timestamptz <= :now then 'OVER'
    when not exists (select from step_holders h join approval_steps w on w.id = h.step_id and w.state = 'active'
      join orders p on p.id = w.order_id and p.state = 'pending_approval' where h.person_id = n.person_id
      and not exists (select from decisions d where d.step_id = w.id and d.person_id = h.person_id)) then 'NOTHING_WAITS'
  end
end`;

/** Those of the notifications that need not leave, by id. */
export async function findNeedless(db: Database | Transaction, ids: readonly string[], now: Date): Promise<Map<string, NeedlessCode>> {
  const { rows } = await db.raw<{ rows: Array<{ id: string; code: NeedlessCode | null }> }>(
    `select n.id, ${REASON} as code from notifications n left join contacts c on c.id = n.person_id left join orders o on o.id = n.order_id
     left join approval_steps s on s.id = n.step_id where n.id = any(:ids::bigint[])`,
    { ids: [...ids], now },
  );
  return new Map(rows.flatMap(({ id, code }) => (code === null ? [] : [[id, code] as const])));
}
