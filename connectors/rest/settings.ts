/** What kontor.yaml says about a system with an API of its own that has no connector. Strict, so that a typing error is named. */
import { z } from 'zod';
import { headerName, loginSettings, refuseSeveralLogins } from '../../src/connector/http/login-settings.ts';
import { httpSettings, systemUrl } from '../../src/connector/http/settings.ts';
import { orderSettings } from './order-settings.ts';

export const restSettings = z
  .strictObject({
    url: systemUrl.describe('Root of the API, below which the paths of the entities are: https://erp.example.com/api/v2.'),
    ...loginSettings({ keyHeader: 'authorization' }),
    headers: z.record(headerName, z.string()).default({}).describe('Sent with every request, such as accept or a tenant.'),
    query: z
      .record(z.string(), z.string())
      .default({})
      .describe('Sent with every request, and with a link of the system where the link has them.'),
    checkPath: z.string().default('').describe('What `kontor check` asks for: an address that wants a login and answers JSON.'),
    pageSize: z.int().min(2).max(20_000).default(200).describe('Records asked for at once, where `paging` names a parameter for it.'),
    orders: orderSettings.optional().describe('How it takes orders, if it does.'),
    ...httpSettings,
  })
  .superRefine(refuseSeveralLogins);
export type RestSettings = z.infer<typeof restSettings>;
