/** Every test of jobs runs twice: queues on PostgreSQL and queues on Redis must behave the same. */
import { randomUUID } from 'node:crypto';
import { describe, inject } from 'vitest';
import type { QueueAccess } from '../../src/queue/backend.ts';

export interface TestBackend {
  readonly kind: QueueAccess['kind'];
  /** How to reach a queue nobody else uses: in the given database, or in Redis under a prefix made for it. */
  access(databaseUrl: string): QueueAccess;
}

export function describeOnBothBackends(title: string, tests: (backend: TestBackend) => void): void {
  describe(`${title}, queues on PostgreSQL`, () => tests({ kind: 'postgres', access: (url) => ({ kind: 'postgres', url }) }));

  const url = inject('redisUrl');
  if (url === null) {
    // Said again, with the cure, at the end of the run.
    describe.skip(`${title}, queues on Redis (SKIPPED: no Redis here)`, () => tests({ kind: 'redis', access: () => never() }));
    return;
  }
  const access = (): QueueAccess => ({
    kind: 'redis',
    redis: { url, cluster: false, prefix: `${inject('redisPrefix')}-${randomUUID().slice(0, 8)}` },
  });
  describe(`${title}, queues on Redis`, () => tests({ kind: 'redis', access }));
}

function never(): never {
  throw new Error('a skipped test asked for Redis');
}
