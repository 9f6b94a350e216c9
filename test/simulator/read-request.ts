import type { IncomingMessage } from 'node:http';
import { Refusal, type SimRequest } from './dialect.ts';

/** Reads a request to its end; throws when the client leaves before. */
export async function readRequest(incoming: IncomingMessage): Promise<SimRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const [path = '/', ...query] = (incoming.url ?? '/').split('?');
  return new ReadRequest(incoming, path, new URLSearchParams(query.join('?')), Buffer.concat(pieces));
}

class ReadRequest implements SimRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  #parsed: { value: unknown } | undefined;

  constructor(incoming: IncomingMessage, path: string, query: URLSearchParams, body: Buffer) {
    this.method = incoming.method ?? 'GET';
    this.path = path;
    this.query = query;
    this.headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()]));
    this.body = body;
  }

  json(): unknown {
    this.#parsed ??= { value: this.#parse() };
    return this.#parsed.value;
  }

  #parse(): unknown {
    try {
      return JSON.parse(this.body.toString('utf8'));
    } catch {
      throw new Refusal({ status: 400, text: 'The body is not JSON' });
    }
  }
}
