/** What is ordered, line by line. */
import type { z } from 'zod';
import type { FactLine, Facts } from '../facts.ts';
import { lineCondition, passesWords, sayWords } from '../operators.ts';
import { defineTrigger, type Tried } from './trigger.ts';

const SHOWN = 5;

export const items = defineTrigger({
  about: "the seller's item numbers; `47*` stands for all that begin with 47",
  schema: lineCondition,
  asksLines: true,
  try: (condition, facts) => tryLines(condition, facts, ({ product }) => product),
});

export const categories = defineTrigger({
  about: 'categories of the lines',
  schema: lineCondition,
  asksLines: true,
  try: (condition, facts) => tryLines(condition, facts, ({ category }) => category),
});

export const suppliers = defineTrigger({
  about: 'suppliers of the lines',
  schema: lineCondition,
  asksLines: true,
  try: (condition, facts) => tryLines(condition, facts, ({ supplier }) => supplier),
});

/** A line that does not say is in no list. */
function tryLines(condition: z.output<typeof lineCondition>, { lines }: Facts, read: (line: FactLine) => string | null): Tried {
  const passes = (line: FactLine) =>
    passesWords(
      [read(line)].filter((name) => name !== null),
      condition,
    );
  const passing = lines.filter(passes);
  const holds = condition.lines === 'all' ? passing.length === lines.length : passing.length > 0;
  const names = [...new Set((passing.length > 0 ? passing : lines).map((line) => read(line) ?? '(none)'))].sort();
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  const quantifier = condition.lines === 'all' ? 'every line' : 'a line';
  return { holds, found: `${names.slice(0, SHOWN).join(', ')}${more}`, wanted: `${quantifier} ${sayWords(condition)}` };
}
