import { z } from 'zod';
import { instant } from './ids.ts';
import { contentShape, handoffState, minor } from './order.ts';

/** As PostgreSQL writes it into JSON. */
const writtenInstant = z.string().meta({ format: 'date-time' });

const attempt = z.object({
  n: z.int(),
  startedAt: writtenInstant,
  endedAt: writtenInstant.nullable(),
  outcome: z.string().nullable().describe('null while it is under way.'),
  code: z.string().nullable(),
  httpStatus: z.int().nullable(),
  words: z.string().nullable().describe("The ERP's own."),
  digest: z.string().nullable(),
});

const handoff = z.object({
  id: z.string(),
  kind: z.enum(['create', 'change', 'cancel']),
  revision: z.int(),
  connection: z.string().nullable(),
  state: handoffState,
  code: z.string().nullable(),
  reason: z.string().nullable(),
  erpNumber: z.string().nullable(),
  erpId: z.string().nullable(),
  erpState: z.string().nullable(),
  foundIn: z.string().nullable(),
  createdAt: writtenInstant,
  settledAt: writtenInstant.nullable(),
  notBefore: writtenInstant.nullable(),
  approvedHash: z.string(),
  sentHash: z.string().nullable(),
  confirmedHash: z.string().nullable(),
  attempts: z.array(attempt).readonly(),
});

export const receiptShape = z
  .object({
    orderId: z.string(),
    reference: z.string(),
    origin: z.string(),
    externalKey: z.string(),
    state: z.string(),
    approvedBy: z.string().nullable(),
    account: z.object({ number: z.string().nullable(), name: z.string() }),
    orderedBy: z.string(),
    submittedAt: instant,
    revision: z.int(),
    currency: z.string(),
    total: minor,
    content: contentShape,
    handoffs: z.array(handoff).readonly(),
    decisions: z
      .array(
        z.object({
          by: z.string(),
          forPerson: z.string().nullable(),
          verdict: z.string(),
          revision: z.int(),
          at: writtenInstant,
          channel: z.string(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Receipt' });
