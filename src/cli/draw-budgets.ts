/** Budgets, their periods and movements, for people. */
import type { PutBudgets } from '../budgets/put-budgets.ts';
import { applyMovement, available, EMPTY, entitled, used } from '../domain/budgets/balance.ts';
import type { Budget } from '../domain/budgets/budget.ts';
import type { Closing } from '../domain/budgets/closing.ts';
import { sayDuration } from '../domain/budgets/duration.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import { CALENDAR_UNITS, sayPeriodRule } from '../domain/budgets/period-rule.ts';
import type { Period } from '../domain/budgets/periods.ts';
import type { Discrepancy, LedgerLine } from '../store/budgets/movements.ts';
import type { BudgetFigures } from '../store/views/budget-figures.ts';
import type { RolledUp } from '../store/views/rolled-up.ts';
import { countOf, formatInstant, formatMoney, formatValidity } from './format.ts';
import { drawFacts, drawTable } from './table.ts';
import { plain, type Terminal } from './terminal.ts';

const right = (title: string) => ({ title, align: 'right' as const });

export function* drawPut({ created, changed, unchanged }: PutBudgets): Generator<string> {
  yield `${countOf(created.length, 'budget is', 'budgets are')} new, ${changed.length} changed, ${unchanged.length} unchanged`;
}

export function* drawBudgets(
  { budgets, next }: { budgets: readonly BudgetFigures[]; next: string | null },
  terminal: Terminal,
): Generator<string> {
  if (budgets.length === 0) return yield 'no budgets; `kontor budgets put FILE` takes some';
  const columns = [
    { title: 'code' },
    { title: 'owner', least: 10 },
    { title: 'period' },
    right('reserved'),
    right('committed'),
    right('left'),
    { title: 'ends' },
  ];
  const rows = budgets.map(({ code, owner, currency, period, state }) => [
    ...[plain(code), sayOwner(owner), `${plain(period?.key ?? 'none now')}${state === 'closed' ? ', closed' : ''}`],
    ...[formatMoney(period?.reserved, currency), formatMoney(period?.committed, currency)],
    period && period.available === null ? 'no limit' : formatMoney(period?.available, currency),
    formatInstant(period?.endAt),
  ]);
  yield* drawTable(columns, rows, terminal);
  if (next !== null) yield terminal.paint.dim(`more: --after ${plain(next)}`);
}

function sayOwner({ kind, name, code, id }: BudgetFigures['owner']): string {
  return `${kind.replace('_', ' ')} ${plain(name ?? code ?? id)}`;
}

interface Shown {
  readonly budget: Budget;
  readonly owner: BudgetFigures['owner'] | null;
  /** Code of the budget above. */
  readonly parent: string | null;
  readonly rolledUp: RolledUp | null;
  readonly closings: readonly Closing[];
  readonly periods: readonly LedgerPeriod[];
  /** As the engine will open it. */
  readonly next: Period | null;
}

export function* drawBudget({ budget, owner, parent, rolledUp, closings, periods, next }: Shown, terminal: Terminal): Generator<string> {
  const { currency } = budget;
  const limit = budget.amount === null ? budget.limitKind : formatMoney(budget.amount, currency);
  yield* drawFacts(
    [
      ['budget', `${plain(budget.code)}, ${plain(budget.name)}, version ${budget.version}`],
      ['owner', owner && sayOwner(owner)],
      ['parent', parent && plain(parent)],
      ['with those below', rolledUp && sayRolledUp(budget, rolledUp)],
      [
        'limit',
        `${limit} ${sayEach(budget.periodRule)} ${sayPeriodRule(budget.periodRule)}, ${budget.basis}${budget.includesShipping ? '' : ' without shipping'}, ${budget.enforcement}`,
      ],
      ['valid', `${formatValidity({ validFrom: budget.validFrom, validTo: budget.validUntil })} in ${budget.zone}`],
      ['carries over', sayCarry(budget)],
      ['closes', `for good after ${sayDuration(budget.closeDelay)}; late credits: ${budget.lateCredit}`],
      ['charges on', `${budget.chargeOn}; counts ${budget.actualsSource}`],
      ['alerts at', budget.alertPercents.map((percent) => `${percent} %`).join(', ')],
      ...closings.map((closing): [string, string] => ['closed', sayClosing(closing)]),
      ['next period', next ? `${next.startOn}, ${formatInstant(next.startAt)}` : `none: ${whyNoMore(budget)}`],
    ],
    terminal,
  );
  yield '';
  const columns = [
    { title: 'period' },
    { title: 'from' },
    { title: 'before' },
    { title: 'state' },
    right('may spend'),
    right('used'),
    right('left'),
  ];
  const rows = periods.map((period) => [
    ...[plain(period.key), period.startOn, period.endOn, `${period.state}${period.openedLate ? ', opened late' : ''}`],
    ...[period.isLimited ? formatMoney(entitled(period), currency) : 'no limit', formatMoney(used(period), currency)],
    period.isLimited ? formatMoney(available(period), currency) : '',
  ]);
  yield* drawTable(columns, rows, terminal);
}

