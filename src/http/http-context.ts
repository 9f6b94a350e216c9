/** What the routes are lent; built once by the composition root. */
import type { Catalogue } from '../notify/catalogue.ts';
import type { OrderContext } from '../orders/order-context.ts';
import type { JobLog } from '../queue/define-job.ts';
import type { JobQueue } from '../queue/open-queue.ts';

export interface HttpContext extends OrderContext {
  readonly queue: JobQueue;
  readonly log: JobLog;
  /** Texts of the pages for people, by language; those of mails. */
  readonly catalogues: ReadonlyMap<string, Catalogue>;
}

/** Routes are described before there is anything to lend: the document of the interface needs no database. */
export type Lend = () => HttpContext;
