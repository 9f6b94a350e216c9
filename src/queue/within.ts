/** Bounds a wait: a dead Redis or PostgreSQL must become an error that names it, never a process that hangs. */
import { KontorError, RetryLaterError } from '../errors.ts';

/** What drivers say when the other side is gone. Anything else is a defect and passes as it is. */
const GONE =
  /ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|connection is closed|connection terminated|timeout|timed out|NOAUTH|WRONGPASS|^57P0|^53300|^28/i;

/** Waits at most `timeoutMs`. Throws QUEUE_UNREACHABLE when time is up or the connection is gone. */
export async function within<T>(timeoutMs: number, place: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unreachable(place, `no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  // The loser of the race may still fail, long after anyone listens.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, deadline]);
  } catch (error) {
    throw asOurs(place, error);
  } finally {
    clearTimeout(timer);
  }
}

function asOurs(place: string, error: unknown): unknown {
  if (error instanceof KontorError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (!GONE.test(code) && !GONE.test(error.message)) return error;
  return unreachable(place, error.message || code, error);
}

function unreachable(place: string, reason: string, cause?: Error): RetryLaterError {
  const setting = place.startsWith('Redis') ? 'REDIS_URL' : 'DATABASE_URL';
  return new RetryLaterError('QUEUE_UNREACHABLE', `The queue on ${place} cannot be reached: ${reason}. Start it, or correct ${setting}.`, {
    cause,
  });
}
