/** The part of a connection's `settings` that every HTTP connector shares; spread into its own strict object. */
import { z } from 'zod';
import type { TransportSettings } from './types.ts';

const MB = 1024 * 1024;

/** An http or https address without a query; a slash at its end does not matter. */
export const systemUrl = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://erp.example.com' })
  .refine((url) => !url.includes('?') && !url.includes('#'), 'must not contain ? or #')
  .refine((url) => new URL(url).username === '', 'must not contain a user or password; they have settings of their own')
  .transform((url) => url.replace(/\/+$/, ''));

export const httpSettings = {
  timeoutSeconds: z.int().positive().max(3600).default(60).describe('How long one answer may take.'),
  proxy: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('http://host:port; without it HTTPS_PROXY, HTTP_PROXY and NO_PROXY count.'),
  tls: z
    .strictObject({
      ca: z.string().optional().describe('Certificate authority (PEM) to trust besides the usual ones.'),
      cert: z.string().optional().describe('Client certificate (PEM).'),
      key: z.string().optional().describe('Its private key (PEM).'),
      serverName: z.string().optional().describe('Name the certificate is made for, if not that of the address.'),
    })
    .optional(),
  maxAnswerMb: z.int().positive().max(1024).default(64).describe('A longer answer is refused.'),
  limits: z
    .strictObject({
      concurrency: z.int().positive().optional().describe('Requests under way at one time, over all workers.'),
      requestsPerMinute: z.int().positive().optional().describe('Over all workers.'),
    })
    .optional(),
};

const shape = z.object(httpSettings);
export type HttpSettings = z.infer<typeof shape>;

export function transportOf({ timeoutSeconds, proxy, tls, maxAnswerMb, limits }: HttpSettings): TransportSettings {
  return { timeoutMs: timeoutSeconds * 1000, proxy, tls, maxAnswerBytes: maxAnswerMb * MB, limits };
}
