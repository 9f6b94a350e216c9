/** Budgets: what is left, when the next periods begin, and every movement. */
import { z } from 'zod';
import { previewPeriods } from '../../budgets/preview.ts';
import { OWNER_KINDS } from '../../domain/budgets/budget.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { listClosings } from '../../store/budgets/closings.ts';
import { requireBudget } from '../../store/budgets/find-budget.ts';
import { loadLines } from '../../store/budgets/movements.ts';
import { listPeriods } from '../../store/budgets/periods.ts';
import type { Database } from '../../store/database.ts';
import { resolveReferences } from '../../store/orders/resolve.ts';
import { listBudgetFigures } from '../../store/views/budget-figures.ts';
import { loadRolledUp } from '../../store/views/rolled-up.ts';
import type { Desk, HttpServer } from '../desk.ts';
import { errorShape } from '../error-answer.ts';
import { boundaryShape, budgetParams, budgetShape, closingShape, movementShape } from '../shapes/budget.ts';
import { minor } from '../shapes/order.ts';

const BOUNDARIES = 12;

const filter = z.strictObject({
  account: z
    .string()
    .max(100)
    .optional()
    .describe('Budgets of this account, of its people, or of its company: external id, number, or `id:` and our own.'),
  owner: z.enum(OWNER_KINDS).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(200).optional().describe('Code of the last budget of the page before.'),
});

const listShape = z.object({
  budgets: z.array(budgetShape),
  next: z.string().nullable().describe('`after` of the next page; null when this is the last.'),
});

const detailShape = z
  .object({
    budget: budgetShape,
    rolledUp: z
      .object({ budgets: z.int().describe('How many are below it.'), reserved: minor, committed: minor })
      .nullable()
      .describe('With all below it, in its running period, each order once; null: none is below it, or none holds now.'),
    closings: z.array(closingShape).describe('When it was closed, in their order.'),
    boundaries: z.array(boundaryShape).describe('The next periods, as the engine opens them.'),
  })
  .meta({ id: 'BudgetDetail' });

const statementShape = z
  .object({ code: z.string(), currency: z.string(), period: boundaryShape, movements: z.array(movementShape) })
  .meta({ id: 'BudgetStatement' });

export function addBudgetRoutes(app: HttpServer, { lend }: Desk): void {
  const config = { scope: 'budgets:read' } as const;
  const failures = { '4xx': errorShape, '5xx': errorShape };
  app.get(
    '/v1/budgets',
    {
      config,
      schema: {
        tags: ['budgets'],
        operationId: 'listBudgets',
        summary: 'Budgets with what is left, by code',
        querystring: filter,
        response: { 200: listShape, ...failures },
      },
    },
    async ({ query: { account, owner, limit, after } }) => {
      const { db, now } = lend();
      const accountId = account === undefined ? undefined : await accountOf(db, account);
      return listBudgetFigures(db, { ownerKind: owner, accountId, limit, after }, now());
    },
  );

  app.get(
    '/v1/budgets/:code',
    {
      config,
      schema: {
        tags: ['budgets'],
        operationId: 'showBudget',
        summary: 'One budget with its numbers and its next periods',
        params: budgetParams,
        response: { 200: detailShape, ...failures },
      },
    },
    async ({ params: { code } }) => {
      const { db, now } = lend();
      const definition = await requireBudget(db, code);
      const { budgets } = await listBudgetFigures(db, { code, limit: 1 }, now());
      const [budget] = budgets;
      if (!budget) throw new Error(`budget ${code} is gone`);
      const closings = await listClosings(db, definition.id);
      const rolledUp = await loadRolledUp(db, definition.id, now());
      return { budget, rolledUp, closings, boundaries: await previewPeriods(db, definition, BOUNDARIES) };
    },
  );

  app.get(
    '/v1/budgets/:code/statement',
    {
      config,
      schema: {
        tags: ['budgets'],
        operationId: 'budgetStatement',
        summary: 'Every movement of one period, in the order of writing',
        params: budgetParams,
        querystring: z.strictObject({
          period: z.string().max(200).optional().describe('Key of the period; the one that holds now if absent.'),
        }),
        response: { 200: statementShape, ...failures },
      },
    },
    async ({ params: { code }, query: { period: wanted } }) => {
      const { db, now } = lend();
      const { id, currency } = await requireBudget(db, code);
      const periods = await listPeriods(db, id);
      const at = now();
      const period = periods.find(({ key, startAt, endAt }) => (wanted === undefined ? startAt <= at && at < endAt : key === wanted));
      if (!period) {
        const known = periods.map(({ key }) => key).join(', ') || 'none has begun';
        throw new NeedsOperatorError('NOT_FOUND', `budget "${code}" has no period ${wanted ?? 'now'}; it has: ${known}`);
      }
      return { code, currency, period, movements: await loadLines(db, period.id) };
    },
  );
}

async function accountOf(db: Database, account: string): Promise<string> {
  const [id, ...others] = (await resolveReferences(db, 'account', [account])).get(account) ?? [];
  if (id !== undefined && others.length === 0) return id;
  throw new NeedsOperatorError('NOT_FOUND', `${others.length > 0 ? 'several accounts are' : 'no account is'} called "${account}"`);
}
