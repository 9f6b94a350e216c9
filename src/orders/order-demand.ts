/** What the budgets must hold for an order, from what its state says and what was written down when it was judged. Pure. */
import type { Trace } from '../approvals/trace.ts';
import { ratesOfTrace } from '../approvals/trace.ts';
import type { Budget } from '../domain/budgets/budget.ts';
import { type ChargeDay, chargeDay, mayMove } from '../domain/budgets/charge-day.ts';
import { isClosedTo, mostReserved } from '../domain/budgets/closing.ts';
import type { LedgerPeriod } from '../domain/budgets/ledger-period.ts';
import type { Credit, Demand, LedgerShare, OrderDemand } from '../domain/budgets/order-ledger.ts';
import { originalOf } from '../domain/budgets/original.ts';
import type { Over } from '../domain/budgets/post.ts';
import { confirmedMoney } from '../domain/orders/confirmed-money.ts';
import type { OrderContent } from '../domain/orders/order.ts';
import { type BudgetTrial, takingOf } from '../domain/policy/budgets.ts';
import type { RateBook } from '../domain/rates/rate.ts';
import type { JudgedRevision, OrderStanding } from '../store/budgets/order-standings.ts';

/** The books of the budgets that the order's evaluations name. */
export interface DemandBooks {
  readonly budgets: ReadonlyMap<string, Budget>;
  periodOn(asked: { budgetId: string; day: ChargeDay }): LedgerPeriod | null;
  periodOf(id: string): LedgerPeriod | null;
}

export interface DemandQuestion {
  readonly standing: OrderStanding;
  readonly books: DemandBooks;
  /** For what could not be converted when it was judged: by which it stands in the ledger, else those that have come since. */
  readonly rates: RateBook;
  /** What the order has in its budgets now. */
  readonly shares: readonly LedgerShare[];
  /** Where what was charged stands now, by budget. */
  readonly chargedIn: ReadonlyMap<string, string>;
  readonly now: Date;
}

export function trialsOf(revision: JudgedRevision | null): readonly BudgetTrial[] {
  return (revision?.trace as Partial<Trace> | undefined)?.budgets ?? [];
}

/** Budgets and days whose periods are needed to answer; today's, too, for credits that come late. */
export function daysAsked({ standing, budgets, now }: { standing: OrderStanding; budgets: ReadonlyMap<string, Budget>; now: Date }) {
  return [standing.current, standing.accepted].flatMap((revision) =>
    trialsOf(revision).flatMap(({ id }) => {
      const budget = budgets.get(id);
      if (!budget || !revision) return [];
      const days = [dayFor(budget, standing, revision.content), ...(standing.accepted ? [{ at: now }] : [])];
      return days.map((day) => ({ budgetId: id, day }));
    }),
  );
}

export function demandOf(question: DemandQuestion): OrderDemand {
  const { standing } = question;
  const { orderId, accepted, current } = standing;
  const isLive = standing.state === 'pending_approval' || standing.state === 'released';
  const isOnItsWay = isLive || (standing.state === 'cancelled' && standing.mayBeThere && !standing.isCancelledThere);
  const ended = isOnItsWay ? null : standing.isCancelledThere ? 'cancelled in the ERP' : standing.state.replaceAll('_', ' ');
  return {
    orderId,
    revision: current?.n ?? 1,
    routed: current?.routed ?? 1,
    by: 'kontor',
    ended,
    reserved: isOnItsWay && current && current.n !== accepted?.n ? reservations(question, current) : [],
    accepted: accepted && {
      revision: accepted.n,
      charged: charges(question, accepted),
      credited: credits(question, accepted),
    },
  };
}

/** Of a change of what the ERP holds, only what comes on top. */
function reservations(question: DemandQuestion, revision: JudgedRevision): Demand[] {
  const { standing, books, shares } = question;
  const held = new Map(standing.accepted ? charges(question, standing.accepted).map(({ budgetId, amount }) => [budgetId, amount]) : []);
  return trialsOf(revision).flatMap((trial): Demand[] => {
    // What a person must let pass is not taken before one has.
    const waits = standing.state === 'pending_approval' && (trial.effect === 'require' || trial.effect === 'deny');
    const demand = waits ? null : demandFor(question, revision, trial, revision.content);
    const budget = books.budgets.get(trial.id);
    const most = budget ? mostReserved(budget, shares) : 0;
    const amount = Math.min((demand?.amount ?? 0) - (held.get(trial.id) ?? 0), most);
    return demand && amount > 0 ? [{ ...demand, amount }] : [];
  });
}

/** As the ERP confirmed it. */
function charges(question: DemandQuestion, revision: JudgedRevision): Demand[] {
  const content = confirmedContent(question.standing, revision.content);
  return trialsOf(revision).flatMap((trial) => demandFor(question, revision, trial, content) ?? []);
}

interface Money extends Pick<OrderContent, 'currency' | 'shippingCost'> {
  readonly goods: number;
  readonly tax: number | null;
}

function moneyOf({ currency, lines, shippingCost, tax = null }: OrderContent): Money {
  return { currency, goods: lines.reduce((sum, { amount }) => sum + amount, 0), shippingCost, tax };
}

