/** Why an order went where it went, as it was written down when it did: rules with their numbers, people with why they were skipped. */
import type { ExpectedDecision } from '../approvals/predict-decision.ts';
import type { Trace, TraceStage } from '../approvals/trace.ts';
import type { Order } from '../domain/orders/order.ts';
import { sayBudgetTrial } from '../domain/policy/budgets.ts';
import { sayRate } from '../domain/rates/rate.ts';
import type { OrderBudget } from '../store/views/order-budgets.ts';
import type { StepDetail } from '../store/views/order-details.ts';
import { STATE_WORDS, sayExpected } from './draw-order.ts';
import { countOf, formatInstant, formatMoney } from './format.ts';
import { plain, type Terminal } from './terminal.ts';

export interface Why {
  readonly order: Pick<Order, 'id' | 'externalKey' | 'state' | 'approvedBy'>;
  /** Newest first. */
  readonly evaluations: ReadonlyArray<{ readonly revision: number; readonly at: Date; readonly outcome: string; readonly trace: Trace }>;
  readonly steps: readonly StepDetail[];
  /** As they stand now. */
  readonly budgets: readonly OrderBudget[];
  readonly expected: ExpectedDecision | null;
}

const OUTCOMES: Readonly<Record<string, string>> = {
  bypass: 'goes by: a rule lets it pass without asking anybody',
  allow: 'goes by: no rule asks anybody',
  warn: 'goes by, with a warning',
  require: 'needs approval',
  deny: 'is refused by a rule',
};

export function* drawWhy({ order, evaluations, steps, budgets, expected }: Why, terminal: Terminal): Generator<string> {
  yield `${terminal.paint.bold(order.externalKey)} ${STATE_WORDS[order.state] ?? order.state}`;
  if (evaluations.length === 0) yield 'no rule has looked at it';
  for (const { revision, at, outcome, trace } of evaluations) {
    yield `\nrevision ${revision}, ${formatInstant(at)}: ${OUTCOMES[outcome] ?? outcome}`;
    yield* drawTrace(trace, terminal);
  }
  const [newest] = evaluations;
  const asked = steps.filter(({ revision, state }) => revision === newest?.revision && state !== 'void');
  if (asked.length > 0) yield '';
  for (const { stage, name, state, holders } of asked) {
    const who = holders.map(({ name: holder }) => plain(holder)).join(', ');
    yield `now: step ${stage}, ${plain(name)}, is ${state}${state === 'active' ? ` and with ${who}` : ''}`;
  }
  if (expected) yield sayExpected(expected);
  if (order.state !== 'pending_approval') return;
  for (const { code, period, takes, remaining, remainingWithPending, currency } of budgets) {
    if (takes === null || remaining === null || remainingWithPending === null) continue;
    const money = (minor: number) => formatMoney(minor, currency);
    yield `now: budget ${plain(code)} ${period}: takes ${money(takes)}, remaining ${money(remaining)}, with all that wait ${money(remainingWithPending)}`;
  }
}

function* drawTrace(
  { policies, numbers, rates, rules, limits, budgets = [], stages, reasons, warnings }: Trace,
  terminal: Terminal,
): Generator<string> {
  const { dim, yellow } = terminal.paint;
  for (const reason of reasons) yield `  because ${plain(reason)}`;
  for (const warning of warnings) yield `  ${yellow('warning')} ${plain(warning)}`;
  const shipping = numbers.shippingCost > 0 ? `, of it shipping ${formatMoney(numbers.shippingCost, numbers.currency)}` : '';
  yield dim(`  looked at: ${countOf(numbers.lines, 'line')}, ${formatMoney(numbers.total, numbers.currency)} net${shipping}`);
  for (const [whose, spends] of Object.entries(numbers.spend)) {
    const sums = spends.map(({ currency, total }) => formatMoney(total, currency)).join(' and ') || 'nothing';
    yield dim(`  other orders of ${plain(whose)} (${numbers.zone}): ${sums}`);
  }
  for (const rate of rates) yield dim(`  rate: ${plain(sayRate(rate))}`);
  yield dim(`  rules: ${policies.map(({ account, version }) => `${plain(account)} version ${version}`).join(', ') || 'there are none'}`);
  for (const { policy, rule, effect, matched, waivedBy, conditions } of rules) {
    const told = conditions.map(
      ({ trigger, found, wanted, holds }) => `${trigger} ${found}, wanted ${wanted}${holds === null ? ' (no rate)' : ''}`,
    );
    const outcome = matched ? (waivedBy === undefined ? 'matched' : `matched, waived by "${waivedBy}"`) : 'not matched';
    yield `  ${matched ? '+' : '-'} ${plain(`"${rule}" of ${policy.account} (${effect}): ${outcome}${told.length > 0 ? `; ${told.join('; ')}` : ''}`)}`;
  }
  for (const { policy, entry, limit, found, exceeded, waivedBy } of limits) {
    const outcome = exceeded ? (waivedBy === undefined ? 'exceeded' : `exceeded, waived by "${waivedBy}"`) : 'kept';
    yield `  ${exceeded ? '+' : '-'} ${plain(`buy limit of ${policy.account}, ${entry}, ${limit}: ${outcome}; ${found}`)}`;
  }
  for (const budget of budgets) {
    yield `  ${budget.effect === 'allow' ? '-' : '+'} ${plain(sayBudgetTrial(budget))} (${budget.enforcement.replace('_', ' ')})`;
    const { remaining, remainingWithPending, currency } = budget;
    if (remaining === null || remainingWithPending === null) continue;
    yield dim(`    remaining ${formatMoney(remaining, currency)}; with all that wait ${formatMoney(remainingWithPending, currency)}`);
  }
  for (const [index, stage] of stages.entries()) yield* drawStage(stage, index + 1);
}

function* drawStage({ name, mode, needed, causes, considered, holders, exhausted }: TraceStage, number: number): Generator<string> {
  const asked = [...new Set(causes.map(({ rule }) => rule))].map((rule) => `"${rule}"`).join(', ');
  yield plain(`  step ${number}, ${name} (${mode === 'n_of_m' ? `${needed} needed` : mode}), asked for by ${asked}`);
  for (const { name: who, via, skipped } of considered) {
    yield plain(`    ${who ?? 'nobody'}, ${via}: ${skipped ?? 'may decide'}`);
  }
  yield plain(`    ${exhausted ?? `asked: ${holders.map((holder) => holder.name).join(', ')}`}`);
}
