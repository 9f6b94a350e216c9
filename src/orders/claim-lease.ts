/** Holds a claimed hand-off for as long as it is being sent, and knows until when that is certain. */
import { RetryLaterError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { type Claim, renewClaims } from '../store/orders/push-claims.ts';

/** Far longer than a call takes; renewed three times in it. */
export const CLAIM_TTL_MS = 60_000;
/** Share of the lease in which nothing is sent any more, for its answer could come after the end. */
const MARGIN = 1 / 6;

export interface HeldClaim {
  /** Aborts when the claim is lost, or when the worker must let go. */
  readonly signal: AbortSignal;
  /** On the clock of performance.now(): after this instant nothing that writes may leave. */
  notAfter(): number;
  /** Throws LEASE_LOST past `notAfter`: a machine that slept must not send what another worker may have sent by now. */
  assertInTime(): void;
}

export async function withClaim<Result>(
  db: Database,
  claim: Claim,
  { askedMs, ttlMs, signal: outer }: { askedMs: number; ttlMs: number; signal: AbortSignal },
  work: (held: HeldClaim) => Promise<Result>,
): Promise<Result> {
  // One controller for both reasons: signals made of others cost more than all the rest, at hundreds of orders a second.
  const stopped = new AbortController();
  const stop = () => stopped.abort(outer.reason);
  if (outer.aborted) stop();
  outer.addEventListener('abort', stop, { once: true });
  const marginMs = ttlMs * MARGIN;
  let certainUntil = askedMs + ttlMs;
  let renewing: Promise<void> | undefined;
  const renew = async () => {
    const ms = performance.now();
    const held = await renewClaims(db, [claim], ttlMs).catch(() => null);
    if (held?.has(claim.id)) certainUntil = ms + ttlMs;
    else if (held || performance.now() >= certainUntil) {
      clearInterval(timer);
      stopped.abort(claimLost(claim));
    }
    renewing = undefined;
  };
  const timer = setInterval(() => {
    renewing ??= renew();
  }, ttlMs / 3);
  try {
    return await work({
      signal: stopped.signal,
      notAfter: () => certainUntil - marginMs,
      assertInTime() {
        if (performance.now() > certainUntil - marginMs) throw claimLost(claim);
      },
    });
  } finally {
    clearInterval(timer);
    outer.removeEventListener('abort', stop);
    await renewing;
  }
}

function claimLost({ id, externalKey }: Claim): RetryLaterError {
  return new RetryLaterError(
    'LEASE_LOST',
    `the claim on hand-off ${id} (${externalKey}) ran out before it was sent; another worker goes on from here`,
    {
      details: { handoffId: id },
    },
  );
}
