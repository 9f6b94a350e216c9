/** What goes wrong between a worker and a simulated ERP: the simulator's accidents, and those that need a server of their own. */
import type { AccidentName } from '../simulator/accidents.ts';

export const OWN_MISHAPS = {
  'taken, then 500': 'HTTP 500; it took effect',
  'silence before it': 'no answer until the client gives up; nothing took effect',
  'silence after it': 'no answer until the client gives up; it took effect',
  'taken late': 'no answer until the client gives up; it takes effect only then, within the declared lag',
  'restart before it': 'the server goes down before the request took effect, and comes back on the same port',
  'restart after it': 'the server goes down after the request took effect, and comes back on the same port',
} as const;
export type OwnMishap = keyof typeof OWN_MISHAPS;
export type MishapName = AccidentName | OwnMishap;

/** It took effect, and the client cannot know. */
export const TAKEN: readonly MishapName[] = ['answer-lost', 'half-body', 'bad-gateway', 'not-json', 'slow-body', 'taken, then 500'];
/** It did not, and the client may not know that either. */
export const UNTAKEN: readonly MishapName[] = ['request-lost', 'unavailable', 'wrong-content-type', 'error-inside', 'session-expired'];
/** Reads that fail and are tried again. */
export const ASKING: readonly MishapName[] = ['request-lost', 'unavailable', 'answer-lost', 'bad-gateway', 'not-json'];
export const SILENT: readonly MishapName[] = ['silence before it', 'silence after it', 'taken late', 'never-ends'];
export const STORMS: readonly MishapName[] = ['too-many-requests', 'too-many-requests-date', 'limit-in-disguise'];

export interface Mishap {
  readonly name: MishapName;
  readonly on: 'read' | 'write' | 'any';
  after: number;
  times: number;
}

export function isOwn(name: MishapName): name is OwnMishap {
  return name in OWN_MISHAPS;
}

/** Each request meets one at most; of several that are due the first planned one. */
export class Mishaps {
  readonly happened: MishapName[] = [];
  #waiting: Mishap[];

  constructor(planned: readonly Readonly<Mishap>[]) {
    this.#waiting = planned.map((one) => ({ ...one }));
  }

  take(on: 'read' | 'write'): MishapName | undefined {
    let due: Mishap | undefined;
    for (const waiting of this.#waiting) {
      if (waiting.on !== 'any' && waiting.on !== on) continue;
      if (waiting.after > 0) waiting.after -= 1;
      else due ??= waiting;
    }
    if (!due) return undefined;
    due.times -= 1;
    this.#waiting = this.#waiting.filter(({ times }) => times > 0);
    this.happened.push(due.name);
    return due.name;
  }
}
