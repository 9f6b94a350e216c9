/** What many notifications are about, in a few statements whatever their number. */
import { linkAddress, signChangeLink, signLink } from '../approvals/links.ts';
import type { Settings } from '../config/settings.ts';
import type { Database } from '../store/database.ts';
import type { Claimed } from '../store/mail/claim.ts';
import {
  loadAddressesOf,
  loadChanges,
  loadLastDecisions,
  loadToldOrders,
  loadToldSteps,
  loadWaiting,
  type ToldOrder,
} from '../store/mail/told-orders.ts';
import { ASKS } from './tell/index.ts';
import type { Matter } from './tell/matter.ts';

const DAY_MS = 24 * 3_600_000;

/** With how long the reader wants such a message to wait: what waits a day longer says that it is late. */
type Asked = { readonly wantedMs?: number } & Pick<
  Claimed,
  'id' | 'event' | 'facts' | 'revision' | 'personId' | 'orderId' | 'stepId' | 'notBefore'
>;

/** By id of the notification. */
export async function gatherMatters(db: Database, settings: Settings, asked: readonly Asked[], now: Date): Promise<Map<string, Matter>> {
  const idsOf = (pick: (one: Asked) => string | null, ...events: string[]) =>
    [...new Set(asked.filter(({ event }) => events.length === 0 || events.includes(event)).map(pick))].filter((id) => id !== null);
  const orderId = (one: Asked) => one.orderId;
  const [orders, changes, steps, decisions, waiting] = await Promise.all([
    loadToldOrders(db, idsOf(orderId)),
    loadChanges(
      db,
      idsOf(({ id }) => id, 'order.changed'),
      now,
    ),
    loadToldSteps(
      db,
      idsOf(({ stepId }) => stepId),
    ),
    loadLastDecisions(db, idsOf(orderId, 'order.approved', 'order.declined')),
    loadWaiting(
      db,
      idsOf(({ personId }) => personId, 'absence.handover'),
    ),
  ]);
  const told = [...orders.values(), ...[...changes.values()].flatMap(({ versions }) => versions)];
  const addresses = await loadAddressesOf(
    db,
    told.map(({ content }) => content),
  );
  const matters = await Promise.all(
    asked.map(async (one): Promise<[string, Matter]> => {
      const order = orders.get(one.orderId ?? '') ?? null;
      const { event, facts, revision, personId } = one;
      return [
        one.id,
        {
          event,
          facts,
          revision,
          personId,
          order,
          change: changes.get(one.id) ?? null,
          step: steps.get(one.stepId ?? '') ?? null,
          decision: decisions.get(one.orderId ?? '') ?? null,
          addresses,
          waiting: waiting.get(personId ?? '') ?? [],
          linkUrl: order && (await linkUrl(settings, one, { order, withdrawUntil: changes.get(one.id)?.withdrawUntil ?? null }, now)),
          lateSince: now.getTime() - one.notBefore.getTime() > DAY_MS + (one.wantedMs ?? 0) ? one.notBefore : null,
        },
      ];
    }),
  );
  return new Map(matters);
}

interface Linked {
  readonly order: ToldOrder;
  readonly withdrawUntil: Date | null;
}

/** To decide, or to answer what somebody else made of one's order. */
async function linkUrl({ http }: Settings, asked: Asked, { order, withdrawUntil }: Linked, now: Date): Promise<string | null> {
  const { event, stepId, personId, revision } = asked;
  const orderId = order.id;
  if (personId === null || http.linkSecret === undefined || http.publicUrl === undefined) return null;
  if (event === 'order.changed') {
    if (withdrawUntil === null || revision === null) return null;
    return linkAddress(http, await signChangeLink(http, { orderId, revision, personId }, { now, until: withdrawUntil }), 'change');
  }
  if (!ASKS.has(event) || stepId === null) return null;
  // For the newest revision: nothing material parts it from the one the step asks about, or the step would not be asked.
  return linkAddress(http, await signLink(http, { orderId, stepId, revision: order.revision, personId }, now));
}
