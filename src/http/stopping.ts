/** Once we are told to stop, every answer ends its connection: one that stayed open for the next request would hold us up. */
import type { HttpServer } from './desk.ts';

/** Answers whether that has happened. */
export function watchStop(app: HttpServer): () => boolean {
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isStopping) reply.header('connection', 'close');
  });
  return () => isStopping;
}