function sayEach({ kind }: Budget['periodRule']): string {
  if (kind === 'list') return 'in each of';
  return CALENDAR_UNITS.some((unit) => unit === kind) ? 'a' : 'a period of';
}

function sayCarry({ carryRule, currency }: Budget): string {
  const { mode, rate, cap, minUtilisation, expiresAfter, overspend } = carryRule;
  const rules = [
    [mode, rate].filter(Boolean).join(' '),
    cap !== null && `at most ${formatMoney(cap, currency)}`,
    minUtilisation !== null && `if at least ${minUtilisation} was used`,
    expiresAfter !== null && (expiresAfter === 'period' ? 'until the next close' : `for ${sayDuration(expiresAfter)}`),
    overspend === 'deduct' && 'overspending is deducted',
  ];
  return rules.filter(Boolean).join(', ');
}

/** Of the running period. */
function sayRolledUp({ currency, rollUp }: Budget, { budgets, reserved, committed }: RolledUp): string {
  const sums = `${formatMoney(reserved, currency)} reserved, ${formatMoney(committed, currency)} committed`;
  return `${sums}; ${countOf(budgets, 'budget')} below it, ${rollUp === 'enforced' ? 'which it is charged with' : 'added up only'}`;
}

/** Of a budget that no period follows. */
function whyNoMore({ state, validUntil, nextOpensOn, periodRule: { kind } }: Budget): string {
  if (state === 'closed') return 'it is closed';
  const isOver = validUntil !== null && (nextOpensOn === null ? kind !== 'list' && kind !== 'calendar' : nextOpensOn >= validUntil);
  return isOver ? `it holds before ${validUntil}` : 'its list or calendar of periods ends';
}

function sayClosing({ closedAt, closedBy, reason, reopenedAt, reopenedBy }: Closing): string {
  const closed = `${formatInstant(closedAt)} by ${plain(closedBy)}${reason === null ? '' : `: ${plain(reason)}`}`;
  return reopenedAt === null ? closed : `${closed}; reopened ${formatInstant(reopenedAt)} by ${plain(reopenedBy)}`;
}

interface Statement {
  readonly budget: Budget;
  readonly period: LedgerPeriod;
  readonly movements: readonly LedgerLine[];
}

export function* drawStatement({ budget: { code, currency }, period, movements }: Statement, terminal: Terminal): Generator<string> {
  yield `${plain(code)} ${plain(period.key)}, ${period.startOn} before ${period.endOn} (${formatInstant(period.startAt)} to ${formatInstant(period.endAt)}), ${period.state}`;
  let balance = EMPTY;
  const rows = movements.map(({ at, type, amount, orderId, by, byName, reason, originalAmount, originalCurrency, rate }) => {
    balance = applyMovement(balance, type, amount);
    const converted = originalCurrency ? `${formatMoney(originalAmount, originalCurrency)} at ${rate}` : '';
    return [
      ...[formatInstant(at), type, formatMoney(amount, currency), period.isLimited ? formatMoney(available(balance), currency) : ''],
      ...[orderId ?? '', plain(byName ?? by), plain([reason, converted].filter(Boolean).join('; '))],
    ];
  });
  const columns = [
    { title: 'at' },
    { title: 'movement' },
    right('amount'),
    right('left'),
    right('order'),
    { title: 'by' },
    { title: 'reason', least: 12 },
  ];
  yield* drawTable(columns, rows, terminal);
}

export function* drawBoundaries(budget: Budget, boundaries: readonly Period[], terminal: Terminal): Generator<string> {
  if (boundaries.length === 0) return yield `no period follows: ${whyNoMore(budget)}`;
  const rows = boundaries.map(({ key, startOn, endOn, startAt, endAt }) => [
    plain(key),
    startOn,
    endOn,
    formatInstant(startAt),
    formatInstant(endAt),
  ]);
  yield* drawTable([{ title: 'period' }, { title: 'from' }, { title: 'before' }, { title: 'begins' }, { title: 'ends' }], rows, terminal);
  return yield terminal.paint.dim(`days of ${budget.zone}`);
}

export function* drawDiscrepancies({ differences }: { differences: readonly Discrepancy[] }): Generator<string> {
  if (differences.length === 0) return yield 'every sum is what its movements come to';
  for (const { code, key, rebuilt, ...stored } of differences) {
    const sums = Object.entries(rebuilt).filter(([sum, value]) => stored[sum as keyof typeof stored] !== value);
    yield `${plain(code)} ${plain(key)}: ${sums.map(([sum, value]) => `${sum} is stored as ${stored[sum as keyof typeof stored]}, movements come to ${value}`).join('; ')} (minor units)`;
  }
  return;
}
