/** For probes and monitors, without a key: whether the parts answer, in numbers and no names. */
import { z } from 'zod';
import type { Desk, HttpServer } from '../desk.ts';
import { createExaminer } from '../examine.ts';

const findingsShape = z
  .object({
    status: z.enum(['ok', 'degraded', 'down']).describe('down: requests cannot be served. degraded: they can, and a part needs a look.'),
    database: z.object({ ok: z.boolean(), migrated: z.boolean().describe('false: `kontor migrate` was not run, or by a newer Kontor.') }),
    queue: z.object({ ok: z.boolean().describe('false: what comes in is kept, and wakes workers later.') }),
    workers: z.object({ alive: z.int() }),
    handoffs: z.object({
      waiting: z.int().describe('Orders on their way to an ERP.'),
      standing: z.int().describe('Hand-offs that a person must look at.'),
      oldestWaitingSeconds: z.int().nullable().describe('Since the oldest that waits was approved.'),
    }),
  })
  .meta({ id: 'Health' });

export function addHealthRoutes(app: HttpServer, { lend, isStopping }: Desk): void {
  const examine = createExaminer(lend);
  const config = { scope: 'open', isProbe: true } as const;
  for (const prefix of ['/v1', '']) {
    app.get(
      `${prefix}/health`,
      {
        config,
        schema: {
          tags: ['state'],
          operationId: 'health',
          summary: 'Whether all is well',
          response: { 200: findingsShape },
          hide: prefix === '',
        },
      },
      async () => examine(),
    );
    app.get(
      `${prefix}/ready`,
      {
        config,
        schema: {
          tags: ['state'],
          operationId: 'ready',
          summary: 'Whether requests may be sent here',
          response: { 200: findingsShape, 503: findingsShape },
          hide: prefix === '',
        },
      },
      async (_request, reply) => {
        const findings = await examine();
        return reply.code(isStopping() || findings.status === 'down' ? 503 : 200).send(findings);
      },
    );
  }
}
