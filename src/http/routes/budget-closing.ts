/** Whether anything more may be taken from a budget. */
import { z } from 'zod';
import { closeBudget, reopenBudget } from '../../budgets/close-budget.ts';
import { channelOf } from '../admission.ts';
import type { Desk, HttpServer } from '../desk.ts';
import { errorShape } from '../error-answer.ts';
import { budgetParams, closingShape } from '../shapes/budget.ts';
import { minor } from '../shapes/order.ts';

const state = z
  .object({
    code: z.string(),
    currency: z.string(),
    state: z.enum(['active', 'closed']),
    changed: z.boolean().describe('false: it was so before.'),
    closing: closingShape.nullable().describe('The last one; null: it never was closed.'),
    reserved: minor.describe('What orders hold in it until they are settled.'),
  })
  .meta({ id: 'BudgetState' });

const request = z.strictObject({
  reason: z.string().trim().min(1).max(500).optional().describe('Told to those whose orders it holds.'),
});

export function addBudgetClosingRoutes(app: HttpServer, { lend }: Desk): void {
  const config = { scope: 'budgets:write' } as const;
  const response = { 200: state, '4xx': errorShape, '5xx': errorShape };
  app.post(
    '/v1/budgets/:code/close',
    {
      config,
      schema: {
        tags: ['budgets'],
        operationId: 'closeBudget',
        summary: 'Take nothing more from a budget',
        description: 'What is reserved or committed in it is settled as ever. Safe to repeat: the first reason is kept.',
        params: budgetParams,
        body: request,
        response,
      },
    },
    async (asked) => {
      const { db, now } = lend();
      const { reason = null } = asked.body;
      return db.transaction((trx) => closeBudget(trx, { ...asked.params, by: channelOf(asked), reason }, now()));
    },
  );
  app.post(
    '/v1/budgets/:code/reopen',
    {
      config,
      schema: {
        tags: ['budgets'],
        operationId: 'reopenBudget',
        summary: 'Let a closed budget be used again',
        description: 'From the period of today on. Safe to repeat.',
        params: budgetParams,
        body: z.strictObject({}),
        response,
      },
    },
    async (asked) => {
      const { db, now } = lend();
      return db.transaction((trx) => reopenBudget(trx, { ...asked.params, by: channelOf(asked) }, now()));
    },
  );
}
