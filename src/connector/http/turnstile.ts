/** One request through the gate of its credential: waits for its turn, sends, and says at the gate how it went. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RetryLaterError } from '../../errors.ts';
import type { Border, Closed, GateReport, Pass } from './border.ts';
import { type Asked, failureOfWire } from './failures.ts';
import { LONGEST_WAIT_MS } from './gate-state.ts';
import { knownSecrets, scrubbed } from './scrub.ts';
import { type Transport, type WireAnswer, WireFailure, type WireRequest } from './transport.ts';
import type { RateLimits } from './types.ts';
import type { Judgement } from './verdicts.ts';

export interface TurnstileContext {
  readonly connection: string;
  /** Name of the gate. */
  readonly credential: string;
  readonly limits: RateLimits;
  readonly border: Border;
  readonly signal: AbortSignal;
  now(): Date;
}

interface Sending {
  readonly wire: WireRequest;
  readonly transport: Transport;
  judge(answer: WireAnswer): Pick<Judgement, 'verdict' | 'retryAfterMs'>;
}

/** Throws what `failureOfWire` makes of a failure, and ERP_RATE_LIMITED or ERP_UNREACHABLE when the gate stays closed for long. */
export async function passTurnstile(context: TurnstileContext, asked: Asked, sending: Sending): Promise<WireAnswer> {
  const giveBack = await sending.transport.seat(context.signal);
  if (giveBack === null) throw stopped(asked);
  try {
    return await sendThrough(context, asked, sending);
  } finally {
    giveBack();
  }
}

async function sendThrough(context: TurnstileContext, asked: Asked, { wire, transport, judge }: Sending): Promise<WireAnswer> {
  const { border, signal, now } = context;
  const pass = await enter(context, asked, wire.timeoutMs);
  let report: GateReport = { kind: 'nothing' };
  try {
    const started = performance.now();
    const answer = await transport.send(wire, signal);
    const { verdict, retryAfterMs } = judge(answer);
    if (verdict === 'limited') report = { kind: 'limited', retryAfterMs };
    else report = verdict === 'unavailable' ? { kind: 'failed', retryAfterMs } : { kind: 'good' };
    border.tap?.(scrubbed(wire, answer, { at: now(), ms: Math.round(performance.now() - started) }), knownSecrets(wire, answer));
    return answer;
  } catch (error) {
    if (!(error instanceof WireFailure)) throw error;
    if (error.kind === 'too-large') report = { kind: 'good' };
    else if (error.kind !== 'stopped' && error.kind !== 'too-late') report = { kind: 'failed', retryAfterMs: undefined };
    throw failureOfWire(asked, error);
  } finally {
    await pass.leave(report);
  }
}

async function enter({ border, credential, limits, signal }: TurnstileContext, asked: Asked, timeoutMs: number): Promise<Pass> {
  for (let waitedMs = 0; ; ) {
    const entry = await border.gates.enter(credential, limits, timeoutMs + LONGEST_WAIT_MS);
    if ('closedForMs' in entry) {
      const isTooLong = waitedMs + entry.closedForMs > (entry.why === 'full' ? timeoutMs : LONGEST_WAIT_MS);
      if (isTooLong || entry.why === 'failing') throw closedError(asked, entry);
      waitedMs += entry.closedForMs;
      await pause(entry.closedForMs, signal, asked);
      continue;
    }
    if (entry.waitMs === 0) return entry;
    try {
      await pause(entry.waitMs, signal, asked);
      // While we waited for our turn, another may have been told to stay away.
      if ((await entry.closed()) === null) return entry;
    } catch (error) {
      await entry.leave({ kind: 'nothing' });
      throw error;
    }
    await entry.leave({ kind: 'nothing' });
  }
}

async function pause(ms: number, signal: AbortSignal, asked: Asked): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw stopped(asked);
  });
}

function stopped({ connection }: Asked): RetryLaterError {
  return new RetryLaterError('SHUTTING_DOWN', `${connection}: stopped while waiting for its turn`);
}

function closedError({ connection }: Asked, { why, closedForMs }: Closed): RetryLaterError {
  const seconds = Math.ceil(closedForMs / 1000);
  const wait = { retryAfterMs: closedForMs };
  switch (why) {
    case 'limited':
      return new RetryLaterError('ERP_RATE_LIMITED', `${connection}: no request may be sent for ${seconds} s`, wait);
    case 'full':
      return new RetryLaterError('ERP_RATE_LIMITED', `${connection}: as many requests are under way as its limits allow`, wait);
    case 'failing':
      return new RetryLaterError('ERP_UNREACHABLE', `${connection}: the last requests all failed; the next is sent in ${seconds} s`, wait);
  }
}
