import { describe, expect, it } from 'vitest';
import { mergeStages, type StageDemand } from '../../src/domain/policy/merge-stages.ts';
import { policySchema } from '../../src/domain/policy/schema.ts';
import { stageSchema } from '../../src/domain/policy/stage-schema.ts';

const stage = (more: object) => ({ approvers: [{ superior: 1 }], ...more });
const refusal = (more: object) => {
  const given = { mode: 'own', rules: [{ name: 'r', effect: 'require', when: {}, stages: [stage(more)] }] };
  return policySchema.safeParse(given).error?.issues.map(({ path, message }) => `${path.slice(4).join('.')}: ${message}`);
};

describe('a clock is refused with the reason', () => {
  it.each([
    [
      'a duration that does not say what it counts',
      { clock: { escalateAfter: '2 days' } },
      'clock.escalateAfter: must say what is counted',
    ],
    [
      'an expiry before the escalation',
      { clock: { escalateAfter: '3 business days', expireAfter: '2 business days' } },
      'clock.expireAfter: is over (2 business days) before anybody is asked next (escalateAfter: 3 business days)',
    ],
    [
      'an expiry before the escalation, in other units',
      { clock: { escalateAfter: '3 business days', expireAfter: '3 calendar days' } },
      'clock.expireAfter: is over (3 calendar days)',
    ],
    [
      'a reminder after the expiry',
      { clock: { remindAfter: ['1 business day', '5 business days'], expireAfter: '4 business days' } },
      'clock.remindAfter: reminds after 5 business days',
    ],
    ['a ladder without a clock', { ladder: ['replace'] }, 'ladder: needs a clock with escalateAfter'],
    ['a ladder that nothing climbs', { clock: { remindAfter: '1 business day' }, ladder: ['replace'] }, 'ladder: needs a clock with'],
    [
      'a rung nobody knows',
      { clock: { escalateAfter: '1 business day' }, ladder: ['superior'] },
      'ladder.0: must be add_superior, replace',
    ],
    [
      'a fallback to nobody',
      { clock: { escalateAfter: '1 business day' }, ladder: [{ fallback: {} }] },
      'ladder.0.fallback: must name exactly one of',
    ],
    [
      'a rung behind the end',
      { clock: { escalateAfter: '1 business day' }, ladder: ['list', 'replace'] },
      'ladder.1: stands behind list, which is the end',
    ],
    ['a clock that does nothing', { clock: {} }, 'clock: must say remindAfter, escalateAfter or expireAfter'],
    ['what follows no expiry', { clock: { remindAfter: '1 business day', onExpire: 'expire' } }, 'clock.onExpire: needs expireAfter'],
  ])('%s', (_title, given, reason) => {
    expect(refusal(given)?.[0]).toContain(reason);
  });
});

describe('stages of several rules', () => {
  const demand = (rule: string, priority: number, more: object): StageDemand => ({
    cause: { accountId: '1', version: 1, rule },
    depth: 1,
    priority,
    stages: [stageSchema.parse(stage(more))],
  });
  const strict = demand('strict', 0, {
    clock: { remindAfter: '4 business hours', escalateAfter: '1 business day', expireAfter: '9 calendar days', onExpire: 'decline' },
    ladder: ['replace'],
  });
  const mild = demand('mild', 5, { clock: { remindAfter: '1 business day', escalateAfter: '2 calendar days' }, ladder: ['list'] });
  const silent = demand('silent', 9, {});

  it('are one step with the reminders of all, the first escalation and expiry, and the ladder of the more important rule', () => {
    const [merged, ...others] = mergeStages([silent, strict, mild]);
    expect(others).toEqual([]);
    expect(merged?.clock).toMatchObject({
      reminders: [
        { amount: 1, unit: 'business_days' },
        { amount: 4, unit: 'business_hours' },
      ],
      escalations: [
        { amount: 1, unit: 'business_days' },
        { amount: 2, unit: 'calendar_days' },
      ],
      expiries: [{ after: { amount: 9, unit: 'calendar_days' }, how: 'decline' }],
      ladder: [{ kind: 'list' }],
    });
  });

  it('mean the same in whatever order they come', () => {
    expect(mergeStages([mild, strict, silent])).toEqual(mergeStages([silent, strict, mild]));
  });

  it('without any clock have none', () => {
    expect(mergeStages([silent])[0]?.clock).toBeNull();
  });
});
