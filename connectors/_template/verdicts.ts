/** What this system's answers mean where HTTP alone does not say it. */
import { z } from 'zod';
import type { VerdictRule } from '../../src/connector/http/types.ts';

const failure = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

function codeOf({ json }: { json: unknown }): string | undefined {
  return failure.safeParse(json).data?.error.code;
}

function says({ json }: { json: unknown }): string | undefined {
  return failure.safeParse(json).data?.error.message;
}

export const verdicts: readonly VerdictRule[] = [
  // Limits come as 403, like missing rights; only the code tells them apart.
  { status: 403, matches: (answer) => codeOf(answer) === 'QUOTA', verdict: 'limited', says },
  // Lock conflicts come with status 200; the transaction was rolled back.
  { status: '2xx', matches: (answer) => codeOf(answer) === 'LOCKED', verdict: 'busy', says },
  { status: '2xx', matches: (answer) => codeOf(answer) !== undefined, verdict: 'refused', says },
  { status: 403, verdict: 'denied', says },
  { status: 422, verdict: 'refused', says },
];
