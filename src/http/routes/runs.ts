/** What was pulled, and how it ended. */
import { z } from 'zod';
import { ENTITY_NAMES } from '../../connector/entities.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { loadRun } from '../../store/runs.ts';
import { listRuns } from '../../store/views/list-runs.ts';
import type { Desk, HttpServer } from '../desk.ts';
import { errorShape } from '../error-answer.ts';
import { rowId } from '../shapes/ids.ts';
import { runListShape, runShape } from '../shapes/run.ts';

const filter = z.strictObject({
  connection: z.string().max(63).optional(),
  entity: z.enum(ENTITY_NAMES).optional(),
  outcome: z.enum(['complete', 'partial', 'held', 'failed', 'unfinished']).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(20),
  before: rowId.optional().describe('Id of the last run of the page before.'),
});

export function addRunRoutes(app: HttpServer, { lend }: Desk): void {
  const config = { scope: 'runs:read' } as const;
  app.get(
    '/v1/runs',
    {
      config,
      schema: {
        tags: ['pulls'],
        operationId: 'listRuns',
        summary: 'Runs, newest first',
        querystring: filter,
        response: { 200: runListShape, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async ({ query }) => listRuns(lend().db, query),
  );
  app.get(
    '/v1/runs/:id',
    {
      config,
      schema: {
        tags: ['pulls'],
        operationId: 'showRun',
        summary: 'One run',
        params: z.strictObject({ id: rowId }),
        response: { 200: runShape, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async ({ params: { id } }) => {
      const run = await loadRun(lend().db, id);
      if (!run) throw new NeedsOperatorError('NOT_FOUND', `there is no run ${id}; \`GET /v1/runs\` lists them`);
      return run;
    },
  );
}
