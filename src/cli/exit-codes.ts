/** What a script may rely on. docs/commands.md shows this table. */
import { type ErrorCode, KontorError, RetryLaterError } from '../errors.ts';

export const EXIT = {
  ok: 0,
  defect: 1,
  usage: 2,
  configuration: 3,
  incomplete: 4,
  failed: 5,
  unavailable: 6,
  interrupted: 130,
} as const;

export const EXIT_MEANINGS: ReadonlyArray<readonly [code: number, meaning: string]> = [
  [EXIT.ok, 'done'],
  [EXIT.defect, 'a defect in Kontor'],
  [EXIT.usage, 'the command line was not understood, or names something that is not there'],
  [EXIT.configuration, 'kontor.yaml, the environment, a secret or the database must be set right first'],
  [EXIT.incomplete, 'done in part: a run ended partial or held, or records have problems'],
  [EXIT.failed, 'failed: a run, a check or a source; a person must look'],
  [EXIT.unavailable, 'something did not answer or is busy; try again later'],
  [EXIT.interrupted, 'interrupted from the keyboard or by a signal'],
];

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  USAGE: EXIT.usage,
  NOT_FOUND: EXIT.usage,
  CONNECTION_UNKNOWN: EXIT.usage,
  CONFIG_INVALID: EXIT.configuration,
  CONFIG_MISSING: EXIT.configuration,
  SECRET_UNAVAILABLE: EXIT.configuration,
  DATABASE_UNSUITABLE: EXIT.configuration,
  EMBEDDED_DATABASE_FAILED: EXIT.configuration,
  SHUTTING_DOWN: EXIT.interrupted,
  INTERNAL: EXIT.defect,
};

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof KontorError)) return EXIT.defect;
  return BY_CODE[error.code] ?? (error instanceof RetryLaterError ? EXIT.unavailable : EXIT.failed);
}
