/**
 * What the ledger must say of an order, against what it says: the movements in between. Called again, late or for the third time it
 * finds nothing to do. Pure; the caller holds the locks under which both were read.
 */
import { addTold, type Told, timesMinusOne, toldOnTop } from './original.ts';
import type { Entry, Original, Over } from './post.ts';

/** What an order has in one period of one budget. */
export interface LedgerShare {
  readonly budgetId: string;
  readonly periodId: string;
  /** Of its newest reservation there. */
  readonly revision: number | null;
  readonly reserved: number;
  /** Committed, without credits: what the order came to, as far as was known. */
  readonly charged: number;
  /** Given back, above zero. */
  readonly credited: number;
  /** How many there are: tells the next from those before. */
  readonly movements: number;
  /** Of its first reservation there that was converted. */
  readonly firstOriginal: Original | null;
  /** Of what is reserved. */
  readonly original: Original | null;
  readonly chargedTold: Told;
  /** Below zero. */
  readonly creditedTold: Told;
}

export interface Demand {
  readonly budgetId: string;
  /** Of the day the budget charges by; `null`: it has none. */
  readonly periodId: string | null;
  /** The day it charges by may still become another. */
  readonly mayMove: boolean;
  /** In minor units of the budget's currency. */
  readonly amount: number;
  readonly original: Original | null;
  readonly over: Over;
  readonly reason?: string;
}

export interface OrderDemand {
  readonly orderId: string;
  readonly revision: number;
  /** The newest revision that the rules were asked about: what older ones reserved makes room for it. */
  readonly routed: number;
  readonly by: string;
  /** What waits, or is on its way. */
  readonly reserved: readonly Demand[];
  /** What the ERP has taken; `null`: nothing. */
  readonly accepted: { readonly revision: number; readonly charged: readonly Demand[]; readonly credited: readonly Credit[] } | null;
  /** Why nothing is reserved any more. */
  readonly ended: string | null;
}

export interface Credit {
  readonly budgetId: string;
  /** Given back in all, above zero. */
  readonly amount: number;
  readonly original: Original | null;
  readonly reason: string;
  /** Where it goes when the period it was taken from is closed for good; `null`: where it was taken from. */
  readonly latePeriodId: string | null;
  /** A budget that takes no late credits is told of them, and nothing more. */
  readonly isRefused: boolean;
}

type Reserved = Pick<LedgerShare, 'budgetId' | 'periodId' | 'reserved' | 'revision' | 'original'>;

const ERP: Over = { by: 'erp', reason: 'a fact of the ERP' };

export function entriesOf(demand: OrderDemand, shares: readonly LedgerShare[], now: Date): Entry[] {
  return new Settling(demand, shares, now).run();
}

class Settling {
  readonly #demand: OrderDemand;
  readonly #shares: readonly LedgerShare[];
  readonly #now: Date;
  readonly #entries: Entry[] = [];
  readonly #counts = new Map<string, number>();
  /** Budget -> period -> committed, as it becomes. */
  readonly #charged = new Map<string, Map<string, number>>();
  /** By budget, the same in the order's currency. */
  readonly #told = new Map<string, Told>();

  constructor(demand: OrderDemand, shares: readonly LedgerShare[], now: Date) {
    this.#demand = demand;
    this.#shares = shares;
    this.#now = now;
    for (const { budgetId, periodId, charged, chargedTold } of shares)
      if (charged !== 0) this.#charge(budgetId, periodId, charged, chargedTold);
  }

  run(): Entry[] {
    const kept = new Set<Demand>();
    for (const share of this.#shares) {
      if (share.reserved === 0) continue;
      const wanted = this.#wantedLike(share);
      if (this.#isAccepted(share)) this.#commit(share, share.reserved);
      else if (wanted && !kept.has(wanted)) kept.add(wanted);
      else this.#release(share);
    }
    for (const wanted of this.#demand.reserved) if (!kept.has(wanted)) this.#reserve(wanted, this.#placeOf(wanted));
    this.#settleCharges();
    this.#settleCredits();
    return this.#entries;
  }

  /** The same money in the same place, of a revision that nothing has replaced. */
  #wantedLike(share: LedgerShare): Demand | undefined {
    return this.#demand.reserved.find(
      (one) =>
        one.budgetId === share.budgetId &&
        one.amount === share.reserved &&
        this.#placeOf(one) === share.periodId &&
        (share.revision ?? 0) >= this.#demand.routed,
    );
  }

