/** What kontor.yaml says about a folder of spreadsheets. Strict, so that a typing error is named. */
import { z } from 'zod';
import { ENCODINGS } from '../../src/connector/tabular/encoding.ts';

const MB = 1024 * 1024;

const limits = z.strictObject({
  maxFileBytes: z
    .int()
    .positive()
    .default(2048 * MB),
  maxUnpackedBytes: z
    .int()
    .positive()
    .default(1024 * MB),
  maxRows: z.int().positive().default(5_000_000),
  maxLineBytes: z
    .int()
    .positive()
    .default(4 * MB),
  maxSeconds: z.int().positive().default(600),
  maxMemoryMb: z.int().min(64).default(1024),
});

export const spreadsheetSettings = z.strictObject({
  folder: z.string().min(1),
  archive: z.string().min(1).optional(),
  stableMs: z.int().nonnegative().default(5_000),
  limits: limits.prefault({}),
});
export type SpreadsheetSettings = z.infer<typeof spreadsheetSettings>;

const oneOrMore = <T extends z.ZodType>(one: T) =>
  z.union([one, z.array(one).min(1)]).transform((given) => (Array.isArray(given) ? given : [given]) as z.infer<T>[]);

const oneCharacter = z.string().refine((text) => [...text].length === 1, 'must be one character');

export const readOptions = z.strictObject({
  files: oneOrMore(z.string().min(1)),
  header: z.union([z.literal('auto'), z.int().positive(), z.array(z.string()).min(1)]).default('auto'),
  ragged: z.enum(['reject', 'tolerate']).default('reject'),
  allowEmpty: z.boolean().default(false),
  encoding: z.enum(['auto', ...ENCODINGS]).default('auto'),
  delimiter: z.union([z.literal('auto'), oneCharacter]).default('auto'),
  quote: z.union([oneCharacter, z.null()]).default('"'),
  comment: z.union([z.string().min(1), z.null()]).default(null),
  strayQuotes: z.enum(['reject', 'keep']).default('reject'),
  sheet: oneOrMore(z.union([z.string().min(1), z.int().positive()])).default([1]),
  hidden: z.enum(['read', 'skip']).default('read'),
});
export type ReadOptions = z.infer<typeof readOptions>;
