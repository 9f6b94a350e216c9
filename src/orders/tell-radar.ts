/** Tells the named person, or address, of steps that nobody decides and budgets that need somebody. Without one the radar only shows them. */
import { NeedsOperatorError } from '../errors.ts';
import { tellRadar } from '../store/approvals/tell-radar.ts';
import type { OrderContext } from './order-context.ts';
import { findPerson } from './people.ts';

/** Throws NOT_FOUND when `approvals.radarPerson` is nobody known here, NOT_ALLOWED for somebody who has left: mails to them would not leave. */
export async function tellOfRadar({ db, settings, now: clock }: OrderContext): Promise<number> {
  const { radarPerson, radarAddress } = settings.approvals;
  if (radarPerson === undefined && radarAddress === undefined) return 0;
  const person = radarPerson === undefined ? null : await findPerson(db, radarPerson);
  if (person && person.status !== 'active')
    throw new NeedsOperatorError('NOT_ALLOWED', `${person.name} is ${person.status} and is told nothing; name somebody active there`);
  const personId = person?.id ?? null;
  return db.transaction((trx) => tellRadar(trx, { personId, address: radarAddress ?? null }, clock()));
}
