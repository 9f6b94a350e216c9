/** A session that only reads, and watches the system's clock while it does. */
import type { HttpAnswer, HttpRequest } from '../connector/http/types.ts';
import type { AnySession } from '../connector/open-session.ts';
import { NeedsOperatorError } from '../errors.ts';
import type { ClockSkew } from './certificate.ts';

export interface Observed {
  readonly session: AnySession;
  skew(): ClockSkew | null;
}

export function observe(session: AnySession): Observed {
  let least = Number.NEGATIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  let samples = 0;

  async function send(request: HttpRequest): Promise<HttpAnswer> {
    refuseWrites(request);
    const sentAt = session.now().getTime();
    const answer = await session.http.send(request);
    if (answer.serverAt) {
      // The date was taken between our two looks at the clock, and its second had begun: each answer narrows the span.
      const shown = answer.serverAt.getTime();
      least = Math.max(least, shown - session.now().getTime());
      most = Math.min(most, shown + 1_000 - sentAt);
      samples += 1;
    }
    return answer;
  }

  return {
    session: {
      ...withoutHttp(session),
      get http() {
        return { send };
      },
    },
    skew: () => (samples === 0 ? null : { leastMs: Math.min(least, most), mostMs: Math.max(least, most), samples }),
  };
}

/** `http` opens a line when it is first asked for; connectors that read files have none. */
function withoutHttp(session: AnySession): Omit<AnySession, 'http'> {
  const { connection, config, baseFolder, signal } = session;
  return { connection, config, baseFolder, signal, now: () => session.now() };
}

function refuseWrites({ method = 'GET', effect, path }: HttpRequest): void {
  if ((effect ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write')) === 'read') return;
  throw new NeedsOperatorError('INTERNAL', `${method} ${path.replace(/[?#].*$/, '')} would write while only reading was asked for`);
}