  /** A budget that charges by another day than that of the reservation has the money moved there first. */
  #isAccepted({ budgetId, periodId, revision }: LedgerShare): boolean {
    const { accepted } = this.#demand;
    if (!accepted || (revision ?? 0) > accepted.revision) return false;
    const charge = accepted.charged.find((one) => one.budgetId === budgetId);
    return charge !== undefined && this.#placeOf(charge) === periodId;
  }

  /** Where it is already, unless its budget may move it: a period keeps what was reserved in it, however late. */
  #placeOf({ budgetId, periodId, mayMove }: Demand): string | null {
    if (mayMove) return periodId;
    const held = this.#shares.find((share) => share.budgetId === budgetId && (share.reserved !== 0 || share.charged !== 0));
    return held?.periodId ?? periodId;
  }

  #settleCharges(): void {
    const { accepted } = this.#demand;
    if (!accepted) return;
    for (const one of accepted.charged) {
      const place = this.#placeOf(one);
      if (place === null) continue;
      const before = this.#charged.get(one.budgetId);
      if (!before && one.amount > 0) {
        this.#reserve(one, place, accepted.revision);
        this.#commit({ ...one, periodId: place, revision: accepted.revision }, one.amount);
      } else this.#adjust(one.budgetId, one.amount, place, one);
    }
    const named = new Set(accepted.charged.map(({ budgetId }) => budgetId));
    for (const budgetId of this.#charged.keys()) if (!named.has(budgetId)) this.#adjust(budgetId, 0, null);
  }

  #adjust(budgetId: string, amount: number, place: string | null, demand?: Demand): void {
    const before = [...(this.#charged.get(budgetId) ?? [])];
    const difference = amount - before.reduce((sum, [, charged]) => sum + charged, 0);
    const [held] = before.sort((a, b) => b[1] - a[1])[0] ?? [place];
    if (difference === 0 || held === null || held === undefined) return;
    const first = this.#shares.find((share) => share.budgetId === budgetId && share.firstOriginal)?.firstOriginal ?? null;
    const original = toldOnTop(demand ? demand.original : first && { ...first, amount: 0 }, this.#told.get(budgetId));
    this.#charge(budgetId, held, difference, original);
    const revision = this.#demand.accepted?.revision ?? null;
    this.#add('ADJUST', { budgetId, periodId: held, amount: difference, revision, original, reason: demand?.reason ?? null, over: ERP });
  }

  #settleCredits(): void {
    for (const credit of this.#demand.accepted?.credited ?? []) {
      const { budgetId, amount, reason, latePeriodId, isRefused } = credit;
      const shares = this.#shares.filter((share) => share.budgetId === budgetId);
      const before = shares.reduce((sum, share) => sum + share.credited, 0);
      const all = [...(this.#charged.get(budgetId) ?? [])];
      const charged = all.reduce((sum, [, one]) => sum + one, 0);
      const due = Math.max(0, Math.min(amount, charged)) - before;
      const [periodId] = all.sort((a, b) => b[1] - a[1])[0] ?? [null];
      if (due === 0 || periodId === null || periodId === undefined) continue;
      if (isRefused && due > 0)
        this.#note(budgetId, periodId, due, `${reason}; it came after the close, and the budget takes no late credits`);
      else {
        const given = shares.filter(({ credited }) => credited !== 0).reduce<Told | undefined>((sum, { creditedTold }) => addTold(sum, creditedTold), undefined); // biome-ignore format: one chain
        // Cut to what was charged it is no amount that anybody told.
        const original = amount <= charged ? toldOnTop(timesMinusOne(credit.original), given) : null;
        this.#add('CREDIT', { budgetId, periodId: latePeriodId ?? periodId, amount: -due, revision: null, original, reason, over: ERP });
      }
    }
  }

  /** Told once for each amount. */
  #note(budgetId: string, periodId: string, due: number, reason: string): void {
    const { orderId, by } = this.#demand;
    const key = `credit:${orderId}:${budgetId}:${periodId}:refused:${due}`;
    this.#entries.push({ budgetId, periodId, type: 'CREDIT', amount: 0, key, at: this.#now, by, orderId, reason, over: ERP });
  }

  #reserve({ budgetId, amount, original, over, reason }: Demand, periodId: string | null, revision = this.#demand.revision): void {
    if (periodId === null || amount <= 0) return;
    this.#add('RESERVE', { budgetId, periodId, amount, revision, original, over, reason: reason ?? null });
  }

  #commit({ budgetId, periodId, revision, original }: Omit<Reserved, 'reserved'>, amount: number): void {
    this.#charge(budgetId, periodId, amount, original);
    this.#add('COMMIT', { budgetId, periodId, amount, revision, original, over: ERP });
  }

  #release({ budgetId, periodId, reserved, revision, original }: Reserved): void {
    const reason = this.#demand.ended ?? 'another reservation takes its place';
    this.#add('RELEASE', {
      budgetId,
      periodId,
      amount: -reserved,
      revision,
      original: timesMinusOne(original),
      reason,
      over: { by: this.#demand.by, reason: 'still overspent' },
    });
  }

  #charge(budgetId: string, periodId: string, amount: number, told: Told): void {
    this.#told.set(budgetId, addTold(this.#told.get(budgetId), told));
    const places = this.#charged.get(budgetId) ?? new Map<string, number>();
    places.set(periodId, (places.get(periodId) ?? 0) + amount);
    this.#charged.set(budgetId, places);
  }

  /** Keys name order, budget, period and which movement of it there this is: a second writer who saw the same ledger writes the same key. */
  #add(type: Entry['type'], entry: Omit<Entry, 'type' | 'key' | 'at' | 'by' | 'orderId'>): void {
    const { orderId, by } = this.#demand;
    const place = `${orderId}:${entry.budgetId}:${entry.periodId}`;
    const there = this.#shares.find(({ budgetId, periodId }) => budgetId === entry.budgetId && periodId === entry.periodId);
    const n = (this.#counts.get(place) ?? there?.movements ?? 0) + 1;
    this.#counts.set(place, n);
    const key = `${type.toLowerCase()}:${place}:${n}${entry.revision === null ? '' : `:revision ${entry.revision}`}`;
    this.#entries.push({ ...entry, type, key, at: this.#now, by, orderId });
  }
}
