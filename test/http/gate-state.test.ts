import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GateReport } from '../../src/connector/http/border.ts';
import {
  closedAt,
  declaredIntervalMs,
  enterGate,
  FAILURES_TO_CLOSE,
  type GateState,
  LONGEST_RETRY_AFTER_MS,
  leaveGate,
  OPEN_GATE,
} from '../../src/connector/http/gate-state.ts';
import type { RateLimits } from '../../src/connector/http/types.ts';

type Event = { afterMs: number } & ({ kind: 'enter' } | GateReport);

const limits = fc.record({ requestsPerMinute: fc.option(fc.integer({ min: 1, max: 6_000 }), { nil: undefined }) });
const retryAfterMs = fc.option(fc.integer({ min: 0, max: 2 * LONGEST_RETRY_AFTER_MS }), { nil: undefined });
const event: fc.Arbitrary<Event> = fc
  .tuple(
    fc.integer({ min: 0, max: 20_000 }),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant({ kind: 'enter' as const }) },
      { weight: 2, arbitrary: fc.constant({ kind: 'good' as const }) },
      fc.constant({ kind: 'nothing' as const }),
      fc.record({ kind: fc.constant('limited' as const), retryAfterMs }),
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('failed' as const), retryAfterMs }) },
    ),
  )
  .map(([afterMs, what]) => ({ afterMs, ...what }));
const events = fc.array(event, { maxLength: 200 });

/** What happens to a gate, one after the other; `see` is shown the state and the clock after each. */
function live(
  gate: RateLimits,
  happening: readonly Event[],
  see: (state: GateState, at: number, sentAt: number | null) => void = () => undefined,
) {
  let state = OPEN_GATE;
  let at = 0;
  for (const one of happening) {
    at += one.afterMs;
    let sentAt: number | null = null;
    if (one.kind !== 'enter') state = leaveGate(state, one, gate, at);
    else if (closedAt(state, at) === null) {
      const entered = enterGate(state, gate, at);
      state = entered.state;
      if (entered.isReserved) sentAt = at + entered.turnInMs;
    }
    see(state, at, sentAt);
  }
  return { state, at };
}

describe('a gate, whatever happens to it', () => {
  it('never lets requests through faster than declared', () => {
    fc.assert(
      fc.property(limits, events, (gate, happening) => {
        const sent: number[] = [];
        live(gate, happening, (_, __, sentAt) => sentAt !== null && sent.push(sentAt));
        for (const [turn, at] of sent.slice(1).entries())
          expect(at - (sent[turn] ?? 0)).toBeGreaterThanOrEqual(declaredIntervalMs(gate) - 1e-6);
      }),
    );
  });

  it('stays closed for as long as the system said, an hour at most', () => {
    fc.assert(
      fc.property(limits, events, events, fc.integer({ min: 0, max: 2 * LONGEST_RETRY_AFTER_MS }), (gate, before, after, asked) => {
        let mustStayClosedUntil = Number.NaN;
        let count = 0;
        live(gate, [...before, { afterMs: 0, kind: 'limited', retryAfterMs: asked }, ...after], (state, at) => {
          if (count === before.length) mustStayClosedUntil = at + Math.min(asked, LONGEST_RETRY_AFTER_MS);
          if (count >= before.length && at < mustStayClosedUntil)
            expect(closedAt(state, at)?.forMs).toBeGreaterThanOrEqual(mustStayClosedUntil - at);
          count += 1;
        });
      }),
    );
  });

  it('opens again, and one success heals it', () => {
    fc.assert(
      fc.property(limits, events, (gate, happening) => {
        const { state, at } = live(gate, happening);
        const closed = closedAt(state, at);
        expect(closed?.forMs ?? 0).toBeLessThanOrEqual(LONGEST_RETRY_AFTER_MS);
        const later = at + (closed?.forMs ?? 0);
        const entered = enterGate(state, gate, later);
        expect(closedAt(state, later)).toBeNull();
        const healed = leaveGate(entered.state, { kind: 'good' }, gate, later);
        expect(healed).toMatchObject({ failures: 0, isProbing: false });
        expect(closedAt(healed, later)).toBeNull();
      }),
    );
  });

  it('recovers its full speed by good answers alone', () => {
    fc.assert(
      fc.property(limits, events, (gate, happening) => {
        let { state } = live(gate, happening);
        for (let turn = 0; turn < 200; turn += 1) state = leaveGate(state, { kind: 'good' }, gate, Number.MAX_SAFE_INTEGER);
        expect(Math.max(state.intervalMs, declaredIntervalMs(gate))).toBe(declaredIntervalMs(gate));
      }),
    );
  });

  it('never makes a request wait long for its turn: who would, is sent away without one', () => {
    fc.assert(
      fc.property(limits, events, (gate, happening) => {
        let at = 0;
        live(gate, happening, (state, now, sentAt) => {
          at = now;
          if (sentAt !== null) expect(sentAt - at).toBeLessThanOrEqual(Math.max(10_000, 2 * state.intervalMs));
        });
      }),
    );
  });
});

describe('a gate', () => {
  const failed: GateReport = { kind: 'failed', retryAfterMs: undefined };

  it('counts requests that were limited together once', () => {
    const once = leaveGate(OPEN_GATE, { kind: 'limited', retryAfterMs: 5_000 }, {}, 1_000);
    const often = leaveGate(
      leaveGate(once, { kind: 'limited', retryAfterMs: 5_000 }, {}, 1_000),
      { kind: 'limited', retryAfterMs: 9_000 },
      {},
      1_010,
    );
    expect(often).toEqual({ ...once, limitedUntil: 10_010 });
    const later = leaveGate(often, { kind: 'limited', retryAfterMs: 0 }, {}, 11_000);
    expect(later.intervalMs).toBe(2 * once.intervalMs);
  });

  it('closes after failures in a row, lets one request see, and stays closed for longer when that fails too', () => {
    let state = OPEN_GATE;
    for (let turn = 0; turn < FAILURES_TO_CLOSE; turn += 1) {
      expect(closedAt(state, 0)).toBeNull();
      state = leaveGate(state, failed, {}, 0);
    }
    const first = closedAt(state, 0);
    expect(first).toMatchObject({ why: 'failing' });
    const afterwards = leaveGate(state, failed, {}, 10);
    expect(afterwards).toEqual(state);
    const opensAt = first?.forMs ?? 0;
    const probing = enterGate(state, {}, opensAt).state;
    expect(closedAt(probing, opensAt)).toMatchObject({ why: 'failing' });
    expect(closedAt(leaveGate(probing, failed, {}, opensAt), opensAt)?.forMs).toBe(2 * opensAt);
    expect(closedAt(leaveGate(probing, { kind: 'good' }, {}, opensAt), opensAt)).toBeNull();
  });

  it('obeys a Retry-After of a system that is away', () => {
    const state = leaveGate(OPEN_GATE, { kind: 'failed', retryAfterMs: 7_000 }, {}, 0);
    expect(closedAt(state, 0)).toEqual({ forMs: 7_000, why: 'failing' });
  });

  it('that was never limited is not changed by entering and good answers', () => {
    const entered = enterGate(OPEN_GATE, {}, 5).state;
    expect(leaveGate(entered, { kind: 'good' }, {}, 6)).toBe(OPEN_GATE);
  });
});
