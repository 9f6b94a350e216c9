/** The steps between a cell and its field: transforms, then the lookup table. */
import { type Cell, isTypedCell, Refused, show, textOf } from './cell.ts';
import type { Lookup, Rule } from './rule.ts';

export function refine({ transforms, lookup }: Pick<Rule, 'transforms' | 'lookup'>): (cell: Cell) => Cell {
  if (transforms.length === 0 && !lookup) return (cell) => cell;
  return (cell) => {
    const text = textOf(cell);
    if (typeof text !== 'string') return text;
    let refined = text;
    for (const step of transforms) refined = step(refined);
    refined = refined.trim();
    if (lookup) return find(lookup, refined);
    // What was a typed number stays one, so that the declared decimal sign is not applied to it.
    return typeof cell !== 'string' && isTypedCell(cell) && refined !== '' ? { kind: cell.kind, text: refined } : refined;
  };
}

/** A blank is none, unless the table lists ''. */
function find({ table, otherwise }: Lookup, text: string): Cell {
  const found = table.get(text);
  if (found !== undefined) return found;
  if (text === '') return '';
  return (
    otherwise ?? new Refused(`${show(text)} is not in the lookup table (${listKeys(table)}); add it there, or say what \`else\` applies`)
  );
}

function listKeys(table: ReadonlyMap<string, Cell>): string {
  const keys = [...table.keys()].map((key) => (key === '' ? 'blank' : key));
  return keys.length > 20 ? `${keys.slice(0, 20).join(', ')} and ${keys.length - 20} more` : keys.join(', ');
}
