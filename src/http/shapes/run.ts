import { z } from 'zod';
import { ENTITY_NAMES } from '../../connector/entities.ts';
import { instant } from './ids.ts';

const count = z.int().min(0);

const runListItem = z.object({
  id: z.string(),
  connection: z.string(),
  entity: z.enum(ENTITY_NAMES),
  mode: z.enum(['delta', 'full', 'replay']),
  state: z.enum(['queued', 'reading', 'applying', 'finished']),
  outcome: z.enum(['complete', 'partial', 'held', 'failed']).nullable(),
  trigger: z.string().describe('What asked for it: a command, a schedule, a key.'),
  requestedAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  counts: z.object({
    read: count,
    created: count,
    changed: count,
    unchanged: count,
    quarantined: count,
    healed: count,
    repeated: count,
  }),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export const runListShape = z.object({
  runs: z.array(runListItem),
  next: z.string().nullable().describe('`before` of the next page; null when this is the last.'),
});

export const runShape = runListItem
  .extend({
    reason: z.string().nullable(),
    notices: z.array(z.object({ code: z.string(), message: z.string(), count: z.int().optional() })),
    progress: z.object({ phase: z.string(), done: z.number(), total: z.number() }).nullable(),
  })
  .meta({ id: 'Run' });
