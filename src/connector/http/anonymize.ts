/**
 * Other letters and digits for the texts of a recording, the same text always getting the same ones, so that records still
 * belong together. What a system's logic hangs on stays: ids, instants, links, words of a list, and whatever was asked for.
 * A help, not a proof: a person looks at the file before it is given away.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Exchange } from './border.ts';
import { rewritten } from './multipart.ts';

const SHORTEST = 4;
/** Names of fields that hold keys, or words of a fixed list. */
const ID_NAME =
  /(^|[a-z_.@])(ids?|uuid|guid|key|ref|etag|href|url|uri|link)$|Id$|ID$|^@odata|^__|Link$|^\$|^(model|doctype|entity|table|version)$/i;
const WORD_NAME =
  /(type|kind|status|state|currency|country|language|lang|locale|unit|uom|role|class|code|error|field|fieldname|permission)s?$/i;
/** Fields that name people and places stay hidden however often a value repeats. */
const PERSONAL_NAME = /name|mail|street|address|city|phone|mobile|fax|text|note|title|contact|person|comment|description/i;
const INSTANT =
  /^(\d{4}-\d\d-\d\d([T ].*)?|\d{8}(T?\d{6})?|\/Date\(.*\)\/|\d{1,2}[./]\d{1,2}[./]\d{4}.*|\d\d:\d\d(:\d\d)?|\w{3}, \d\d \w{3} \d{4} .*)$/;
const UUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i;
const LINK = /^(https?:\/\/|\/|\?|#)/;
const WORD = /^[\w-]{1,24}$/;
/** Words of a list: so few different ones, each so often. */
const MOST_WORDS = 12;
const LEAST_REPEATS = 5;

type Visit = (text: string, name: string) => string;

export class Anonymizer {
  readonly #given: readonly Exchange[];
  /** Nobody can compute the way back, not even by trying likely names. */
  readonly #key = randomBytes(32);
  readonly #replaced = new Map<string, string>();
  readonly #used = new Set<string>();
  readonly #words = new Map<string, Map<string, number>>();
  readonly #asked: string;

  constructor(exchanges: readonly Exchange[]) {
    this.#given = exchanges;
    this.#asked = exchanges.map(({ path, requestBody }) => `${decoded(path)}\n${requestBody}\n${decoded(requestBody)}`).join('\n');
    for (const { body } of exchanges) {
      visited(body, (text, name) => {
        const seen = this.#words.get(name) ?? new Map<string, number>();
        this.#words.set(name, seen.set(text, (seen.get(text) ?? 0) + 1));
        return text;
      });
    }
  }

  /** Answers that are no JSON are left empty: nobody can tell what in them is whose. */
  exchanges(): Exchange[] {
    return this.#given.map((exchange) => ({
      ...exchange,
      body: visited(exchange.body, (text, name) => (this.#stays(text, name) ? text : this.#other(text))) ?? '',
    }));
  }

  #stays(text: string, name: string): boolean {
    if (text.length < SHORTEST || !/[\p{L}\d]/u.test(text)) return true;
    if (INSTANT.test(text) || UUID.test(text) || LINK.test(text) || ID_NAME.test(name)) return true;
    // A person's number that was asked for as a key tells no more here than there.
    if (PERSONAL_NAME.test(name)) return /^\d+$/.test(text) && this.#asked.includes(`'${text}'`);
    return WORD_NAME.test(name) || this.#isOfList(name) || this.#asked.includes(text);
  }

  #isOfList(name: string): boolean {
    const seen = this.#words.get(name);
    if (!seen || seen.size > MOST_WORDS) return false;
    const times = [...seen.values()].reduce((sum, count) => sum + count, 0);
    return times >= LEAST_REPEATS * seen.size && [...seen.keys()].every((text) => WORD.test(text));
  }

  #other(text: string): string {
    const known = this.#replaced.get(text);
    if (known !== undefined) return known;
    let other = text;
    // Different texts stay different, as long as there are texts of that shape.
    for (let turn = 0; turn < 50 && (other === text || this.#used.has(other)); turn += 1) other = this.#scrambled(text, turn);
    this.#replaced.set(text, other);
    this.#used.add(other);
    return other;
  }

  /** Letters become letters of the same case, digits digits; the rest keeps its place. A zero in front stays one. */
  #scrambled(text: string, turn: number): string {
    let random = Buffer.alloc(0);
    let at = 0;
    const next = (below: number): number => {
      if (at >= random.length) {
        random = createHmac('sha256', this.#key)
          .update(`${turn} ${random.toString('hex')} ${text}`)
          .digest();
        at = 0;
      }
      return (random[at++] ?? 0) % below;
    };
    let isFront = true;
    return text.replaceAll(/[\p{L}\d]/gu, (sign) => {
      const wasFront = isFront;
      isFront = false;
      if (/\d/.test(sign)) {
        if (!wasFront) return String(next(10));
        isFront = sign === '0';
        return sign === '0' ? '0' : String(1 + next(9));
      }
      const letter = String.fromCharCode(97 + next(26));
      return sign === sign.toLowerCase() ? letter : letter.toUpperCase();
    });
  }
}

/** Every text of a JSON document, or of several in one answer, with the name of the field it stands in; `undefined` when it is neither. */
function visited(body: string, visit: Visit): string | undefined {
  if (body === '') return '';
  if (body.startsWith('--')) return rewritten(body, (part) => ({ ...part, body: visited(part.body, visit) ?? '' }));
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  return JSON.stringify(walked(parsed, '', visit));
}

function walked(value: unknown, name: string, visit: Visit): unknown {
  if (typeof value === 'string') return visit(value, name);
  if (Array.isArray(value)) return value.map((one) => walked(one, name, visit));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walked(one, key, visit)]));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path.replaceAll('+', ' '));
  } catch {
    return path;
  }
}
