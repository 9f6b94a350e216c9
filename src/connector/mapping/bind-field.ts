/** One field of a draft, ready to be read from records of one shape. */
import type { DraftValue, Problem } from '../contract.ts';
import type { BoundSource } from './bind-source.ts';
import { type Cell, Refused, textOf, toCell } from './cell.ts';
import { refine } from './refine.ts';
import type { Rule } from './rule.ts';

export interface BoundField {
  readonly name: string;
  /**
   * The value; `null` for none; `undefined` when nothing can be said: a problem was added, or an optional place is absent.
   * `currency` is the record's, for money: `undefined` when it could not be read, which was a problem already.
   */
  read(raw: unknown, currency: DraftValue | undefined, problems: Problem[] | undefined): DraftValue | undefined;
}

export function bindField(rule: Rule, source: BoundSource): BoundField {
  const { field: name, spec, optional, read } = rule;
  const step = refine(rule);
  const isMoney = spec.type === 'money';
  const isPlain = rule.transforms.length === 0 && !rule.lookup;

  function blank(raw: unknown, problems: Problem[] | undefined): boolean | null | undefined {
    if (rule.blankMeans !== undefined) return rule.blankMeans;
    if (!spec.required) return null;
    const code = name === 'externalId' ? 'RECORD_KEY_MISSING' : 'RECORD_INVALID';
    const place = JSON.stringify(source.column(raw) ?? name);
    problems?.push(problem(raw, `${place} is blank, and every record needs it; fill it at the source`, code));
    return undefined;
  }

  function problem(raw: unknown, reason: string, code: Problem['code'] = 'RECORD_INVALID'): Problem {
    const column = source.column(raw);
    return { code, field: name, ...(column === undefined ? {} : { column }), reason };
  }

  if (spec.type === 'list') return { name, read: listOf };
  return {
    name,
    read(raw, currency, problems) {
      const found = source.read(raw);
      if (found === undefined && optional) return undefined;
      const cell = isPlain ? found : step(found ?? '');
      if (cell === undefined || cell === '') return blank(raw, problems);
      if (isMoney && currency === undefined) return undefined;
      const value = read(cell, typeof currency === 'string' ? currency : null);
      if (!(value instanceof Refused)) return value;
      problems?.push(problem(raw, value.reason));
      return undefined;
    },
  };

  function listOf(raw: unknown, _currency: unknown, problems: Problem[] | undefined): DraftValue | undefined {
    const found = source.read(raw);
    if (found === undefined && optional) return undefined;
    const entries: string[] = [];
    for (const cell of entriesOf(found ?? '', rule.split)) {
      const refined = step(cell);
      const value = refined === '' ? '' : read(refined, null);
      if (value instanceof Refused) {
        problems?.push(problem(raw, value.reason));
        return undefined;
      }
      if (value !== '') entries.push(String(value));
    }
    return entries.length > 0 ? entries : blank(raw, problems);
  }
}

function entriesOf(cell: Cell, split: string | undefined): Cell[] {
  if (cell instanceof Refused) return [cell];
  const cells = Array.isArray(cell) ? cell.map((entry) => toCell(entry) ?? '') : [cell];
  if (split === undefined) return cells;
  return cells.flatMap((entry: Cell): Cell[] => {
    const text = textOf(entry);
    return typeof text === 'string' ? text.split(split).map((part) => part.trim()) : [text];
  });
}
