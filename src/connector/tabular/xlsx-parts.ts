/** The small parts of an xlsx file: which sheets it has, how numbers are formatted, which texts are shared. */
import { posix } from 'node:path';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { SSF } from 'xlsx';
import type { ZipArchive } from './zip-archive.ts';

export interface XlsxParts {
  readonly sheets: ReadonlyArray<{ readonly name: string; readonly part: string }>;
  readonly date1904: boolean;
  /** Number format by index of a cell's style. */
  readonly formats: readonly string[];
  readonly texts: readonly string[];
}

interface Handlers {
  open?(name: string, attributes: Record<string, string>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Feeds a part through a parser that knows no external entities and expands none of its own; yields the bytes done
 * after every chunk. Names come without prefix.
 */
export async function* parseChunks(zip: ZipArchive, part: string, { open, text, close }: Handlers): AsyncGenerator<number> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  parser.on('doctype', () => {
    throw new Error(`${part} declares a document type, which no office program writes`);
  });
  if (open) parser.on('opentag', (tag: SaxesTagPlain) => open(localName(tag.name), tag.attributes));
  if (text) parser.on('text', text);
  if (close) parser.on('closetag', (tag: SaxesTagPlain) => close(localName(tag.name)));
  let bytes = 0;
  for await (const chunk of zip.stream(part)) {
    parser.write(decoder.decode(chunk, { stream: true }));
    bytes += chunk.length;
    yield bytes;
  }
  parser.write(decoder.decode()).close();
  yield bytes;
}

async function parsePart(zip: ZipArchive, part: string, handlers: Handlers): Promise<void> {
  for await (const _ of parseChunks(zip, part, handlers));
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

export async function readParts(zip: ZipArchive): Promise<XlsxParts> {
  const workbook = (await relations(zip, '')).find(({ type }) => type.endsWith('/officeDocument'))?.target ?? 'xl/workbook.xml';
  const targets = await relations(zip, workbook);
  const worksheets = new Map(targets.filter(({ type }) => type.endsWith('/worksheet')).map(({ id, target }) => [id, target]));
  const sheets: { name: string; part: string }[] = [];
  let date1904 = false;
  await parsePart(zip, workbook, {
    open(name, attributes) {
      if (name === 'workbookPr') date1904 = isTrue(attributes.date1904);
      if (name !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => localName(key) === 'id' && key !== 'id')?.[1] ?? '';
      const part = worksheets.get(id);
      if (part !== undefined) sheets.push({ name: attributes.name ?? '', part });
    },
  });
  const partOf = (type: string) => targets.find((target) => target.type.endsWith(`/${type}`))?.target;
  return { sheets, date1904, formats: await readFormats(zip, partOf('styles')), texts: await readTexts(zip, partOf('sharedStrings')) };
}

interface Relation {
  id: string;
  type: string;
  target: string;
}

async function relations(zip: ZipArchive, part: string): Promise<Relation[]> {
  const folder = posix.dirname(part);
  const list = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
  const found: Relation[] = [];
  if (!zip.has(list)) return found;
  await parsePart(zip, list, {
    open(name, { Id = '', Type = '', Target = '' }) {
      const target = Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target);
      if (name === 'Relationship') found.push({ id: Id, type: Type, target });
    },
  });
  return found;
}

async function readFormats(zip: ZipArchive, part: string | undefined): Promise<string[]> {
  const formats: string[] = [];
  if (part === undefined || !zip.has(part)) return formats;
  const custom = new Map<string, string>();
  let inCells = false;
  await parsePart(zip, part, {
    open(name, { numFmtId = '0', formatCode = '' }) {
      if (name === 'numFmt') custom.set(numFmtId, formatCode);
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) formats.push(custom.get(numFmtId) ?? SSF.get_table()[Number(numFmtId)] ?? 'General');
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return formats;
}

/** Runs of differently formatted text are one text; what phonetic guides add is not part of it. */
async function readTexts(zip: ZipArchive, part: string | undefined): Promise<string[]> {
  const texts: string[] = [];
  if (part === undefined || !zip.has(part)) return texts;
  let current = '';
  let inText = false;
  let phonetic = false;
  await parsePart(zip, part, {
    open(name) {
      if (name === 'si') current = '';
      else if (name === 'rPh') phonetic = true;
      else if (name === 't') inText = !phonetic;
    },
    text(text) {
      if (inText) current += text;
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') phonetic = false;
      else if (name === 'si') texts.push(unescapeText(current));
    },
  });
  return texts;
}

/** Characters that XML cannot hold are written `_x000D_`. Zero is no character of a cell. */
export function unescapeText(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => (code === '0000' ? '' : String.fromCharCode(Number.parseInt(code, 16))));
}

export function isTrue(flag: string | undefined): boolean {
  return flag === '1' || flag === 'true';
}
