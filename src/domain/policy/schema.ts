/**
 * A policy: what one account (a company or a unit) says about orders, as its administrators write it in YAML or JSON. Data, never
 * scripts: everything it can say is checked when it is stored, and ends. docs/approvals.md tells each part by example.
 */
import { z } from 'zod';
import { amountSchema } from './amounts.ts';
import { EFFECTS, type Effect } from './effect.ts';
import { limitsSchema } from './limit-schema.ts';
import { stageSchema } from './stage-schema.ts';
import { TRIGGER_NAMES, TRIGGERS, type TriggerName } from './triggers/index.ts';

const text = z.string().min(1);

export { EFFECTS, type Effect };

export type When = { readonly [Name in TriggerName]?: z.output<(typeof TRIGGERS)[Name]['schema']> | undefined };

const conditions = Object.fromEntries(TRIGGER_NAMES.map((name) => [name, TRIGGERS[name].schema.optional()]));
const whenSchema = z.strictObject(conditions) as unknown as z.ZodType<When>;

const ruleSchema = z
  .strictObject({
    name: text,
    effect: z.enum(EFFECTS),
    when: whenSchema,
    stages: z.array(stageSchema).default([]),
    priority: z.int().default(0),
  })
  .superRefine(({ effect, when, stages }, context) => {
    if (effect === 'require' && stages.length === 0) {
      context.addIssue({ code: 'custom', path: ['stages'], message: 'are missing; effect require needs to know who must approve' });
    }
    if (effect !== 'require' && stages.length > 0) {
      context.addIssue({ code: 'custom', path: ['stages'], message: `belong to effect require; with ${effect} nobody is asked` });
    }
    if (effect !== 'bypass') return;
    for (const name of TRIGGER_NAMES) {
      const condition = when[name];
      if (!TRIGGERS[name].asksLines || !condition || ('lines' in condition && condition.lines)) continue;
      const message = 'needs lines: all (or any): say whether one such line lets the whole order pass';
      context.addIssue({ code: 'custom', path: ['when', name], message });
    }
  });

export type Rule = z.output<typeof ruleSchema>;

export const policySchema = z
  .strictObject({
    mode: z.enum(['inherit', 'own', 'own_plus_parent']),
    rules: z.array(ruleSchema).default([]),
    limits: limitsSchema,
    selfApprovalUpTo: amountSchema.optional(),
    decideOncePerPerson: z.boolean().optional(),
    costCentreOwners: z.record(text, text).default({}),
  })
  .superRefine((policy, context) => {
    const names = policy.rules.map(({ name }) => name);
    names.forEach((name, n) => {
      if (names.indexOf(name) === n) return;
      context.addIssue({ code: 'custom', path: ['rules', n, 'name'], message: `"${name}" is the name of another rule; give it its own` });
    });
    if (policy.mode === 'own') refuseInherit(policy.limits, context);
    if (policy.mode !== 'inherit') return;
    const own = [policy.rules.length > 0 && 'rules', Object.keys(policy.limits).length > 0 && 'limits'].filter((key) => key !== false);
    for (const key of own) {
      const message = 'have no effect with mode inherit; leave them out, or use own_plus_parent or own';
      context.addIssue({ code: 'custom', path: [key], message });
    }
  });

export type PolicyDocument = z.output<typeof policySchema>;

function refuseInherit(limits: z.output<typeof limitsSchema>, context: z.core.$RefinementCtx): void {
  for (const [purpose, given] of Object.entries(limits)) {
    if (!given) continue;
    const all = [
      [['default'], given.default],
      ...Object.entries(given.roles).map(([name, limit]) => [['roles', name], limit]),
      ...Object.entries(given.people).map(([name, limit]) => [['people', name], limit]),
    ] as const;
    for (const [path, limit] of all) {
      if (limit !== 'inherit') continue;
      const message = 'cannot inherit: mode own takes nothing from above; write an amount or unlimited';
      context.issues.push({ code: 'custom', path: ['limits', purpose, ...(path as string[])], message, input: limit });
    }
  }
}
