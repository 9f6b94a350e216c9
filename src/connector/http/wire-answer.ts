/** Turns what came over the wire into an answer: unpacked, decoded, parsed. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import type { HttpAnswer } from './types.ts';

export type WireAnswer = Omit<HttpAnswer, 'verdict'> & { readonly setCookies: readonly string[] };

/** Unpacked it is longer than allowed. */
export class AnswerTooLarge extends Error {}

const UNPACKERS = { gzip: promisify(gunzip), 'x-gzip': promisify(gunzip), deflate: inflateAny, br: promisify(brotliDecompress) } as const;
/** What we say we understand. */
export const ENCODINGS = 'gzip, deflate, br';

/** JSON is parsed when it is said to be JSON and is. Throws when the packed bytes are not whole: half a document must not pass for one. */
export async function wireAnswer(
  status: number,
  headers: Readonly<Record<string, unknown>>,
  body: Buffer,
  maxBytes = Number.MAX_SAFE_INTEGER,
): Promise<WireAnswer> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && value !== null) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  const text = decoded(await unpacked(body, flat['content-encoding'], maxBytes), flat['content-type']);
  const at = Date.parse(flat.date ?? '');
  return {
    status,
    headers: flat,
    setCookies: [headers['set-cookie'] ?? []].flat().map(String),
    text,
    json: jsonOf(flat['content-type'], text),
    serverAt: Number.isNaN(at) ? null : new Date(at),
  };
}

async function unpacked(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const how = encoding?.trim().toLowerCase() ?? '';
  if (how === '' || how === 'identity' || body.length === 0) return body;
  if (!(how in UNPACKERS)) throw new Error(`packed in a way we did not ask for: ${how.slice(0, 20)}`);
  try {
    return await UNPACKERS[how as keyof typeof UNPACKERS](body, { maxOutputLength: Math.min(maxBytes, 2 ** 31) });
  } catch (error) {
    if (error instanceof RangeError) throw new AnswerTooLarge();
    throw error;
  }
}

/** "deflate" is zlib by the standard, and raw by some servers. */
async function inflateAny(body: Buffer, options: { maxOutputLength: number }): Promise<Buffer> {
  const isZlib = ((body[0] ?? 0) & 0x0f) === 8 && (((body[0] ?? 0) << 8) + (body[1] ?? 0)) % 31 === 0;
  return promisify(isZlib ? inflate : inflateRaw)(body, options);
}

/** Nearly all answers; a decoder costs more to make than to use. */
const UTF_8 = new TextDecoder();

function decoded(body: Buffer, type: string | undefined): string {
  const charset = /charset="?([\w.:-]+)/i.exec(type ?? '')?.[1] ?? 'utf-8';
  if (/^utf-?8$/i.test(charset)) return UTF_8.decode(body);
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return UTF_8.decode(body);
  }
}

/** `undefined` unless it is said to be JSON and is. */
export function jsonOf(type: string | undefined, text: string): unknown {
  if (type === undefined || !/[/+]json\b/i.test(type) || text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
