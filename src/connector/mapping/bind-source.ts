/** Binds the place a value comes from to the columns one file has. */
import type { AnySource } from '../contract.ts';
import { type Cell, Refused, textOf, toCell } from './cell.ts';
import type { Expression } from './expression.ts';
import type { From, Rule } from './rule.ts';

export type Access = ReturnType<AnySource['access']>;

export interface BoundSource {
  /** `undefined` when nothing of it is there at all. */
  read(raw: unknown): Cell | undefined;
  /** The column to name in a problem. */
  column(raw: unknown): string | undefined;
}

/** Missing columns are noted by name; `undefined` when nothing remains to read from. */
export function bindSource(
  from: From,
  rule: Pick<Rule, 'optional' | 'spec'>,
  access: Access,
  missing: Set<string>,
): BoundSource | undefined {
  if (from.kind === 'value') return { read: () => from.cell, column: () => undefined };
  if (from.kind === 'column') return bindColumn(from.name, access, missing);
  if (from.kind === 'expr') return bindExpression(from.expression, access, missing);
  const absent = new Set<string>();
  const parts = from.of.map((part) => bindSource(part, rule, access, absent)).filter((part) => part !== undefined);
  const some = from.kind === 'first' || rule.optional ? parts.length > 0 : parts.length === from.of.length;
  if (!some) {
    for (const name of absent) missing.add(name);
    return undefined;
  }
  if (from.kind === 'first') return firstOf(parts);
  const columns = { column: () => names(parts) };
  if (from.kind === 'columns') return { read: (raw) => listOf(parts, raw), ...columns };
  const whole = rule.spec.type === 'reference';
  return { read: (raw) => joined(parts, from.with, whole, raw), ...columns };
}

function bindColumn(name: string, access: Access, missing: Set<string>): BoundSource | undefined {
  const at = access.at(name);
  if (!at) {
    missing.add(name);
    return undefined;
  }
  return { read: (raw) => toCell(at(raw)), column: () => name };
}

function firstOf(parts: readonly BoundSource[]): BoundSource {
  return {
    read(raw) {
      let found: Cell | undefined;
      for (const part of parts) {
        const cell = part.read(raw);
        if (cell) return cell;
        found ??= cell;
      }
      return found;
    },
    column: (raw) => parts.find((part) => part.read(raw))?.column(raw) ?? names(parts),
  };
}

function listOf(parts: readonly BoundSource[], raw: unknown): Cell | undefined {
  const cells = parts.map((part) => part.read(raw));
  if (cells.every((cell) => cell === undefined)) return undefined;
  const filled = cells.filter(Boolean);
  return filled.length === 0 ? '' : filled;
}

/** A key of which a part is blank would be another record's key, so for ids and references it is none. */
function joined(parts: readonly BoundSource[], joint: string, whole: boolean, raw: unknown): Cell | undefined {
  const texts: string[] = [];
  let there = false;
  for (const part of parts) {
    const cell = part.read(raw);
    if (cell !== undefined) there = true;
    const text = textOf(cell ?? '');
    if (text instanceof Refused) return text;
    if (text !== '') texts.push(text);
    else if (whole) return '';
  }
  return there ? texts.join(joint) : undefined;
}

function names(parts: readonly BoundSource[]): string {
  return parts
    .map((part) => part.column(undefined))
    .filter((name) => name !== undefined)
    .join(', ');
}

function bindExpression(expression: Expression, access: Access, missing: Set<string>): BoundSource | undefined {
  const columns: Array<[name: string, at: (raw: unknown) => unknown]> = [];
  let complete = true;
  const wanted = new Map(expression.columns.map(({ name, required }) => [name, required]));
  if (expression.wantsAll) for (const name of access.names) if (!wanted.has(name)) wanted.set(name, false);
  for (const [name, required] of wanted) {
    const at = access.at(name);
    if (at) columns.push([name, at]);
    else if (required) {
      complete = false;
      missing.add(name);
    }
  }
  if (!complete) return undefined;
  // Refilled for every record: evaluation is synchronous and keeps nothing.
  const row = new Map<string, string>();
  return {
    column: () => expression.columns.map(({ name }) => name).join(', ') || undefined,
    read(raw) {
      for (const [name, at] of columns) {
        const text = textOf(toCell(at(raw)) ?? '');
        row.set(name, typeof text === 'string' ? text : '');
      }
      return resultCell(expression.evaluate(row));
    },
  };
}

/** CEL's integers are bigints, its timestamps are dates. */
function resultCell(result: unknown): Cell {
  if (result instanceof Refused) return result;
  if (result instanceof Date) return Number.isNaN(result.getTime()) ? '' : { kind: 'date', text: result.toISOString() };
  return toCell(result) ?? '';
}
