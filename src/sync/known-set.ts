/** The digests of the records of a source, as a reader on its own thread asks them: a flat table of their first 64 bits. */
import type { KnownContents } from '../connector/session.ts';
import { digestOf } from './digest-of.ts';

/** Share of the slots in use; fuller, they take longer to search. */
const FULLNESS = 0.7;
const ALL_32_BITS = 2 ** 32;
/** More than the longest content asked for; longer ones are not held. */
const SCRATCH_BYTES = 128 * 1024;

/** The first and the second 32 bits of every digest, pair after pair, in any order. */
export type KnownPrefixes = readonly Uint32Array<ArrayBuffer>[];

export class KnownSet {
  /** Pairs of 32 bits each; a pair of zeros is a free slot. */
  readonly #slots: Uint32Array;
  readonly #size: number;

  constructor(blocks: KnownPrefixes) {
    const pairs = blocks.reduce((sum, block) => sum + block.length / 2, 0);
    this.#size = Math.ceil(pairs / FULLNESS) + 1;
    this.#slots = new Uint32Array(2 * this.#size);
    for (const block of blocks) for (let at = 0; at < block.length; at += 2) this.#add(block[at] ?? 0, block[at + 1] ?? 0);
  }

  #add(high: number, low: number): void {
    const slot = this.#slotOf(high, low);
    this.#slots[2 * slot] = high;
    this.#slots[2 * slot + 1] = low;
  }

  has(high: number, low: number): boolean {
    return (high !== 0 || low !== 0) && this.#slots[2 * this.#slotOf(high, low)] !== 0;
  }

  /** Certain, while what `has` says is only likely. */
  lacks(digest: string): boolean {
    const high = bitsAt(digest, 0);
    const low = bitsAt(digest, 8);
    return (high !== 0 || low !== 0) && !this.has(high, low);
  }

  /** Where it lies, or the free slot where it would. Digests are even already, so their own order serves as the hash. */
  #slotOf(high: number, low: number): number {
    let slot = Math.floor((high / ALL_32_BITS) * this.#size);
    for (;;) {
      const there = this.#slots[2 * slot];
      const thereLow = this.#slots[2 * slot + 1];
      if ((there === high && thereLow === low) || (there === 0 && thereLow === 0)) return slot;
      slot = slot + 1 === this.#size ? 0 : slot + 1;
    }
  }

  /** Digests are told as `PageStager` makes them of the same content. */
  contentsUnder(mappingDigest: string): KnownContents {
    return (start) => {
      const fixed = Buffer.from(mappingDigest + start);
      const scratch = Buffer.alloc(fixed.length + SCRATCH_BYTES);
      fixed.copy(scratch);
      return (bytes, from, to) => {
        if (to - from > SCRATCH_BYTES) return undefined;
        bytes.copy(scratch, fixed.length, from, to);
        const digest = digestOf(scratch.subarray(0, fixed.length + to - from));
        return this.has(bitsAt(digest, 0), bitsAt(digest, 8)) ? digest : undefined;
      };
    };
  }
}

/** Eight hex digits. */
function bitsAt(digest: string, at: number): number {
  return Number.parseInt(digest.slice(at, at + 8), 16);
}
