/** Tells the named person, or address, of steps that nobody decides. Without one the radar only shows them. */
import { tellRadar } from '../store/approvals/tell-radar.ts';
import type { OrderContext } from './order-context.ts';
import { findPerson } from './people.ts';

/** Throws NOT_FOUND when `approvals.radarPerson` is nobody known here. */
export async function tellOfRadar({ db, settings, now: clock }: OrderContext): Promise<number> {
  const { radarPerson, radarAddress } = settings.approvals;
  if (radarPerson === undefined && radarAddress === undefined) return 0;
  const personId = radarPerson === undefined ? null : (await findPerson(db, radarPerson)).id;
  return db.transaction((trx) => tellRadar(trx, { personId, address: radarAddress ?? null }, clock()));
}
