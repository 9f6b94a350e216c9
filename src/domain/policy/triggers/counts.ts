/** How many. */
import { Decimal } from 'decimal.js';
import { fold } from '../facts.ts';
import { numberCondition, sayBounds, withinBounds } from '../operators.ts';
import { defineTrigger } from './trigger.ts';

export const quantity = defineTrigger({
  about: 'sum of the quantities of all lines',
  schema: numberCondition,
  try({ bounds }, { lines }) {
    const sum = lines.reduce((total, line) => total.plus(line.quantity), new Decimal(0));
    return { holds: withinBounds(sum.toFixed(), bounds), found: sum.toFixed(), wanted: sayBounds(bounds) };
  },
});

export const lineCount = defineTrigger({
  about: 'number of lines',
  schema: numberCondition,
  try: ({ bounds }, { lines }) => ({ holds: withinBounds(lines.length, bounds), found: String(lines.length), wanted: sayBounds(bounds) }),
});

export const distinctItems = defineTrigger({
  about: 'number of different items (SKUs)',
  schema: numberCondition,
  try({ bounds }, { lines }) {
    const { size } = new Set(lines.map(({ product }) => fold(product)));
    return { holds: withinBounds(size, bounds), found: String(size), wanted: sayBounds(bounds) };
  },
});
