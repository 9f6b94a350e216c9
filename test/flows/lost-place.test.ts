/** A source that no longer knows the place a cursor names: tokens expire, logs are purged. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { ConnectionSettings } from '../../src/config/settings.ts';
import type { Connector, Cursor, Json } from '../../src/connector/contract.ts';
import { jsonSource } from '../../src/connector/json-source.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { requestRun } from '../../src/store/runs.ts';
import { executeRun } from '../../src/sync/execute-run.ts';
import { customers } from './pull-setup.ts';

/** Yields one record per reading, unless it refuses the cursor; notes every cursor it was asked with. */
function forgetful(refuses: (cursor: Cursor | null) => boolean) {
  const asked: Array<Cursor | null> = [];
  const connector: Connector<object> = {
    name: 'forgetful',
    summary: 'a source of a test',
    config: z.object({}),
    traits: { keys: 'exact', offMainThread: false, deletes: 'none', delta: 'changes' },
    check: async () => ({ summary: 'here', warnings: [] }),
    sources: {
      account: jsonSource<object, object, { id: string; name: string; [key: string]: Json }>({
        options: z.object({}),
        record: z.object({ id: z.string(), name: z.string() }).catchall(z.json()),
        at: ({ id }) => id,
        mapping: { externalId: 'id', name: 'name' },
        async *read(_session, _options, cursor) {
          asked.push(cursor);
          if (refuses(cursor)) throw new RetryLaterError('SOURCE_CHANGED', 'the token is too old');
          yield { records: [{ id: 'A', name: `Read ${asked.length}` }], cursor: `token ${asked.length}` };
        },
      }),
    },
  };
  return { connector, asked };
}

async function setUp(refuses: (cursor: Cursor | null) => boolean) {
  const { connector, asked } = forgetful(refuses);
  const { db, context, accounts } = await customers();
  const connection: ConnectionSettings = {
    ...(context.settings.connections.get('sheets') as ConnectionSettings),
    name: 'erp',
    connector: 'forgetful',
    settings: {},
    entities: [{ entity: 'account', read: {}, mapping: {} }],
  };
  const settings = { ...context.settings, connections: new Map([['erp', connection]]) };
  const pull = async () => {
    const { runId } = await requestRun(db, { connection: 'erp', entity: 'account', mode: 'delta', trigger: 'test' }, new Date());
    return executeRun({ ...context, settings, connectors: [connector] }, runId);
  };
  return { pull, asked, accounts };
}

it('reads everything when the place a delta begins at is gone', async () => {
  const { pull, asked, accounts } = await setUp((cursor) => cursor === 'token 1');
  await pull();
  expect(await pull()).toMatchObject({ outcome: 'complete' });
  expect(asked).toEqual([null, 'token 1', 'token 1', null]);
  expect(await accounts()).toMatchObject({ A: { name: 'Read 4' } });
});

it('gives the run back to the queue when there is no place to begin at', async () => {
  const { pull, asked } = await setUp(() => true);
  await expect(pull()).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  expect(asked).toEqual([null, null, null]);
});
