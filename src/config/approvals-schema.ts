/** The part of kontor.yaml about approvals: a clock for stages without one, and who looks after steps nobody decides. */
import { z } from 'zod';
import { clockSchema, ladderSchema } from '../domain/policy/clock-schema.ts';

export const approvalsSchema = z
  .strictObject({
    clock: clockSchema.optional().describe('For stages whose rules have none; see docs/approvals.md. Off unless set.'),
    ladder: ladderSchema.optional().describe('Who is asked next when that clock escalates: add_superior, replace, fallback, list.'),
    radarPerson: z
      .string()
      .min(1)
      .optional()
      .describe('Who is told of steps nobody decides and budgets that need somebody, without amounts: external id of a contact, or id:17.'),
    radarAddress: z.email().optional().describe('The same by mail address, for somebody who is no contact.'),
  })
  .superRefine(({ clock, ladder, radarPerson, radarAddress }, context) => {
    if (ladder && !clock?.escalateAfter)
      context.addIssue({ code: 'custom', path: ['ladder'], message: 'needs a clock with escalateAfter: when the next rung is climbed' });
    if (radarPerson !== undefined && radarAddress !== undefined)
      context.addIssue({ code: 'custom', path: ['radarAddress'], message: 'stands beside radarPerson; name one of them' });
  })
  .prefault({})
  .describe('The clock of approvals, and who is told of what it cannot bring on.');

export type ApprovalSettings = Readonly<z.output<typeof approvalsSchema>>;

export const DEFAULT_APPROVALS: ApprovalSettings = approvalsSchema.parse({});
