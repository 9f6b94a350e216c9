/** Steps that wait, with all that choosing approvers asks about their orders: many in one statement. */
import { bookOf, NO_RATES, type RateAnswer, type RateBook } from '../../domain/rates/rate.ts';
import type { Transaction } from '../database.ts';
import { sharingJson } from '../repeated-json.ts';
import { asStep, STEP_COLUMNS, type Step } from './steps.ts';

export interface OpenStep extends Step {
  readonly companyId: string;
  readonly externalKey: string;
  readonly accountId: string;
  readonly orderedById: string;
  readonly onBehalfOfId: string | null;
  readonly currency: string;
  /** Minor units, net, of the revision the step is about. */
  readonly goods: number;
  readonly shippingCost: number;
  readonly costCentre: string | null;
  /** Those the revision was judged by: holders do not come and go with the rates of the day. */
  readonly rates: RateBook;
}

/** Those of these that are open, by id, each looked up by its numbers. To be called with their orders locked. */
export async function loadOpenSteps(trx: Transaction, stepIds: readonly string[]): Promise<OpenStep[]> {
  const statement = trx.raw<{ rows: Array<Omit<OpenStep, 'rates'> & { rates: RateAnswer[] | null }> }>(
    `select ${STEP_COLUMNS}, o.*, r.*, (select e.trace -> 'rates' from evaluations e where e.order_id = s.order_id order by e.id desc limit 1) as rates
     from approval_steps s cross join lateral (
       select o.company_id as "companyId", o.external_key as "externalKey", o.account_id as "accountId", o.ordered_by_id as "orderedById",
         o.on_behalf_of_id as "onBehalfOfId" from orders o where o.id = s.order_id offset 0
     ) o cross join lateral (
       select r.content ->> 'currency' as currency, (r.content ->> 'shippingCost')::float8 as "shippingCost",
         (r.total - (r.content ->> 'shippingCost')::bigint)::float8 as goods, r.content ->> 'costCentre' as "costCentre"
       from order_revisions r where r.order_id = s.order_id and r.n = s.revision offset 0
     ) r where s.id = any(:stepIds::bigint[]) and s.state in ('waiting', 'active', 'exhausted') order by s.id`,
    { stepIds: [...stepIds] },
  );
  const { rows } = await sharingJson(statement);
  return rows.map((row) => asStep({ ...row, rates: row.rates ? bookOf(row.rates) : NO_RATES }));
}

/** Who has said something about each step, whichever way. */
export async function loadDeciders(
  trx: Transaction,
  stepIds: readonly string[],
): Promise<Map<string, Array<{ personId: string; forPersonId: string | null }>>> {
  const { rows } = await trx.raw<{ rows: Array<{ stepId: string; personId: string; forPersonId: string | null }> }>(
    `select step_id as "stepId", person_id as "personId", for_person_id as "forPersonId" from decisions where step_id = any(:stepIds::bigint[])`,
    { stepIds: [...stepIds] },
  );
  const deciders = new Map<string, Array<{ personId: string; forPersonId: string | null }>>();
  for (const { stepId, ...decider } of rows) deciders.set(stepId, [...(deciders.get(stepId) ?? []), decider]);
  return deciders;
}
