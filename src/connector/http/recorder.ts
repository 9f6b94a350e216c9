/** Keeps what goes over the wire, to be written as JSON lines without secrets: what `kontor record` makes and replay.ts answers from. */
import { Anonymizer } from './anonymize.ts';
import type { Border, Exchange } from './border.ts';
import { type PartMessage, rewritten } from './multipart.ts';

/** Headers that mean something to a connector or to whoever reads a recording; others name machines and sessions. */
const TOLD_HEADERS =
  /^(content-type|content-encoding|date|etag|link|location|retry-after|www-authenticate|allow|x-csrf-token|.*(limit|total|count|version).*)$/i;
const SECRET = '***';

export interface RecordOptions {
  /** Blackens the secrets of the configuration. */
  censor(text: string): string;
  readonly anonymize: boolean;
}

export class Recorder {
  readonly #exchanges: Exchange[] = [];
  readonly #secrets = new Set<string>();

  /** The border with a listener at it. */
  listenAt(border: Border): Border {
    return {
      ...border,
      tap: (exchange, secrets) => {
        this.#exchanges.push(exchange);
        for (const secret of secrets) this.#secrets.add(secret);
      },
    };
  }

  get count(): number {
    return this.#exchanges.length;
  }

  /** One exchange a line. A secret that was first met in the last exchange is kept out of the first one too. */
  lines({ censor, anonymize }: RecordOptions): string[] {
    const secrets = [...this.#secrets].sort((one, other) => other.length - one.length);
    const hidden = (text: string): string => censor(secrets.reduce((left, secret) => left.replaceAll(secret, SECRET), text));
    const cleaned = this.#exchanges.map((exchange) => ({
      ...exchange,
      path: hidden(exchange.path),
      requestBody: hidden(exchange.requestBody),
      headers: Object.fromEntries(told(Object.entries(exchange.headers)).map(([name, value]) => [name, hidden(value)])),
      body: withTold(hidden(exchange.body)),
    }));
    const written = anonymize ? new Anonymizer(cleaned).exchanges() : cleaned;
    return written.map((exchange) => JSON.stringify(withoutPacking(exchange)));
  }
}

function told<Value>(headers: ReadonlyArray<readonly [string, Value]>): Array<readonly [string, Value]> {
  return headers.filter(([name]) => TOLD_HEADERS.test(name));
}

/** Messages inside of an answer have headers, too, and a length, which what was hidden has changed. */
function withTold(body: string): string {
  const withLength = /^content-length$/i;
  const change = (message: PartMessage): PartMessage => ({
    ...message,
    headers: message.headers.filter(([name]) => TOLD_HEADERS.test(name) || withLength.test(name)),
  });
  return rewritten(body, change) ?? body;
}

/** The body was unpacked when it was recorded. */
function withoutPacking(exchange: Exchange): Exchange {
  const { 'content-encoding': _, ...headers } = exchange.headers;
  return { ...exchange, headers };
}
