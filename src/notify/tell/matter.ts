/** What one notification is about, gathered before it is put into words, and what the words come to. */
import type { ToldChange, ToldDecision, ToldOrder, ToldStep, WaitingOrder } from '../../store/mail/told-orders.ts';
import type { NoticeEvent } from '../../store/notifications.ts';
import type { AddressLabel } from '../../store/views/order-details.ts';
import type { ItemView } from '../mail-view.ts';

export interface Matter {
  readonly event: NoticeEvent;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly revision: number | null;
  readonly personId: string | null;
  readonly order: ToldOrder | null;
  /** Only where changes are told. */
  readonly change: ToldChange | null;
  readonly step: ToldStep | null;
  readonly decision: ToldDecision | null;
  readonly addresses: ReadonlyMap<string, AddressLabel>;
  readonly waiting: readonly WaitingOrder[];
  /** Where it can be decided, or answered; `null` where there is nothing to, or no link can be made. */
  readonly linkUrl: string | null;
  /** When it should have left, where that is long ago. */
  readonly lateSince: Date | null;
}

export interface Told {
  readonly subject: string;
  readonly item: Omit<ItemView, 'event' | 'template'>;
}

export const NOTHING_MORE = { notes: [], action: null, lists: [], lines: null, facts: [] } as const;

/** A notification of an order whose order is gone, which no flow does. */
export function requireOrder({ order, event }: Matter): ToldOrder {
  if (!order) throw new TypeError(`${event} without an order`);
  return order;
}
