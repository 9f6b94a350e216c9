/** What Kontor itself calls a step, or a reason to ask, in the reader's words; names that rules give stay as they are. */
import type { Selector } from '../../domain/policy/selector-schema.ts';
import { sayStage } from '../../domain/policy/stage-schema.ts';
import type { ToldStep } from '../../store/mail/told-orders.ts';
import type { Tongue } from '../tongue.ts';

export function sayStep({ name, mode, needed, approvers }: Omit<ToldStep, 'id' | 'rules' | 'holders'>, tongue: Tongue): string {
  if (name !== sayStage({ mode, n: needed, approvers })) return name;
  const who = tongue.list(approvers.map((selector) => sayApprover(selector, tongue)));
  return tongue.say('step', { mode, n: needed, who });
}

function sayApprover(selector: Selector, tongue: Tongue): string {
  const of = selector.kind === 'role' ? selector.area : selector.kind === 'budgetOwner' ? selector.owner.kind : '';
  const name = selector.kind === 'person' ? selector.person : selector.kind === 'role' ? selector.role : '';
  return tongue.say('step.approver', { kind: selector.kind, of, name, level: selector.kind === 'superior' ? selector.level : 0 });
}

export function sayRule(rule: string, tongue: Tongue): string {
  if (rule === 'buy limit') return tongue.say('why.limit');
  return rule.startsWith('budget ') ? tongue.say('why.budget', { code: rule.slice('budget '.length) }) : rule;
}
