/**
 * Stands between a connector and a real system, and lets accidents happen to what passes: the same ones, by the same names and the same log,
 * as to simulated systems (accidents.ts). It is a simulator whose dialect is somebody else's server; its world is empty and only keeps the time.
 */
import { Agent, request as ask, type IncomingMessage } from 'node:http';
import type { Dialect, SimAnswer, SimRequest } from './dialect.ts';
import { type Simulator, startSimulator } from './server.ts';
import { runningClock, World } from './world.ts';

export interface AccidentProxyOptions {
  /** Base address of the real system, without a path: "http://127.0.0.1:8069". */
  readonly target: string;
  /** Would the request change something there? */
  isWrite(request: SimRequest): boolean;
  /** What the system itself says when it is in trouble; 503 if absent. */
  errorInside?(): SimAnswer;
  /** Says to a request whose session is over what the system says; 401 with nothing in it if absent. */
  sessionOver?(): SimAnswer;
}

export type AccidentProxy = Omit<Simulator, 'settings' | 'world' | 'dialect'>;

/** Listens on a free port of 127.0.0.1. Close it; that does not touch the real system. */
export async function startAccidentProxy(options: AccidentProxyOptions): Promise<AccidentProxy> {
  // A kept connection that the other side closes at the wrong moment would be an accident nobody asked for.
  const agent = new Agent({ keepAlive: false });
  const simulator = await startSimulator(forwarding(options, agent), { world: new World({ clock: runningClock() }) });
  return {
    ...simulator,
    async close() {
      await simulator.close();
      agent.destroy();
    },
  };
}

function forwarding({ target, isWrite, errorInside, sessionOver }: AccidentProxyOptions, agent: Agent): Dialect {
  const used = new Set<string>();
  const over = new Set<string>();
  return {
    name: `proxy of ${target}`,
    isWrite,
    errorInside: errorInside ?? (() => ({ status: 503, text: 'busy' })),
    /** Nothing is forgotten at the real system: who comes with a proof from before is not let through. */
    expireSessions() {
      for (const proof of used) over.add(proof);
    },
    settings: (url) => ({ url }),
    async handle(request) {
      const proof = proofOf(request);
      if (proof !== undefined) {
        if (over.has(proof)) return sessionOver?.() ?? { status: 401 };
        used.add(proof);
      }
      return forward(target, request, agent);
    },
  };
}

function proofOf({ headers }: SimRequest): string | undefined {
  return headers.authorization ?? headers.cookie;
}

/** Of one connection, not of the message (RFC 9110, 7.6.1), and what the sending side sets anew. */
const NOT_PASSED_ON = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host', 'upgrade', 'accept-encoding']);

/** An answer of the real system, whole: only then can it be lost after the work was done. */
function forward(target: string, { method, path, query, headers, body }: SimRequest, agent: Agent): Promise<SimAnswer> {
  const asked = query.size === 0 ? path : `${path}?${String(query).replaceAll('+', '%20')}`;
  const passed = Object.fromEntries(Object.entries(headers).filter(([name, value]) => value !== undefined && !NOT_PASSED_ON.has(name)));
  return new Promise((resolve, reject) => {
    const outgoing = ask(new URL(asked, target), { method, agent, headers: { ...passed, 'content-length': body.length } }, (incoming) => {
      collect(incoming).then(resolve, reject);
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

async function collect(incoming: IncomingMessage): Promise<SimAnswer> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !NOT_PASSED_ON.has(name)) headers[name] = value;
  }
  return { status: incoming.statusCode ?? 502, headers, body: Buffer.concat(pieces) };
}
