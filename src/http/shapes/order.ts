/** Orders as they are answered. What the schemas do not name does not leave. */
import { z } from 'zod';
import { PROGRESS_STATES } from '../../domain/orders/progress.ts';
import { instant } from './ids.ts';

export const orderState = z.enum(['pending_approval', 'released', 'declined', 'withdrawn', 'expired', 'rejected_by_system', 'cancelled']);

export const handoffState = z.enum(['pending', 'sending', 'unknown', 'held', 'accepted', 'refused', 'doubled', 'parked', 'cancelled']);

export const minor = z.int().describe('Whole minor units of the currency.');

export const namedPerson = z.object({ id: z.string(), name: z.string().nullable() });

export const summaryShape = z
  .object({
    id: z.string(),
    origin: z.string().describe('Where it came in: of a key, or of another way.'),
    reference: z.string().describe("The storefront's own."),
    externalKey: z.string().describe('Its key in the ERP, the same for ever.'),
    state: orderState,
    approvedBy: z.enum(['rules', 'people', 'bypass']).nullable(),
    revision: z.int().describe('The newest. To be named when it is changed or decided.'),
    account: z.object({ id: z.string(), number: z.string().nullable(), name: z.string() }),
    orderedBy: namedPerson,
    onBehalfOf: namedPerson.nullable(),
    currency: z.string(),
    total: minor,
    submittedAt: instant,
    decidedAt: instant.nullable(),
    handoff: z
      .object({
        kind: z.enum(['create', 'change', 'cancel']),
        state: handoffState,
        code: z.string().nullable().describe('Why it stands still or waits.'),
        reason: z.string().nullable(),
      })
      .nullable()
      .describe('The newest hand-off to the ERP; null while nothing was released.'),
    erpNumber: z.string().nullable().describe("The ERP's number for it."),
    progress: z.enum(PROGRESS_STATES).nullable().describe('How far it has come there.'),
  })
  .meta({ id: 'Order' });

export const contentShape = z
  .object({
    soldTo: z.string(),
    shipTo: z.string().nullable(),
    billTo: z.string().nullable(),
    currency: z.string(),
    orderedOn: z.string(),
    requestedDeliveryOn: z.string().nullable(),
    purchaseOrderNumber: z.string().nullable(),
    costCentre: z.string().nullable(),
    project: z.string().nullish(),
    paymentTerms: z.string().nullable(),
    paymentMethod: z.string().nullable(),
    note: z.string().nullable(),
    shippingCost: minor,
    tax: minor.nullish().describe('Of the whole order; null where nobody has said it.'),
    lines: z
      .array(
        z.object({
          reference: z.string(),
          product: z.string(),
          productName: z.string().nullable(),
          quantity: z.string(),
          unit: z.string().nullable(),
          unitPrice: z.string(),
          amount: minor,
          category: z.string().nullable(),
          supplier: z.string().nullable(),
          text: z.string().nullable(),
        }),
      )
      .readonly(),
  })
  .describe('Addresses and accounts by our ids.')
  .meta({ id: 'OrderContent' });

const stepShape = z
  .object({
    id: z.string(),
    revision: z.int(),
    stage: z.int(),
    name: z.string(),
    mode: z.enum(['any', 'all', 'n_of_m']),
    needed: z.int(),
    state: z.enum(['waiting', 'active', 'approved', 'declined', 'superseded', 'void', 'exhausted']),
    assignedAt: instant.nullable(),
    decidedAt: instant.nullable(),
    holders: z.array(namedPerson.extend({ for: namedPerson.nullable(), via: z.string() })).readonly(),
  })
  .meta({ id: 'Step' });

export const decisionShape = z
  .object({
    stepId: z.string(),
    revision: z.int(),
    person: namedPerson,
    verdict: z.enum(['approve', 'decline']),
    comment: z.string().nullable(),
    channel: z.string().describe('Where it was said.'),
    selfApproved: z.boolean(),
    at: instant,
  })
  .meta({ id: 'Decision' });

const expectedShape = z
  .object({
    at: instant,
    basis: z.enum(['history', 'clock']).describe('history: as long as such decisions took; clock: then others are asked.'),
    decisions: z.int().describe('How many it was taken from.'),
  })
  .nullable()
  .describe('When it will probably be decided; null while it waits for nobody, or nothing is known.')
  .meta({ id: 'ExpectedDecision' });

export const detailShape = z
  .object({
    order: summaryShape,
    content: contentShape,
    steps: z.array(stepShape),
    decisions: z.array(decisionShape),
    expected: expectedShape,
    log: z.array(
      z.object({
        at: instant,
        kind: z.string(),
        revision: z.int().nullable(),
        person: namedPerson.nullable(),
        actor: z.string().nullable(),
        facts: z.record(z.string(), z.unknown()),
      }),
    ),
  })
  .meta({ id: 'OrderDetail' });

export const whyShape = z
  .object({
    order: summaryShape,
    waitsFor: z.array(stepShape).describe('Steps that are asked now, or would be if there were somebody to ask.'),
    budgets: z
      .array(
        z.object({
          code: z.string(),
          name: z.string(),
          currency: z.string(),
          enforcement: z.enum(['allow', 'warn', 'require_approval', 'block']),
          period: z.string().nullable(),
          takes: minor.nullable().describe('Of this order; null where nobody can say.'),
          available: minor.nullable().describe('Without this order; null where there is no limit.'),
          remaining: minor.nullable().describe('With this order, as if the others that wait were declined.'),
          remainingWithPending: minor.nullable().describe('With this order and all others that wait.'),
          because: z.string().nullable().describe('Why it could not be judged.'),
        }),
      )
      .describe('Budgets it is charged to, as they stand now.'),
    expected: expectedShape,
    evaluations: z.array(
      z.object({
        revision: z.int(),
        at: instant,
        outcome: z.enum(['bypass', 'allow', 'warn', 'require', 'deny']),
        trace: z.unknown().describe('Rules tried, numbers, and people considered, each with why it was skipped.'),
      }),
    ),
  })
  .meta({ id: 'Why' });
