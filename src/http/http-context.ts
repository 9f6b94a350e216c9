/** What the routes are lent; built once by the composition root. */
import type { OrderContext } from '../orders/order-context.ts';
import type { JobLog } from '../queue/define-job.ts';
import type { JobQueue } from '../queue/open-queue.ts';

export interface HttpContext extends OrderContext {
  readonly queue: JobQueue;
  readonly log: JobLog;
}

/** Routes are described before there is anything to lend: the document of the interface needs no database. */
export type Lend = () => HttpContext;
