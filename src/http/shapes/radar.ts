import { z } from 'zod';
import { RADAR_KINDS } from '../../store/views/radar.ts';
import { instant } from './ids.ts';

const count = z.int().min(0);

export const radarShape = z
  .object({
    counts: z.object({ nobody: count, waited: count, handoff: count, notice: count, budget: count }),
    items: z.array(
      z.object({
        kind: z.enum(RADAR_KINDS),
        id: z.string().describe('Of the step, the hand-off, the notice or the budget.'),
        orderId: z.string().nullable(),
        externalKey: z.string().nullable(),
        account: z.string().nullable(),
        what: z.string().describe('Name of the step, connection of the hand-off, event of the notice, budget or its calendar.'),
        state: z.string(),
        reason: z.string(),
        since: instant,
        cure: z.string(),
      }),
    ),
  })
  .meta({ id: 'Radar' });
