/** Answers from a recording instead of a system: for tests that must not depend on one. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Exchange } from './border.ts';
import { scrubBody } from './scrub.ts';
import type { Transport, WireRequest } from './transport.ts';
import { wireAnswer } from './wire-answer.ts';

const recorded = z.object({
  at: z.string(),
  method: z.string(),
  path: z.string(),
  requestBody: z.string(),
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  ms: z.number(),
});

export interface ReplayOptions {
  /** Values of the connection that the recording holds as `***`, where no field says that they are secrets. */
  readonly secrets?: readonly string[];
}

/**
 * Requests are known by method, path with query, and body. Several answers to one request come in their order, the last of
 * them for ever. Throws an Error that names what is missing and what there is.
 */
export function replayTransport(file: string, { secrets = [] }: ReplayOptions = {}): Transport {
  const answers = new Map<string, Exchange[]>();
  for (const [place, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.trim() === '') continue;
    const exchange = read(file, place + 1, line);
    const key = keyOf(exchange.method, exchange.path, exchange.requestBody);
    answers.set(key, [...(answers.get(key) ?? []), exchange]);
  }
  const hidden = (text: string): string => scrubBody(secrets.reduce((left, secret) => left.replaceAll(secret, '***'), text));
  return {
    async send({ method, url, body }: WireRequest) {
      const { pathname, search } = new URL(url);
      const path = hidden(pathname + search);
      const left = answers.get(keyOf(method, path, hidden(body ?? '')));
      const answer = left && left.length > 1 ? left.shift() : left?.[0];
      if (!answer) throw new Error(missing(file, method, path, hidden(body ?? ''), [...answers.values()].flat()));
      return wireAnswer(answer.status, answer.headers, Buffer.from(answer.body));
    },
    seat: async () => () => undefined,
    close: () => undefined,
  };
}

function read(file: string, line: number, text: string): Exchange {
  try {
    return recorded.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${file}, line ${line}, is no exchange as \`kontor record\` writes them`, { cause });
  }
}

function keyOf(method: string, path: string, body: string): string {
  return `${method} ${path}\n${body}`;
}

function missing(file: string, method: string, path: string, body: string, known: readonly Exchange[]): string {
  const same = known.filter((one) => one.path.split('?')[0] === path.split('?')[0]);
  const near = (same.length > 0 ? same : known).slice(0, 5).map((one) => `  ${one.method} ${one.path} ${one.requestBody.slice(0, 200)}`);
  return `${file} has no answer to ${method} ${path} ${body.slice(0, 200)}\nit has:\n${near.join('\n')}`;
}
