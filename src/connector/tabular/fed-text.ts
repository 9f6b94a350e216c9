/** Finds again, among the bytes last handed to a parser, the text of a record it tells the end of. Offsets count bytes fed since the file began. */

/** Longer records are told by their cells: what is kept of a record that spans chunks is a copy. */
export const LONGEST_SOURCE_BYTES = 64 * 1024;

const NL = 10;
const CR = 13;
const NOTHING: Buffer = Buffer.alloc(0);

export class FedText {
  #bytes = NOTHING;
  /** Offset of what stands first in `#bytes`. */
  #first = 0;
  /** Offset from which on `#bytes` holds what was fed; `#tail` is what was fed just before. */
  #from = 0;
  #tail = NOTHING;

  /** To be told before `bytes`, from `place` on, are fed at `offset`; parts of the same bytes one after the other. Nothing before `needed` is asked for any more. */
  feed(bytes: Buffer, place: number, offset: number, needed: number): void {
    if (bytes.length === 0) return;
    const isOther = bytes !== this.#bytes;
    if (isOther || offset - place !== this.#first) {
      this.#tail = isOther && needed < offset ? Buffer.from(this.#between(needed, offset) ?? NOTHING) : NOTHING;
      this.#from = offset;
    }
    this.#bytes = bytes;
    this.#first = offset - place;
  }

  /** Without its line end. `undefined`: too long. */
  between(start: number, end: number): string | undefined {
    const bytes = this.#between(start, end);
    return bytes?.toString('utf8', 0, textEnd(bytes, 0, bytes.length));
  }

  /** As `between`, of a record whose own start is unknown: as long as `lines` lines, somewhere after `earliest`. */
  lastLines(lines: number, earliest: number, end: number): string | undefined {
    const bytes = this.#between(earliest, end);
    if (!bytes) return undefined;
    const last = textEnd(bytes, 0, bytes.length);
    let start = last;
    for (let line = 0; line < lines && start >= 0; line++) start = start === 0 ? -1 : bytes.lastIndexOf(NL, start - 1);
    return start < 0 ? undefined : bytes.toString('utf8', start + 1, last);
  }

  #between(start: number, end: number): Buffer | undefined {
    if (end - start > LONGEST_SOURCE_BYTES || start < this.#from - this.#tail.length) return undefined;
    if (start >= this.#from) return this.#bytes.subarray(start - this.#first, end - this.#first);
    const ofTail = (offset: number) => this.#tail.length - (this.#from - offset);
    // The end of a record may have been told only after more was fed.
    if (end <= this.#from) return this.#tail.subarray(ofTail(start), ofTail(end));
    return Buffer.concat([this.#tail.subarray(ofTail(start)), this.#bytes.subarray(this.#from - this.#first, end - this.#first)]);
  }
}

/** Where the text of a line ends that ends at `end` with `\n`, `\r\n`, or (the last of a file) without either. */
export function textEnd(bytes: Buffer, start: number, end: number): number {
  if (end <= start || bytes[end - 1] !== NL) return end;
  return end - 1 > start && bytes[end - 2] === CR ? end - 2 : end - 1;
}
