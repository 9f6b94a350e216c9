/** Money from one budget into another. The holder of the key vouches for the person, who needs authority over where it comes from. */
import { z } from 'zod';
import { transfer } from '../../budgets/move-money.ts';
import { findPerson } from '../../orders/people.ts';
import { requireBudget } from '../../store/budgets/find-budget.ts';
import { keyOf } from '../admission.ts';
import type { Desk, HttpServer } from '../desk.ts';
import { errorShape } from '../error-answer.ts';
import { personReference } from '../shapes/ids.ts';
import { minor } from '../shapes/order.ts';

const code = z.string().min(1).max(200);
const day = z.iso.date().optional();

const request = z.strictObject({
  reference: z.string().min(1).max(100).describe("The caller's own, unique for ever: told twice it is moved once."),
  person: personReference,
  from: code.describe('Code of the budget that gives; the same one to take from another of its periods.'),
  amount: z.int().min(1).describe('Whole minor units of the currency of both.'),
  reason: z.string().trim().min(1).max(500).describe('Kept with both movements.'),
  on: day.describe('Into the period of this day; the running one if absent.'),
  fromOn: day.describe('Out of the period of this day, which is the running one or the next; the running one if absent.'),
});

const left = z.object({ code: z.string(), period: z.string(), available: minor });
const moved = z.object({ amount: minor, currency: z.string(), to: left, from: left.nullable() }).meta({ id: 'BudgetTransfer' });

export function addBudgetTransferRoutes(app: HttpServer, { lend }: Desk): void {
  app.post(
    '/v1/budgets/:code/transfers',
    {
      config: { scope: 'budgets:write' },
      schema: {
        tags: ['budgets'],
        operationId: 'transferBudget',
        summary: 'Move money that is free into a budget',
        description: 'Safe to repeat: the same content under the same reference moves nothing more, other content is refused.',
        params: z.strictObject({ code: code.describe('Code of the budget that gets it.') }),
        body: request,
        response: { 200: moved, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (asked) => {
      const { db, now: clock } = lend();
      const { reference, person, from, amount, reason, on, fromOn } = asked.body;
      const now = clock();
      const [target, source] = [await requireBudget(db, asked.params.code), await requireBudget(db, from)];
      const { id: personId } = await findPerson(db, person);
      const dayOf = (given: string | undefined) => (given === undefined ? { at: now } : { on: given });
      const purses = { from: { budgetId: source.id, day: dayOf(fromOn) }, to: { budgetId: target.id, day: dayOf(on) } };
      const key = `${keyOf(asked).origin}:${reference}`;
      return db.transaction((trx) => transfer(trx, { ...purses, amount, personId, reason, key }, now));
    },
  );
}
