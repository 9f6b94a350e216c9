/** The worker's log: one JSON line per fact, secrets blackened. */
import { type DestinationStream, pino } from 'pino';
import type { SecretValues } from '../config/secrets.ts';
import type { Settings } from '../config/settings.ts';
import type { JobLog } from '../queue/define-job.ts';

export function createLog(level: Settings['log']['level'], secrets: SecretValues, destination: DestinationStream): JobLog {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: withoutData },
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (line) => secrets.censor(line) },
    },
    destination,
  );
}

/** PostgreSQL's errors carry the offending row in `detail` and `where`; a log gets what names the failure, not the customer. */
function withoutData(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, table, constraint } = error as Error & { code?: unknown; table?: unknown; constraint?: unknown };
  const cause = error.cause instanceof Error ? { cause: error.cause.message } : {};
  return { type: error.name, message: error.message, ...(code !== undefined && { code, table, constraint }), stack: error.stack, ...cause };
}

/** For a person at a terminal: only what went wrong, a line each. */
export function tellTrouble(tell: (line: string) => void): JobLog {
  const trouble = (facts: object, message: string) => {
    const { err, runId } = facts as { err?: unknown; runId?: string };
    const reason = err instanceof Error ? `: ${err.message}` : '';
    tell(`${message}${runId === undefined ? '' : ` (run ${runId})`}${reason}`);
  };
  return { debug: () => undefined, info: () => undefined, warn: trouble, error: trouble };
}
