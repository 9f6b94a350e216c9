/** What keeps an order from being taken, all of it at once: where, why, and what to do about it. */
import { NeedsOperatorError } from '../../errors.ts';

export interface OrderProblem {
  /** Into the submission: `lines[2].quantity`; '' for the whole of it. */
  readonly path: string;
  readonly reason: string;
  readonly cure: string;
}

/** ORDER_INVALID with its problems for programs, and all of them in the message for people. */
export class OrderInvalid extends NeedsOperatorError {
  readonly problems: readonly OrderProblem[];

  constructor(what: string, problems: readonly OrderProblem[]) {
    super('ORDER_INVALID', `${what} cannot be taken\n${problems.map(describeProblem).join('\n')}`);
    this.name = 'NeedsOperatorError';
    this.problems = problems;
  }
}

/** Places in a file as its lines follow each other, whichever check looked at them first; what is about all of it comes first. */
export function byLine(place: string, other: string): number {
  return lineOf(place) - lineOf(other);
}

/** Of `budgets.yaml:12`, or of `budgets.csv, row 12, column "limit"`. */
function lineOf(place: string): number {
  return Number(/(?::|, row )(\d+)(?=$|, column )/.exec(place)?.[1] ?? 0);
}

export function describeProblem({ path, reason, cure }: OrderProblem): string {
  return `${path === '' ? '' : `${path}: `}${reason}; ${cure}`;
}
