/** Whether a step has the approvals it needs. A seat is a person, or the one a deputy decides for; escalation adds people to a seat. */

export interface Seat {
  readonly personId: string;
  readonly forPersonId: string | null;
  /** Whose seat it was when the step was assigned, where escalation brought this person; else absent. */
  readonly seatId?: string | null;
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
  const seats = seatsOf(holders, approvals);
  const people = new Set(approvals.map(({ personId }) => personId));
  const wanted = new Set(holders.map(seatOf));
  if (mode === 'n_of_m' || needed < wanted.size) return Math.min(seats.size, people.size) >= needed;
  return holders.every((holder) => seats.has(seatOf(holder)) || people.has(holder.personId));
}

/** Those about which somebody has decided. */
export function seatsOf(holders: readonly Seat[], decisions: readonly Seat[]): Set<string> {
  const brought = new Map(holders.flatMap(({ personId, seatId }) => (seatId ? [[personId, seatId] as const] : [])));
  return new Set(decisions.map((decision) => brought.get(decision.personId) ?? seatOf(decision)));
}

export function seatOf({ personId, forPersonId, seatId }: Seat): string {
  return seatId ?? forPersonId ?? personId;
}
