/** Stages: who must approve, how many of them, and what the clock does when nobody decides. */
import { z } from 'zod';
import { clockSchema, ladderSchema, type Rung, type StageClock } from './clock-schema.ts';
import { inOneOrder, type Selector, saySelector, selectorSchema } from './selector-schema.ts';

const MODES = ['any', 'all', 'n_of_m'] as const;

export interface Stage {
  readonly name?: string | undefined;
  readonly mode: (typeof MODES)[number];
  /** Only for n_of_m. */
  readonly n?: number | undefined;
  readonly approvers: readonly Selector[];
  readonly clock?: StageClock | undefined;
  readonly ladder?: readonly Rung[] | undefined;
}

export const stageSchema = z
  .strictObject({
    name: z.string().min(1).optional(),
    mode: z.enum(MODES).default('any'),
    n: z.int().min(1).optional(),
    approvers: z.array(selectorSchema).min(1, 'must name at least one approver'),
    clock: clockSchema.optional(),
    ladder: ladderSchema.optional(),
  })
  .superRefine(({ mode, n, clock, ladder }, context) => {
    if (ladder && !clock?.escalateAfter)
      context.addIssue({ code: 'custom', path: ['ladder'], message: 'needs a clock with escalateAfter: when the next rung is climbed' });
    if ((mode === 'n_of_m') === (n !== undefined)) return;
    context.addIssue({ code: 'custom', message: mode === 'n_of_m' ? 'needs n: how many must approve' : `takes no n with mode ${mode}` });
  });

/** Selectors in one order, as steps keep them, so that mails know a name that Kontor gave from one of the rules. */
export function sayStage({ name, mode, n, approvers }: Stage): string {
  if (name !== undefined) return name;
  const who = inOneOrder(approvers).map(saySelector).join(', ');
  if (mode === 'n_of_m') return `${n} of ${who}`;
  return mode === 'all' && approvers.length > 0 ? `all of ${who}` : who;
}
