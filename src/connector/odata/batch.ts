/** Several reads as one `$batch`: GETs in one multipart document, their answers in another. The same in version 2 and 4. */
import { RetryLaterError } from '../../errors.ts';
import { boundaryOf, messagesIn, type PartMessage } from '../http/multipart.ts';
import type { Http, HttpAnswer, VerdictRule } from '../http/types.ts';
import { judge } from '../http/verdicts.ts';
import { jsonOf } from '../http/wire-answer.ts';

/** Answers the JSON of each path, in their order; one that fails, fails all of them. */
export type Ask = (paths: readonly string[]) => Promise<readonly unknown[]>;

type Headers = Readonly<Record<string, string>>;

export function askEach(http: Http, headers: Headers = {}): Ask {
  return async (paths) => {
    const answers: unknown[] = [];
    for (const path of paths) answers.push((await http.send({ path, headers })).json);
    return answers;
  };
}

export interface BatchService {
  /** Root of the service below the base address, without a slash at its end. Paths of other services are asked for one by one. */
  readonly root: string;
  /** Where its batches go, with the query it wants (`odataPath`). */
  readonly path: string;
  /** The system's own: what each part means, as if it had been asked for by itself. */
  readonly verdicts: readonly VerdictRule[];
  /** Of each part. */
  readonly headers?: Headers;
  now(): Date;
}

/** Parts of one batch: gateways limit them, and what waits for all of them waits long. */
export const MOST_PARTS = 20;
/** The same every time, so that a recording can answer. No line of a request that only asks begins like it. */
const BOUNDARY = 'kontor-batch';

export function askInBatches(http: Http, service: BatchService): Ask {
  const alone = askEach(http, service.headers);
  return async (paths) => {
    const inside = paths.map((path) => insideOf(service.root, path));
    if (paths.length < 2 || inside.includes(undefined)) return alone(paths);
    const answers: unknown[] = [];
    for (let start = 0; start < paths.length; start += MOST_PARTS) {
      const some = paths.slice(start, start + MOST_PARTS);
      answers.push(...(await askTogether(http, service, some, inside.slice(start, start + MOST_PARTS) as string[])));
    }
    return answers;
  };
}

/** A part that is not good is asked for by itself: what that comes to is what counts. */
async function askTogether(http: Http, service: BatchService, paths: readonly string[], inside: readonly string[]): Promise<unknown[]> {
  const answer = await http.send({
    method: 'POST',
    effect: 'read',
    path: service.path,
    // Version 4 stops at the first part that fails, unless it is told not to.
    headers: { 'content-type': `multipart/mixed; boundary=${BOUNDARY}`, accept: 'multipart/mixed', prefer: 'odata.continue-on-error' },
    body: documentOf(inside, service.headers),
    expect: 'text',
  });
  const parts = answersIn(answer, service.path);
  const answers: unknown[] = [];
  for (const [place, part] of parts.entries()) {
    const path = paths[place];
    if (path === undefined) break;
    const isGood = part.json !== undefined && judge(part, service.verdicts, service.now()).verdict === 'ok';
    answers.push(isGood ? part.json : (await http.send({ path, ...(service.headers && { headers: service.headers }) })).json);
  }
  if (parts.length !== paths.length) throw unusable(service.path, `it has ${parts.length} parts for ${paths.length} requests`);
  return answers;
}

function documentOf(inside: readonly string[], headers: Headers = {}): string {
  const lines = Object.entries({ accept: 'application/json', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const parts = inside.map(
    (path) =>
      `--${BOUNDARY}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET ${path} HTTP/1.1\r\n${lines.join('')}\r\n\r\n`,
  );
  return `${parts.join('')}--${BOUNDARY}--\r\n`;
}

export type PartAnswer = Omit<HttpAnswer, 'verdict'>;

/** Throws ERP_ANSWER_UNUSABLE unless every part is there from its first byte to its last. */
export function answersIn({ headers, text }: Pick<HttpAnswer, 'headers' | 'text'>, what: string): PartAnswer[] {
  const boundary = boundaryOf(headers['content-type']);
  if (boundary === undefined) throw unusable(what, `it is ${headers['content-type']?.split(';')[0] ?? 'of no type'}, not multipart/mixed`);
  const { messages, flaw } = messagesIn(text, boundary);
  if (messages === undefined) throw unusable(what, flaw);
  return messages.map((message, place) => {
    const status = /^HTTP\/\d(?:\.\d)? (\d{3})\b/.exec(message.startLine)?.[1];
    const own = Object.fromEntries(message.headers);
    const whole = wholeBody(message, own['content-length']);
    if (status === undefined || whole === undefined) throw unusable(what, `part ${place + 1} is not whole`);
    return { status: Number(status), headers: own, text: whole, json: jsonOf(own['content-type'], whole), serverAt: null };
  });
}

/** Its length is counted in bytes, as sent; behind it may only stand empty lines. */
function wholeBody({ body }: PartMessage, length: string | undefined): string | undefined {
  if (length === undefined || Buffer.byteLength(body) === Number(length)) return body;
  const bytes = Buffer.from(body);
  const [own, rest] = [bytes.subarray(0, Number(length)), bytes.subarray(Number(length))];
  return own.length === Number(length) && /^\s*$/.test(rest.toString()) ? own.toString() : undefined;
}

/** As it stands below the service's root; `undefined`: somewhere else. A server's own link names hosts and folders of its own. */
function insideOf(root: string, path: string): string | undefined {
  // What a request line cannot hold is escaped here, or gone.
  const { pathname, search } = new URL(path, 'https://server.invalid/');
  const at = `${pathname}/`.indexOf(`/${root}/`);
  const inside = at < 0 ? '' : pathname.slice(at + root.length + 2);
  return inside === '' ? undefined : `${inside}${search}`;
}

function unusable(what: string, why: string): RetryLaterError {
  const name = what.replace(/\?.*$/, '');
  return new RetryLaterError(
    'ERP_ANSWER_UNUSABLE',
    `${name}: the answer cannot be used: ${why}; see what stands in between, or ask without batches`,
  );
}
