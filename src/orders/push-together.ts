/** Hand-offs of one wake-up, carried side by side, and with them whoever waited behind one in its account's line. Each stands for itself. */
import { setMaxListeners } from 'node:events';
import { RetryLaterError } from '../errors.ts';
import type { HandoffContext } from './order-context.ts';
import { type Pushed, pushHandoff } from './push.ts';

/** What so many ask of the database and of the ERP goes as one. */
const TOGETHER = 20;
/** So many are carried by one call; who is next after them has a wake-up of its own. */
const MOST = 200;

export interface Carried {
  readonly pushed: ReadonlyMap<string, Pushed>;
  /** To be taken up again at that time. */
  readonly later: ReadonlyArray<Pushed & { readonly handoffId: string; readonly notBefore: Date }>;
  /** Next in line, and not carried any more. */
  readonly next: readonly string[];
  /** Not begun: it was told to stop, or nothing could be done for anybody. */
  readonly left: readonly string[];
  /** Kept no other from being carried. */
  readonly failures: readonly unknown[];
}

/** Throws nothing. Begins nothing any more once `isOver` says so; what is under way then is brought to its end. */
export async function pushTogether(
  context: HandoffContext,
  handoffIds: readonly string[],
  isOver: () => boolean = () => false,
): Promise<Carried> {
  // Each of them listens to it.
  setMaxListeners(0, context.signal);
  const waiting = [...handoffIds];
  const pushed = new Map<string, Pushed>();
  const next: string[] = [];
  const failures: unknown[] = [];
  async function carry(): Promise<void> {
    for (;;) {
      if (isOver() || context.signal.aborted || failures.some((one) => one instanceof RetryLaterError)) return;
      const id = waiting.shift();
      if (id === undefined) return;
      try {
        const one = await pushHandoff(context, id);
        pushed.set(id, one);
        if (one.next) (pushed.size + waiting.length < MOST ? waiting : next).push(one.next);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(TOGETHER, waiting.length) }, carry));
  const later = [...pushed].flatMap(([handoffId, one]) => {
    const { state, notBefore } = one;
    return notBefore && (state === 'pending' || state === 'unknown') ? [{ ...one, handoffId, notBefore }] : [];
  });
  return { pushed, later, next, left: waiting, failures };
}
