/** How one entity is read from a database. */
import { z } from 'zod';
import { isZone } from '../../src/connector/mapping/formats.ts';

/** Dots, quotes and " as " would be taken apart when the name is quoted. */
const column = z
  .string()
  .regex(/^[^."'`[\]?*\s](?:[^."'`[\]?*]*[^."'`[\]?*\s])?$/, 'must be the name of a column')
  .refine((name) => !/ as /i.test(name), 'must be the name of a column');

const changedAt = z.strictObject({
  column: column.describe('Holds the instant of the last change. Rows where it is NULL are read by every pull.'),
  type: z
    .enum(['timestamp', 'date', 'seconds', 'milliseconds'])
    .default('timestamp')
    .describe('timestamp: date and time, also as text in SQLite. seconds, milliseconds: since 1970, as a number.'),
  zone: z.string().refine(isZone, 'must be a zone such as Europe/Berlin').default('UTC').describe('Of stamps that carry none.'),
  precisionMs: z.int().positive().optional().describe('Grain of the stamps; a second, or a day for dates, if absent.'),
  commitLagSeconds: z
    .int()
    .nonnegative()
    .default(900)
    .describe('Longest time between a stamp and the moment others can see the row: the longest transaction that writes.'),
});

export const readOptions = z
  .strictObject({
    table: z
      .string()
      .regex(/^[^"'`[\]?*\s.]+(?:\.[^"'`[\]?*\s.]+){0,2}$/, 'must be the name of a table or view, with its schema if need be')
      .optional()
      .describe('A table or view: customers, or sales.customers.'),
    query: z
      .string()
      .min(1)
      .transform((query) => query.trim().replace(/;$/, ''))
      .optional()
      .describe('A select instead, without an order of its own; it is read as if it were a view.'),
    columns: z.array(column).min(1).optional().describe('Only these; without it all. Id and stamp are added.'),
    id: z
      .union([column.transform((one) => [one]), z.array(column).min(1)])
      .describe('Column of the id, or several that make one together; unique, never NULL, best with an index.'),
    changedAt: changedAt.optional().describe('Without it every pull reads everything.'),
    where: z.string().min(1).optional().describe('A condition in the words of the database.'),
  })
  .superRefine(({ table, query }, context) => {
    if ((table === undefined) === (query === undefined))
      context.addIssue({ code: 'custom', message: 'needs either `table` or `query`', path: [] });
  })
  .describe('How an entity is read; without a default, for every database is another.');
export type ReadOptions = z.infer<typeof readOptions>;
export type ChangedAt = NonNullable<ReadOptions['changedAt']>;
