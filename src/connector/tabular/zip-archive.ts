/** The zip file around a workbook, opened with an eye on what it unpacks to. */
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { NeedsOperatorError } from '../../errors.ts';

const MAX_ENTRIES = 10_000;

const openZip = promisify<string, yauzl.Options, ZipFile>(yauzl.open);

export class ZipArchive {
  readonly #file: string;
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(file: string, zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#file = file;
    this.#zip = zip;
    this.#entries = entries;
  }

  /** Refuses an archive whose parts together unpack to more than `maxUnpackedBytes`. */
  static async open(path: string, file: string, maxUnpackedBytes: number): Promise<ZipArchive> {
    const zip = await openZip(path, { lazyEntries: true, autoClose: false, decodeStrings: true, validateEntrySizes: true });
    try {
      const entries = await listEntries(zip);
      let bytes = 0;
      for (const entry of entries.values()) bytes += entry.uncompressedSize;
      if (bytes > maxUnpackedBytes) throw unpacksTooLarge(file, bytes, maxUnpackedBytes);
      return new ZipArchive(file, zip, entries);
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  get names(): Iterable<string> {
    return this.#entries.keys();
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  bytesOf(name: string): number {
    return this.#entries.get(name)?.uncompressedSize ?? 0;
  }

  /** Fails if a part unpacks to another size than it declares, so that the sum checked in `open` is true. */
  async *stream(name: string): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(name);
    if (!entry) throw new NeedsOperatorError('SOURCE_UNREADABLE', `${this.#file} lacks its part ${name}; save it anew`);
    if (entry.isEncrypted()) throw passwordProtected(this.#file);
    const stream = await promisify<Entry, Readable>(this.#zip.openReadStream.bind(this.#zip))(entry);
    yield* stream;
  }

  /** Unpacks everything once, for readers that would trust what the archive declares. */
  async verify(): Promise<void> {
    for (const name of this.#entries.keys()) {
      if (!name.endsWith('/')) for await (const _ of this.stream(name));
    }
  }

  close(): void {
    this.#zip.close();
  }
}

function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName, entry);
      if (entries.size > MAX_ENTRIES) reject(new Error(`the archive has more than ${MAX_ENTRIES} parts`));
      else zip.readEntry();
    });
    zip.readEntry();
  });
}

export function passwordProtected(file: string): NeedsOperatorError {
  return new NeedsOperatorError('SOURCE_UNREADABLE', `${file} is protected by a password; save it without one`);
}

function unpacksTooLarge(file: string, bytes: number, max: number): NeedsOperatorError {
  const message = `${file} unpacks to ${bytes} bytes, more than ${max}; split it, or raise \`limits.maxUnpackedBytes\``;
  return new NeedsOperatorError('SOURCE_TOO_LARGE', message);
}
