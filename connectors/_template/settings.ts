import { z } from 'zod';
import { httpSettings, systemUrl } from '../../src/connector/http/settings.ts';

export const templateSettings = z.strictObject({
  url: systemUrl.describe('Where the system answers, such as https://erp.example.com/api.'),
  user: z.string().min(1).describe('A user of its own for Kontor, with the rights the README lists.'),
  password: z.string().min(1).describe('Its password, from the environment or a file.'),
  pageSize: z.int().min(1).max(1000).default(200).describe('Records asked for at once; the system gives at most 1,000.'),
  ...httpSettings,
});
export type TemplateSettings = z.infer<typeof templateSettings>;

/** Settings of an entity (`read` in kontor.yaml); this system needs none. */
export const readOptions = z.strictObject({});
export type ReadOptions = z.infer<typeof readOptions>;
