/** Bytes of a text file in any supported encoding, made into checked UTF-8. */
import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { NeedsOperatorError } from '../../errors.ts';

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Thrown where a file's bytes do not fit; the caller knows the row. `usable` is what stood before. */
export class UndecodableError extends Error {
  readonly usable: Buffer;
  readonly offset: number;

  constructor(what: string, usable: Buffer, offset: number) {
    super(what);
    this.usable = usable;
    this.offset = offset;
  }
}

const BOMS: ReadonlyArray<readonly [Encoding, Buffer]> = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];

/** The encoding a file starts in and the length of its byte order mark. */
export function detectEncoding(head: Buffer, declared: Encoding | 'auto'): { encoding: Encoding; bomBytes: number } {
  for (const [encoding, bom] of BOMS) {
    if ((declared === 'auto' || declared === encoding) && head.subarray(0, bom.length).equals(bom))
      return { encoding, bomBytes: bom.length };
  }
  if (declared !== 'auto') return { encoding: declared, bomBytes: 0 };
  return { encoding: utf16WithoutMark(head) ?? 'utf-8', bomBytes: 0 };
}

/** UTF-16 of mostly Latin text has a zero in every second byte. */
function utf16WithoutMark(head: Buffer): Encoding | undefined {
  const zeros = [0, 0];
  for (let i = 0; i < head.length; i++) if (head[i] === 0) zeros[i & 1] = (zeros[i & 1] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const many = head.length / 5;
  if (odd > many && even < odd / 10) return 'utf-16le';
  if (even > many && odd < even / 10) return 'utf-16be';
  return undefined;
}

/**
 * Decodes chunk after chunk. A file taken for UTF-8 without being declared so turns into Windows-1252 at the first byte
 * that is not UTF-8, as long as all before was plain ASCII: until there both read the same.
 */
export class Utf8Converter {
  encoding: Encoding;
  readonly #declared: boolean;
  #ascii = true;
  #offset: number;
  #carry: Buffer = Buffer.alloc(0);
  #decode: ((chunk?: Buffer) => string) | undefined;

  constructor(encoding: Encoding, declared: boolean, offset: number) {
    this.encoding = encoding;
    this.#declared = declared;
    this.#offset = offset;
    if (encoding !== 'utf-8') this.#decode = decoder(encoding);
  }

  convert(chunk: Buffer): Buffer {
    const converted = this.#decode ? this.#transcode(chunk) : this.#checkUtf8(chunk);
    this.#offset += chunk.length;
    return converted;
  }

  end(): Buffer {
    if (this.#carry.length > 0) {
      if (this.#declared || !this.#ascii) throw this.#undecodable(Buffer.alloc(0), 0, 'the file ends in the middle of a character');
      return this.#becomeWindows(Buffer.alloc(0));
    }
    return this.#checkedText(this.#decode?.() ?? '');
  }

  #checkUtf8(chunk: Buffer): Buffer {
    const whole = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    const complete = whole.subarray(0, whole.length - incompleteTail(whole));
    if (!isUtf8(complete)) {
      const bad = firstInvalid(complete);
      if (!this.#declared && this.#ascii && isAscii(complete.subarray(0, bad))) return this.#becomeWindows(chunk);
      throw this.#undecodable(complete.subarray(0, bad), bad - this.#carry.length, `byte 0x${hex(complete[bad])} is not UTF-8`);
    }
    this.#carry = Buffer.from(whole.subarray(complete.length));
    if (this.#ascii) this.#ascii = isAscii(complete);
    return complete;
  }

  #becomeWindows(chunk: Buffer): Buffer {
    this.encoding = 'windows-1252';
    this.#decode = decoder('windows-1252');
    const whole = Buffer.concat([this.#carry, chunk]);
    this.#carry = Buffer.alloc(0);
    return this.#transcode(whole);
  }

  #transcode(chunk: Buffer): Buffer {
    return this.#checkedText(this.#decode?.(chunk) ?? '');
  }

  #checkedText(text: string): Buffer {
    const bad = text.search(/\uFFFD|\p{Surrogate}/u);
    const usable = Buffer.from(bad < 0 ? text : text.slice(0, bad));
    if (bad < 0) return usable;
    const bytesEach = this.encoding === 'windows-1252' ? 1 : 2;
    throw this.#undecodable(usable, bad * bytesEach, `a byte there has no meaning in ${this.encoding}`);
  }

  #undecodable(usable: Buffer, at: number, what: string): UndecodableError {
    return new UndecodableError(what, usable, this.#offset + at);
  }
}

/** `TextDecoder` keeps surrogate pairs and odd bytes across chunks; its windows-1252 differs between Node versions, iconv's does not. */
function decoder(encoding: Encoding): (chunk?: Buffer) => string {
  if (encoding === 'windows-1252') {
    const windows = iconv.getDecoder(encoding);
    return (chunk) => (chunk ? windows.write(chunk) : (windows.end() ?? ''));
  }
  const utf16 = new TextDecoder(encoding, { ignoreBOM: true });
  return (chunk) => utf16.decode(chunk, { stream: chunk !== undefined });
}

/** How many bytes at the end begin a character that is not complete yet. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
  }
  return 0;
}

/** Decoding with replacement and encoding again first differs where the first invalid byte was. */
function firstInvalid(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString('utf8'));
  let at = 0;
  while (at < bytes.length && bytes[at] === again[at]) at++;
  return at;
}

function hex(byte: number | undefined): string {
  return (byte ?? 0).toString(16).padStart(2, '0').toUpperCase();
}

/** Refuses what is no text at all. Controls other than blanks do not occur in tables; in random bytes they soon do. */
export function refuseBinary(bytes: Buffer, file: string): void {
  for (const byte of bytes) {
    if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1a && byte !== 0x1f && byte !== 0x1e) {
      throw new NeedsOperatorError(
        'SOURCE_UNREADABLE',
        `${file} is not a text file (it holds the control byte 0x${hex(byte)}); save it as csv or as a workbook`,
      );
    }
  }
}