function confirmedContent({ progress, prices, creditNotes }: OrderStanding, content: OrderContent): OrderContent | Money {
  const told = progress && confirmedMoney(content, { ...progress, prices, creditNotes });
  return told ? withGoods(moneyOf(content), told.goods) : content;
}

/** The tax was that of the goods as they were ordered. */
function withGoods(money: Money, goods: number, shippingCost = money.shippingCost): Money {
  const [before, after] = [money.goods + money.shippingCost, goods + shippingCost];
  const tax = money.tax === null || before === after ? money.tax : before === 0 ? null : Math.round((money.tax * after) / before);
  return { ...money, goods, shippingCost, tax };
}

function demandFor(question: DemandQuestion, revision: JudgedRevision, trial: BudgetTrial, content: OrderContent | Money): Demand | null {
  const { standing, books } = question;
  const budget = books.budgets.get(trial.id);
  if (!budget || isClosedTo(budget, question.shares)) return null;
  const money = 'lines' in content ? moneyOf(content) : content;
  const amount = amountIn(question, revision, budget, money);
  if (!amount) return null;
  const period = books.periodOn({ budgetId: budget.id, day: dayFor(budget, standing, revision.content) });
  return {
    budgetId: budget.id,
    periodId: period?.id ?? null,
    mayMove: mayMove(budget),
    ...amount,
    over: overFor(standing, trial),
  };
}

type InBudget = Pick<Demand, 'amount' | 'original' | 'reason'>;

/** By the rates it was judged with, else by those that have come since; gross without a tax at least net. */
function amountIn({ rates }: DemandQuestion, revision: JudgedRevision, budget: Budget, money: Money): InBudget | null {
  const judgedBy = ratesOfTrace(revision.trace);
  const basis = budget.basis === 'gross' && money.tax === null ? ('net' as const) : budget.basis;
  const reason = basis === budget.basis ? {} : { reason: 'net, for nobody has told the tax' };
  for (const book of [judgedBy, rates]) {
    const taking = takingOf({ ...money, rates: book }, { ...budget, basis });
    if ('lack' in taking) continue;
    return { amount: taking.minor, original: originalOf(money.currency, budget.currency, taking.original, book), ...reason };
  }
  return null;
}

function overFor({ approvedBy }: OrderStanding, { code, enforcement, effect, period }: BudgetTrial): Over {
  if ((effect === 'require' || effect === 'deny') && approvedBy !== null) return { by: approvedBy, reason: 'approved beyond the budget' };
  const letsPass = enforcement === 'allow' || enforcement === 'warn';
  if (letsPass) return { by: 'kontor', reason: `enforcement ${enforcement} of ${code} lets orders exceed it` };
  return { by: 'kontor', reason: `it fitted when it was judged${period === null ? '' : `, in ${period}`}` };
}

function credits(question: DemandQuestion, revision: JudgedRevision): Credit[] {
  const { standing, books, chargedIn, now } = question;
  const { progress, prices, creditNotes } = standing;
  const told = confirmedMoney(revision.content, {
    state: progress?.state ?? 'placed',
    lines: progress?.lines ?? [],
    prices,
    creditNotes,
  });
  const isGone = standing.isCancelledThere || told?.isCancelled === true;
  return charges(question, revision).flatMap(({ budgetId, amount, original }): Credit[] => {
    const budget = books.budgets.get(budgetId);
    if (!budget) return [];
    const goods = told?.creditedGoods ?? 0;
    const given = isGone ? { amount, original } : goods === 0 ? null : amountOfGoods(question, revision, budget, goods);
    return [
      {
        budgetId,
        amount: given?.amount ?? 0,
        original: given?.original ?? null,
        reason: isGone ? 'cancelled' : 'cancelled, returned or credited',
        ...lateness(question, budget, chargedIn.get(budgetId), now),
      },
    ];
  });
}

function amountOfGoods(question: DemandQuestion, revision: JudgedRevision, budget: Budget, goods: number): InBudget | null {
  return amountIn(question, revision, budget, withGoods(moneyOf(revision.content), goods, 0));
}

/** Once the period is closed for good, as the budget says (SEMANTICS 2.6). */
function lateness(
  { books }: DemandQuestion,
  budget: Budget,
  periodId: string | undefined,
  now: Date,
): Pick<Credit, 'latePeriodId' | 'isRefused'> {
  const isLate = periodId !== undefined && books.periodOf(periodId)?.state === 'closed_final';
  if (!isLate || budget.lateCredit === 'original') return { latePeriodId: null, isRefused: false };
  if (budget.lateCredit === 'none') return { latePeriodId: null, isRefused: true };
  return { latePeriodId: books.periodOn({ budgetId: budget.id, day: { at: now } })?.id ?? null, isRefused: false };
}

function dayFor(budget: Budget, { submittedAt, decidedAt, accepted }: OrderStanding, { requestedDeliveryOn }: OrderContent): ChargeDay {
  return chargeDay(budget, { submittedAt, decidedAt, requestedDeliveryOn, postedAt: accepted?.at ?? null });
}
