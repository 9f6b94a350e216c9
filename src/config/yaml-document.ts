/** kontor.yaml as text: parsed within limits, with the place of every key and value kept for messages. */
import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { NeedsOperatorError } from '../errors.ts';

const MAX_CHARACTERS = 1024 * 1024;
/** The parser recurses; no honest configuration nests deeper. */
const MAX_DEPTH = 50;

export type Path = readonly PropertyKey[];

/** Line and column, counted from 1. */
export interface Place {
  line: number;
  column: number;
}

export interface YamlDocument {
  readonly value: Record<string, unknown>;
  /** Place of the value at `path`, or of the nearest ancestor that is written down; `key` names a key below it. */
  place(path: Path, key?: string): Place;
}

export function parseYaml(name: string, text: string): YamlDocument {
  refuseBombs(name, text);
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, merge: true, strict: true });
  const errors = withoutEchoes([...document.errors, ...document.warnings]);
  if (errors.length > 0) {
    const lines = errors.map((error) => {
      const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
      return `${name}:${line}:${col}: ${unquotedSecret(text, line) ?? sentence(error)}`;
    });
    throw new NeedsOperatorError('CONFIG_INVALID', lines.join('\n'));
  }
  return { value: toObject(name, document), place: (path, key) => placeOf(document, counter, path, key) };
}

/** After one slip of syntax the parser stumbles over everything that follows; only the first stumble tells something. */
function withoutEchoes(errors: readonly YAMLError[]): YAMLError[] {
  const first = errors.findIndex(({ code }) => code !== 'DUPLICATE_KEY' && code !== 'TAG_RESOLVE_FAILED');
  return errors.filter(({ code }, index) => index === first || code === 'DUPLICATE_KEY' || code === 'TAG_RESOLVE_FAILED');
}

/** `{ password: ${NAME} }` reads well and is no YAML. */
function unquotedSecret(text: string, line: number): string | undefined {
  const written = text.split('\n')[line - 1] ?? '';
  return /[{[,].*[^'"]\$\{/.test(written) ? `inside { } and [ ] a text with \${ } must stand in quotes` : undefined;
}

function refuseBombs(name: string, text: string): void {
  if (text.length > MAX_CHARACTERS) {
    throw new NeedsOperatorError('CONFIG_INVALID', `${name}: is larger than ${MAX_CHARACTERS} characters; is it the right file?`);
  }
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') depth += 1;
    if (token === ']' || token === '}') depth -= 1;
    if (depth > MAX_DEPTH) throw new NeedsOperatorError('CONFIG_INVALID', `${name}: brackets nest deeper than ${MAX_DEPTH}; close them`);
  }
}

/** The slips people make most, with their cure; for the rest the library's own first line. */
const SENTENCES: Partial<Record<ErrorCode, string>> = {
  DUPLICATE_KEY: 'this key is already there above; remove one of the two',
  TAB_AS_INDENT: 'a tab cannot indent; use spaces',
  MULTIPLE_DOCS: 'a second document begins here ("---"); keep one',
  TAG_RESOLVE_FAILED: 'tags (!name) are not known here; remove it, or put the text in quotes',
};

function sentence({ code, message }: YAMLError): string {
  return (
    SENTENCES[code] ?? message.replace(/ at line \d+, column \d+:?[\s\S]*$/, '').replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())
  );
}

function toObject(name: string, document: Document): Record<string, unknown> {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new NeedsOperatorError('CONFIG_INVALID', `${name}: its aliases (*name) cannot be resolved; write the values out`, { cause });
  }
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new NeedsOperatorError('CONFIG_INVALID', `${name}:1:1: must hold keys like "connections:", not a single value or a list`);
  }
  return value as Record<string, unknown>;
}

function placeOf(document: Document, counter: LineCounter, path: Path, key?: string): Place {
  let node = document.contents as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const step of key === undefined ? path : [...path, key]) {
    const pair = child(document, node, step);
    if (!pair) break;
    offset = pair.offset;
    node = pair.value;
  }
  // A scalar is pointed at itself, a block by its key: that is where the eye looks.
  if (key === undefined && isScalar(node) && node.range && node.range[1] > node.range[0]) offset = node.range[0];
  const { line, col } = counter.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function child(document: Document, parent: Node | null, step: PropertyKey): { offset: number; value: Node | null } | undefined {
  const node = isAlias(parent) ? (parent.resolve(document) ?? null) : parent;
  if (isSeq(node)) {
    const item = node.items[Number(step)] as Node | undefined;
    return item?.range ? { offset: item.range[0], value: item } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(step));
  const range = (pair?.key as Node | undefined)?.range;
  return pair && range ? { offset: range[0], value: pair.value as Node | null } : undefined;
}
