/** Whether a step has the approvals it needs. A seat is a person, or the one a deputy decides for. */

interface Seat {
  readonly personId: string;
  readonly forPersonId: string | null;
}

export interface Quorum {
  readonly mode: 'any' | 'all' | 'n_of_m';
  /** How many seats: all of them with `all`, but one where somebody stands in for everybody. */
  readonly needed: number;
  /** As the step is held now; some may have approved. */
  readonly holders: readonly Seat[];
  /** Also of people who hold it no longer: what they said while they held it stands. */
  readonly approvals: readonly Seat[];
}

/** Two people who decide for the same seat are one, and one who decides for two is one, too. */
export function isApproved({ mode, needed, holders, approvals }: Quorum): boolean {
  if (approvals.length === 0) return false;
  if (mode === 'any') return true;
  const seats = new Set(approvals.map(seatOf));
  const people = new Set(approvals.map(({ personId }) => personId));
  if (mode === 'n_of_m' || needed < holders.length) return Math.min(seats.size, people.size) >= needed;
  return holders.every((holder) => seats.has(seatOf(holder)) || people.has(holder.personId));
}

function seatOf({ personId, forPersonId }: Seat): string {
  return forPersonId ?? personId;
}
