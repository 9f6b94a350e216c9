/** From answer to meaning: a system's own table first, then what HTTP itself says. */
import type { HttpAnswer, Verdict, VerdictRule } from './types.ts';

type Answer = Omit<HttpAnswer, 'verdict'>;

const COMMON_VERDICTS: readonly VerdictRule[] = [
  { status: '2xx', verdict: 'ok' },
  { status: 401, verdict: 'login' },
  { status: 403, verdict: 'denied' },
  { status: [404, 410], verdict: 'missing' },
  { status: [409, 412, 423], verdict: 'conflict' },
  {
    status: 407,
    verdict: 'refused',
    says: () => 'the proxy wants user and password; write them into `proxy` as http://user:password@host:port',
  },
  { status: 429, verdict: 'limited' },
  { status: [408, 425], verdict: 'unavailable' },
  { status: '4xx', verdict: 'refused' },
  { status: '5xx', verdict: 'unavailable' },
];

export interface Judgement {
  readonly verdict: Verdict;
  readonly words: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** A redirect or anything else that no line names is `refused`: we are not where we think we are. */
export function judge(answer: Answer, own: readonly VerdictRule[], now: Date): Judgement {
  const isIt = (one: VerdictRule) => fits(one, answer);
  const rule = own.find(isIt) ?? COMMON_VERDICTS.find(isIt);
  return {
    verdict: rule?.verdict ?? 'refused',
    words: rule?.says?.(answer)?.slice(0, 500),
    retryAfterMs: rule?.retryAfterMs?.(answer) ?? retryAfterOf(answer, now),
  };
}

function fits({ status, matches }: VerdictRule, answer: Answer): boolean {
  if (status === '2xx' || status === '4xx' || status === '5xx') {
    if (Math.floor(answer.status / 100) !== Number(status[0])) return false;
  } else if (typeof status === 'number' ? status !== answer.status : status?.includes(answer.status) === false) return false;
  return matches === undefined || matches(answer);
}

/** RFC 9110: seconds, or an HTTP date by the server's clock. */
function retryAfterOf({ headers, serverAt }: Answer, now: Date): number | undefined {
  const said = headers['retry-after'];
  if (said === undefined) return undefined;
  if (/^\d+$/.test(said.trim())) return Number(said) * 1000;
  const at = Date.parse(said);
  return Number.isNaN(at) ? undefined : Math.max(0, at - (serverAt ?? now).getTime());
}
