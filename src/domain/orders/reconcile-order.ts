/** One accepted order beside what its ERP holds under its reference: missing, doubled, differing, or as it should be. Pure. */
import type { PlacedOrder } from '../../connector/orders.ts';
import { type Agreed, type Difference, digestOfDifferences, matchThreeWays } from './three-way-match.ts';
import { toldByTarget } from './told-order.ts';

export interface Finding {
  /** `unknown`: there, with a reference of ours, and not known here as handed off. */
  readonly kind: 'missing' | 'doubled' | 'differing' | 'unknown';
  readonly orderId: string | null;
  readonly reference: string;
  /** Document numbers there. */
  readonly numbers: readonly string[];
  /** A sentence with the cure. */
  readonly text: string;
}

export interface Expected {
  readonly orderId: string;
  readonly externalKey: string;
  /** Taken back by us, and the ERP has accepted that. */
  readonly isCancelled: boolean;
  /** How we know the customer there; [] if we do not. */
  readonly soldTo: readonly string[];
  readonly approved: Agreed;
  readonly sent: Agreed;
  /** The ERP has told of a cancellation already. */
  readonly isKnownCancelled: boolean;
}

export interface Terms {
  readonly priceTolerance: number;
  /** Differences that a person has accepted. */
  isAccepted(digest: string): boolean;
}

export function reconcileOrder(order: Expected, found: readonly PlacedOrder[], terms: Terms): Finding | null {
  const { orderId, externalKey: reference, isCancelled } = order;
  const live = found.filter(({ state }) => state !== 'cancelled');
  const finding = (kind: Finding['kind'], text: string, of = live): Finding => ({
    kind,
    orderId,
    reference,
    numbers: of.map(nameOf),
    text,
  });
  if (live.length > 1)
    return finding('doubled', `${reference} is there ${live.length} times: ${live.map(nameOf).join(', ')}; cancel all but one there`);
  const [placed] = live;
  if (isCancelled) {
    return placed
      ? finding('differing', `${reference} was cancelled by us and is "${placed.stateThere}" there as ${nameOf(placed)}; cancel it there`)
      : null;
  }
  if (!placed && found.length > 0) {
    const text = `${reference} is cancelled there (${found.map(nameOf).join(', ')}) and not here; ask there why, and cancel or submit it anew here`;
    return order.isKnownCancelled ? null : finding('differing', text, [...found]);
  }
  if (!placed)
    return finding(
      'missing',
      `${reference} was accepted and cannot be found there; ask there whether somebody removed it or changed its reference`,
    );
  const odd = oddities(order, placed, terms);
  return odd.length === 0
    ? null
    : finding('differing', `${reference} (${nameOf(placed)} there): ${odd.join('; ')}; see \`kontor orders differences\``);
}

function oddities({ soldTo, approved, sent }: Expected, placed: PlacedOrder, { priceTolerance, isAccepted }: Terms): string[] {
  const isOthers = placed.soldTo !== null && soldTo.length > 0 && !soldTo.includes(placed.soldTo);
  const differences = matchThreeWays({ approved, sent, confirmed: [toldByTarget(placed)], priceTolerance });
  const isKnown = differences.length > 0 && isAccepted(digestOfDifferences(differences));
  return [
    ...(isOthers ? [`it is for customer ${placed.soldTo}, not ${soldTo.join(' or ')}`] : []),
    ...(isKnown ? [] : differences.map(describeDifference)),
  ];
}

/** "line 2 (4712): quantity 5 approved, 4 confirmed". */
export function describeDifference({ line, product, about, approved, sent, confirmed }: Difference): string {
  const where = line === null ? (product ?? 'order') : `line ${line}${product === null ? '' : ` (${product})`}`;
  if (about === 'unexpected') return `${where}: ${confirmed} there, none approved`;
  const asSent = sent === approved ? '' : `, ${sent ?? 'none'} sent`;
  return `${where}: ${about} ${approved ?? 'none'} approved${asSent}, ${confirmed ?? 'none'} confirmed`;
}

function nameOf({ number, id }: PlacedOrder): string {
  return number ?? id;
}
