/** What a column may hold, before it becomes a field: text, a typed value, a list, or something that cannot be used. */

/** A value whose meaning is settled by its source: decimals with '.', dates in ISO 8601, booleans as true/false. */
export interface TypedCell {
  readonly kind: 'number' | 'date' | 'boolean';
  readonly text: string;
}

/** Why a value cannot be used; the sentence names the value and the cure. */
export class Refused {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Texts are trimmed, and '' is blank. */
export type Cell = string | TypedCell | readonly unknown[] | Refused;

/** `undefined` only for what is not there at all. */
export function toCell(raw: unknown): Cell | undefined {
  if (typeof raw === 'string') return trim(raw);
  if (raw === undefined) return undefined;
  if (raw === null) return '';
  if (typeof raw === 'number') return numberCell(raw);
  if (typeof raw === 'boolean') return { kind: 'boolean', text: raw ? 'true' : 'false' };
  if (typeof raw === 'bigint') return { kind: 'number', text: String(raw) };
  if (Array.isArray(raw)) return raw.length === 0 ? '' : raw;
  if (isTypedCell(raw)) return raw.text === '' ? '' : raw;
  if (isErrorCell(raw)) return new Refused(`the cell shows ${raw.text}; correct its formula, or calculate and save the workbook`);
  return new Refused('the value is a structure; name the path of one value inside it');
}

/** `#REF!` and its like, or a formula that was never calculated. */
function isErrorCell(value: unknown): value is { text: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'error' &&
    'text' in value &&
    typeof value.text === 'string'
  );
}

export function isTypedCell(value: unknown): value is TypedCell {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'text') || !Object.hasOwn(value, 'kind')) return false;
  const { kind, text } = value as Record<string, unknown>;
  return typeof text === 'string' && (kind === 'number' || kind === 'date' || kind === 'boolean');
}

/** The cell as one text; lists and structures have none. */
export function textOf(cell: Cell): string | Refused {
  if (typeof cell === 'string') return cell;
  if (cell instanceof Refused) return cell;
  if (isTypedCell(cell)) return cell.text;
  return new Refused(`the value is a list of ${cell.length}; name one entry by its path, such as lines[0]`);
}

/** The value as a message shows it: quoted, at most 40 characters. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? value : isTypedCell(value) ? value.text : String(value);
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}

function numberCell(value: number): Cell {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return new Refused(`${value} is too long for a number to be exact; deliver it as text`);
  }
  return Number.isFinite(value) ? { kind: 'number', text: String(value) } : new Refused(`${value} is not a number`);
}

/** Most cells carry no outer blanks; looking first is several times faster than trimming. */
function trim(text: string): string {
  if (text.length === 0) return text;
  return isInner(text.charCodeAt(0)) && isInner(text.charCodeAt(text.length - 1)) ? text : text.trim();
}

function isInner(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}
