import type { ServerResponse } from 'node:http';
import type { SimAnswer } from './dialect.ts';

/** An answer as bytes and headers, `content-length` among them. */
export interface Encoded {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer;
}

export function encode({ status, headers = {}, json, text, body }: SimAnswer): Encoded {
  const [type, bytes] =
    json !== undefined
      ? ['application/json; charset=utf-8', Buffer.from(JSON.stringify(json))]
      : text !== undefined
        ? ['text/plain; charset=utf-8', Buffer.from(text)]
        : ['application/octet-stream', body ?? Buffer.alloc(0)];
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), typeof value === 'string' ? value : [...value]]);
  const implied = bytes.length > 0 ? { 'content-type': type } : {};
  const isBodiless = status === 204 || status === 304;
  const length = isBodiless ? {} : { 'content-length': String(bytes.length) };
  return { status, headers: { ...implied, ...Object.fromEntries(given), ...length }, body: isBodiless ? Buffer.alloc(0) : bytes };
}

/** Status and headers, on the way at once. The date is the system's own. */
export function sendHead(outgoing: ServerResponse, { status, headers }: Encoded, date: Date): void {
  outgoing.writeHead(status, { date: date.toUTCString(), ...headers });
  outgoing.flushHeaders();
}

/** Resolves when the bytes have left, or the client has: Node forgets the callback of what is written between a reset and its `close`. */
export function sendBytes(outgoing: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (bytes.length === 0 || outgoing.destroyed) return resolve();
    outgoing.once('close', resolve);
    outgoing.write(bytes, () => {
      outgoing.off('close', resolve);
      resolve();
    });
  });
}

/** All at once, and the connection stays for the next request. */
export function sendAnswer(outgoing: ServerResponse, answer: Encoded, date: Date): void {
  outgoing.writeHead(answer.status, { date: date.toUTCString(), ...answer.headers });
  outgoing.end(answer.body);
}
