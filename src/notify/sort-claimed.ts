/** What becomes of claimed notifications before anything is sent: needless, held back, without an address, or ready to go together. */
import type { Claimed, Postponed, Settled } from '../store/mail/claim.ts';
import { NEEDLESS, type NeedlessCode } from '../store/mail/needless.ts';
import { type Addressee, faultOfAddress } from './addressees.ts';
import { nextMorning, quietUntil } from './wishes.ts';

export interface Bundle {
  readonly addressee: Addressee & { readonly address: string };
  readonly notifications: readonly Claimed[];
}

export interface Sorted {
  readonly settled: Settled[];
  readonly postponed: Postponed[];
  readonly bundles: Bundle[];
}

interface Known {
  readonly needless: ReadonlyMap<string, NeedlessCode>;
  /** Lower case -> why. */
  readonly bounced: ReadonlyMap<string, string>;
  readonly addressee: (one: Claimed) => Addressee;
  readonly now: Date;
}

/** More in one mail nobody reads; the rest goes in a second one. */
const MOST_IN_ONE = 40;

export function sortClaimed(claimed: readonly Claimed[], { needless, bounced, addressee, now }: Known): Sorted {
  const sorted: Sorted = { settled: [], postponed: [], bundles: [] };
  const groups = new Map<string, Claimed[]>();
  for (const one of claimed) {
    const code = needless.get(one.id);
    if (code) sorted.settled.push({ ...one, state: 'suppressed', code, because: NEEDLESS[code] });
    else {
      // What has left once, or may have, stays in its mail.
      const key = one.mailId === null ? `${one.reader} ${one.address ?? ''}` : `mail ${one.mailId}`;
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
  }
  for (const group of groups.values()) {
    const [first] = group;
    if (first) sortGroup(group, addressee(first), { bounced, now }, sorted);
  }
  return sorted;
}

function sortGroup(
  group: readonly Claimed[],
  addressee: Addressee,
  { bounced, now }: Pick<Known, 'bounced' | 'now'>,
  { settled, postponed, bundles }: Sorted,
): void {
  const { address, wishes, tongue } = addressee;
  const kept = group.filter((one) => {
    const isThinned = one.event === 'approval.reminder' && wishes.reminders === 'none';
    if (isThinned) settled.push({ ...one, state: 'suppressed', code: 'UNWANTED', because: 'the person wants no reminders' });
    return !isThinned;
  });
  const fault = faultOfAddress(address);
  if (fault || address === null)
    return void settled.push(...kept.map((one) => ({ ...one, state: 'failed' as const, ...(fault ?? NO_FAULT) })));
  const reason = bounced.get(address.toLowerCase());
  if (reason !== undefined) {
    const because = `the address has bounced before: ${reason}`;
    return void settled.push(...kept.map((one) => ({ ...one, state: 'bounced' as const, code: 'ADDRESS_BOUNCED', because })));
  }
  const quiet = wishes.quiet === null ? null : quietUntil(wishes.quiet, now, tongue.zone);
  if (quiet)
    return void postponed.push(...kept.map((one) => ({ ...one, dueAt: quiet, code: 'QUIET_HOURS', because: 'quiet hours of the reader' })));
  const goes = kept.filter((one) => {
    if (one.event !== 'approval.reminder' || wishes.reminders !== 'daily') return true;
    const dueAt = nextMorning(one.notBefore, tongue.zone);
    if (dueAt <= now) return true;
    postponed.push({ ...one, dueAt, code: 'DAILY', because: 'the person wants reminders once a day' });
    return false;
  });
  const wait = goes[0]?.mailId === null ? digestUntil(goes, wishes.digestMs) : null;
  if (wait && wait > now)
    return void postponed.push(
      ...goes.map((one) => ({ ...one, dueAt: wait, code: 'DIGEST', because: 'waits for others to the same person' })),
    );
  for (let at = 0; at < goes.length; at += MOST_IN_ONE) {
    bundles.push({ addressee: { ...addressee, address }, notifications: goes.slice(at, at + MOST_IN_ONE) });
  }
}

const NO_FAULT = { code: 'NO_ADDRESS', because: 'the profile has no mail address' };

/** The window begins with the first of them, and what comes later does not make it longer. */
function digestUntil(group: readonly Claimed[], digestMs: number): Date | null {
  if (digestMs === 0 || group.length === 0) return null;
  const begun = Math.min(...group.map(({ createdAt, notBefore }) => Math.max(createdAt.getTime(), notBefore.getTime())));
  return new Date(begun + digestMs);
}
