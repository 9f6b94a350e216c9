/** How one entity of an unknown API is read: where records stand, how changes are asked for, how pages follow each other. */
import { z } from 'zod';
import { isZone } from '../../src/connector/mapping/formats.ts';
import { stampFormatFault } from '../../src/connector/stamp-format.ts';

const place = z.string().min(1).describe('A path into the answer or record, such as data.items or meta[0].next.');
const parameter = z.string().min(1).describe('Name of a parameter of the address.');
const size = parameter.optional().describe('Parameter that takes `pageSize`; without it the system decides.');

const paging = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('none').describe('One answer holds everything.') }),
  z.strictObject({ by: z.literal('link').describe('The answer holds the address of the next page.'), at: place, size }),
  z.strictObject({ by: z.literal('link-header').describe('The header Link names it (RFC 8288, rel="next").'), size }),
  z.strictObject({
    by: z.literal('cursor').describe('The answer holds a token for the next page.'),
    at: place,
    param: parameter,
    more: place.optional().describe('Says by false that this page is the last, for systems that always give a token.'),
    size,
  }),
  z.strictObject({
    by: z.literal('keyset').describe('Records behind the id that a parameter names, in the order of ids.'),
    param: parameter,
    size,
  }),
  z.strictObject({
    by: z.literal('offset').describe('Records from a position on, in an order that does not change.'),
    param: parameter,
    first: z.int().min(0).max(1).default(0).describe('Position of the first record.'),
    size,
  }),
  z.strictObject({
    by: z.literal('page').describe('Numbered pages, in an order that does not change; each is read twice, for rows move when others go.'),
    param: parameter,
    first: z.int().min(0).max(1).default(1).describe('Number of the first page.'),
    size,
  }),
]);

const changed = z.strictObject({
  param: parameter.describe('Takes the instant since which changes are asked for.'),
  value: z
    .string()
    .includes('{since}')
    .default('{since}')
    .describe('What the parameter gets, such as "updated_at ge {since}"; {since} stands for the instant.'),
  field: place.describe('Where a record holds the instant of its last change.'),
  format: z
    .string()
    .superRefine((format, context) => {
      const fault = stampFormatFault(format);
      if (fault) context.addIssue({ code: 'custom', message: fault });
    })
    .default('iso')
    .describe('iso, iso-seconds, seconds or milliseconds since 1970, or luxon tokens such as yyyy-MM-dd HH:mm:ss.'),
  zone: z.string().refine(isZone, 'must be a zone such as Europe/Berlin').default('UTC').describe('Of stamps that carry none.'),
  precisionMs: z.int().positive().optional().describe('Grain of the stamps, if coarser than the format.'),
  commitLagSeconds: z.int().nonnegative().default(900).describe('Longest time between a stamp and the moment others can see the record.'),
});

export const readOptions = z
  .strictObject({
    path: z
      .string()
      .regex(/^[^?#\s]+$/, 'must be a path below `url`, without ? and #')
      .describe('What is read, below `url`: customers or sales/v1/customers.'),
    query: z.record(z.string(), z.string()).default({}).describe('Parameters of every page, such as an order or a filter.'),
    records: place.optional().describe('Where the list of records stands in the answer; without it the answer is the list.'),
    id: z.union([place.transform((one) => [one]), z.array(place).min(1)]).describe('Where a record holds its id, or the parts of it.'),
    changed: changed.optional().describe('Without it every pull reads everything.'),
    paging: paging.describe('How pages follow each other.'),
    total: z
      .union([z.strictObject({ at: place }), z.strictObject({ header: z.string().min(1) })])
      .optional()
      .describe('Where the number of all records is told, for progress.'),
  })
  .superRefine(({ id, paging: { by } }, context) => {
    if (by === 'keyset' && id.length > 1)
      context.addIssue({ code: 'custom', message: 'paging by keyset needs an id of one part', path: ['id'] });
  })
  .describe('How an entity is read; without a default, for every system names things differently.');
export type ReadOptions = z.infer<typeof readOptions>;
