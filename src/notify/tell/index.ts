/** Which words belong to which event. */
import type { NoticeEvent } from '../../store/notifications.ts';
import type { Tongue } from '../tongue.ts';
import { tellAsk, tellRecall } from './approvals.ts';
import type { Matter, Told } from './matter.ts';
import { tellBudget, tellHandover, tellRadar } from './others.ts';
import { tellApproved, tellChanged, tellDeclined, tellExpired } from './own-orders.ts';

const TELLERS: Readonly<Record<NoticeEvent, (matter: Matter, tongue: Tongue) => Told>> = {
  'approval.asked': tellAsk,
  'approval.reminder': tellAsk,
  'approval.escalated': tellAsk,
  'approval.recalled': tellRecall,
  'order.approved': tellApproved,
  'order.declined': tellDeclined,
  'order.expired': tellExpired,
  'order.changed': tellChanged,
  'budget.alert': tellBudget,
  'radar.listed': tellRadar,
  'absence.handover': tellHandover,
};

export function tell(matter: Matter, tongue: Tongue): Told {
  const told = TELLERS[matter.event](matter, tongue);
  if (!matter.lateSince) return told;
  const late = tongue.say('note.late', { when: tongue.instant(matter.lateSince) });
  return { ...told, item: { ...told.item, notes: [late, ...told.item.notes] } };
}

/** People whose decision is asked; they stand first, and are never thinned. */
export const ASKS: ReadonlySet<NoticeEvent> = new Set(['approval.asked', 'approval.reminder', 'approval.escalated']);
