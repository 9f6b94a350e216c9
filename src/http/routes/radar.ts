/** What nobody brings on by itself. */
import { z } from 'zod';
import { loadRadar } from '../../store/views/radar.ts';
import { keyOf, originOf } from '../admission.ts';
import type { Desk, HttpServer } from '../desk.ts';
import { errorShape } from '../error-answer.ts';
import { radarShape } from '../shapes/radar.ts';

export function addRadarRoutes(app: HttpServer, { lend }: Desk): void {
  app.get(
    '/v1/radar',
    {
      config: { scope: 'radar:read' },
      schema: {
        tags: ['orders'],
        operationId: 'showRadar',
        summary:
          'Steps nobody decides, hand-offs that stand still, notices that failed, budgets that need somebody, each with its cure; nothing of what was ordered',
        querystring: z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('Of each kind.') }),
        response: { 200: radarShape, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request) => {
      const { db, now } = lend();
      return loadRadar(db, { now: now(), limit: request.query.limit, origin: originOf(keyOf(request)) });
    },
  );
}
