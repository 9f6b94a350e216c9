/** Asking for pulls. A dry run says what would be asked for. */
import { z } from 'zod';
import type { ConnectionSettings, Settings } from '../../config/settings.ts';
import { ENTITY_NAMES, type EntityName } from '../../connector/entities.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { requestRun } from '../../store/runs.ts';
import { listRuns } from '../../store/views/list-runs.ts';
import { keyOf } from '../admission.ts';
import type { Desk, HttpServer } from '../desk.ts';
import { errorShape } from '../error-answer.ts';
import type { HttpContext } from '../http-context.ts';

const request = z.strictObject({
  connection: z.string().min(1).max(63).describe('A connection of kontor.yaml.'),
  entity: z.enum(ENTITY_NAMES).optional().describe('All it is configured for if absent, in their order.'),
  mode: z.enum(['delta', 'full']).default('delta').describe('delta: what changed since the last run. full: everything again.'),
  reason: z.string().trim().min(1).max(500).describe('Why, for those who look at the run later.'),
  dryRun: z.boolean().default(false).describe('Ask for nothing; say what would be asked for.'),
});

const answer = z
  .object({
    dryRun: z.boolean(),
    runs: z.array(
      z.object({
        runId: z.string().nullable().describe('The run that was asked for; in a dry run the one that waits already, if any.'),
        connection: z.string(),
        entity: z.enum(ENTITY_NAMES),
        mode: z.enum(['delta', 'full']),
        isNew: z.boolean().describe('false: such a run waited already and serves this request, too.'),
      }),
    ),
  })
  .meta({ id: 'ResyncAnswer' });

type Resync = z.output<typeof request>;

export function addResyncRoutes(app: HttpServer, { lend, wake }: Desk): void {
  app.post(
    '/v1/resync',
    {
      config: { scope: 'resync:write' },
      schema: {
        tags: ['pulls'],
        operationId: 'resync',
        summary: 'Ask for pulls',
        body: request,
        response: { 200: answer, 202: answer, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const context = lend();
      const entities = entitiesOf(connectionOf(context.settings, body.connection), body.entity);
      if (body.dryRun)
        return reply.send({ dryRun: true, runs: await Promise.all(entities.map((entity) => lookAhead(context, body, entity))) });
      const trigger = `key ${keyOf(request).name}`;
      const runs = [];
      for (const entity of entities) {
        const { connection, mode, reason } = body;
        const { runId, isNew } = await requestRun(context.db, { connection, entity, mode, trigger, reason }, context.now());
        runs.push({ runId, connection, entity, mode, isNew });
      }
      wake.runs(runs.map(({ runId }) => runId));
      return reply.code(202).send({ dryRun: false, runs });
    },
  );
}

async function lookAhead({ db }: HttpContext, { connection, mode }: Resync, entity: EntityName) {
  const { runs } = await listRuns(db, { connection, entity, outcome: 'unfinished', limit: 100 });
  const waiting = runs.find((run) => run.state === 'queued' && run.mode === mode);
  return { runId: waiting?.id ?? null, connection, entity, mode, isNew: waiting === undefined };
}

function connectionOf({ connections }: Settings, name: string): ConnectionSettings {
  const found = connections.get(name);
  if (found) return found;
  throw new NeedsOperatorError(
    'CONNECTION_UNKNOWN',
    `there is no connection "${name}"; known: ${[...connections.keys()].join(', ') || 'none'}`,
  );
}

function entitiesOf({ name, entities }: ConnectionSettings, wanted: EntityName | undefined): EntityName[] {
  const pulled = entities.map(({ entity }) => entity);
  if (wanted === undefined) return pulled;
  if (pulled.includes(wanted)) return [wanted];
  throw new NeedsOperatorError('CONNECTION_UNKNOWN', `connection "${name}" does not pull ${wanted}; it pulls: ${pulled.join(', ')}`);
}
