/** What goes wrong between a client and a system, by name. Accidents happen to requests; the server (server.ts) commits them. */
import type { SimRequest } from './dialect.ts';
import { random } from './random.ts';

/** Name -> what the client sees, and whether the request took effect. */
export const ACCIDENTS = {
  'request-lost': 'the connection breaks; nothing took effect',
  'answer-lost': 'the connection breaks; the request took effect',
  'half-body': 'status, content-length and half of the body, then the connection breaks; it took effect',
  'slow-body': 'the right answer, a few bytes at a time; it took effect',
  'never-ends': 'status, content-length, some bytes, then silence until the client gives up; it took effect',
  'too-many-requests': '429 with Retry-After in seconds; nothing took effect',
  'too-many-requests-date': "429 with Retry-After as a date by the system's clock; nothing took effect",
  'limit-in-disguise': "the dialect's own odd limit answer, a plain 429 if it has none; nothing took effect",
  unavailable: '503 with an html page; nothing took effect',
  'bad-gateway': '502 with an html page; it took effect',
  'wrong-content-type': '200 with the html page of a log-in form; nothing took effect',
  'not-json': '200 application/json, and text that is no JSON; it took effect',
  'error-inside': "the dialect's own transient error, usually with status 200; nothing took effect",
  'session-expired': 'sessions and tokens are forgotten before the request, which gets whatever the dialect says to that',
  'moved-clock': "the system's clock is corrected (`byMs`) before the request and stays so; the right answer",
} as const;
export type AccidentName = keyof typeof ACCIDENTS;

/** Those whose cure is to try again or to look up. `never-ends` waits for the client's patience; `moved-clock` needs an overlap as long as it. */
export const STORM: readonly AccidentName[] = (Object.keys(ACCIDENTS) as AccidentName[]).filter(
  (name) => name !== 'never-ends' && name !== 'moved-clock',
);

export type On = 'read' | 'write' | 'any' | ((request: SimRequest) => boolean);

export interface AccidentOptions {
  /** Requests it happens to, 1 if absent. */
  times?: number;
  /** Which requests it may happen to, any if absent. A function asks the request, for one step of several. */
  on?: On;
  /** How many such requests pass first, 0 if absent. */
  after?: number;
  /** `too-many-requests*`: seconds to wait, 1 if absent. */
  retryAfterSeconds?: number;
  /** `moved-clock`: -300,000 if absent. */
  byMs?: number;
}

export interface StormOptions {
  /** The same seed and the same requests in the same order: the same accidents. */
  seed: number;
  /** Share of requests with an accident, 0 to 1. */
  rate: number;
  names?: readonly AccidentName[];
  on?: On;
  /** The storm ends after so many accidents; never if absent. */
  atMost?: number;
}

export interface Accident {
  readonly name: AccidentName;
  readonly retryAfterSeconds: number;
  readonly byMs: number;
}

/** One line of the log of accidents. */
export interface Happened {
  readonly name: AccidentName;
  /** By the system's clock. */
  readonly at: Date;
  readonly method: string;
  readonly path: string;
  readonly on: 'read' | 'write';
}

interface Waiting extends Accident {
  times: number;
  after: number;
  readonly on: On;
}

interface Storm {
  readonly draw: () => number;
  readonly rate: number;
  readonly names: readonly AccidentName[];
  readonly on: On;
  left: number;
}

function concerns(on: On, kind: 'read' | 'write', request: SimRequest): boolean {
  return typeof on === 'function' ? on(request) : on === 'any' || on === kind;
}

export class Accidents {
  /** What happened so far, in order. */
  readonly happened: Happened[] = [];
  #waiting: Waiting[] = [];
  #storm: Storm | undefined;

  /** Queues an accident. Each request has one at most; of several that are due the first queued happens, the others wait. */
  next(name: AccidentName, options: AccidentOptions = {}): void {
    const { times = 1, on = 'any', after = 0, retryAfterSeconds = 1, byMs = -300_000 } = options;
    this.#waiting.push({ name, times, on, after, retryAfterSeconds, byMs });
  }

  /** From now on, accidents by chance; queued ones go first. */
  storm({ seed, rate, names = STORM, on = 'any', atMost = Number.POSITIVE_INFINITY }: StormOptions): void {
    this.#storm = { draw: random(seed), rate, names, on, left: atMost };
  }

  /** Nothing more happens: queue and storm are dropped, the log stays. */
  calm(): void {
    this.#waiting = [];
    this.#storm = undefined;
  }

  /** Accidents that are queued and have not happened: a test that ends with some has not tested what it says. */
  get waiting(): number {
    return this.#waiting.reduce((sum, { times }) => sum + times, 0);
  }

  names(): AccidentName[] {
    return this.happened.map(({ name }) => name);
  }

  /** For the server: what happens to this request, if anything. Every queued accident counts the request, whichever happens. */
  take(request: SimRequest, on: 'read' | 'write', at: Date): Accident | undefined {
    const accident = this.#takeQueued(request, on) ?? this.#drawn(request, on);
    if (accident) this.happened.push({ name: accident.name, at, method: request.method, path: request.path, on });
    return accident;
  }

  #takeQueued(request: SimRequest, kind: 'read' | 'write'): Accident | undefined {
    let due: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (!concerns(waiting.on, kind, request)) continue;
      if (waiting.after > 0) waiting.after -= 1;
      else due ??= waiting;
    }
    if (due) {
      due.times -= 1;
      this.#waiting = this.#waiting.filter(({ times }) => times > 0);
    }
    return due;
  }

  #drawn(request: SimRequest, kind: 'read' | 'write'): Accident | undefined {
    const storm = this.#storm;
    if (!storm || storm.left <= 0 || !concerns(storm.on, kind, request)) return undefined;
    if (storm.draw() >= storm.rate) return undefined;
    const name = storm.names[Math.floor(storm.draw() * storm.names.length)];
    if (name === undefined) return undefined;
    storm.left -= 1;
    return { name, retryAfterSeconds: 0, byMs: -300_000 };
  }
}
