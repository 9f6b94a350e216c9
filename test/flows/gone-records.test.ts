import { expect, it } from 'vitest';
import { z } from 'zod';
import type { ConnectionSettings } from '../../src/config/settings.ts';
import type { Connector, Json, Page } from '../../src/connector/contract.ts';
import { jsonSource } from '../../src/connector/json-source.ts';
import { requestRun } from '../../src/store/runs.ts';
import { executeRun } from '../../src/sync/execute-run.ts';
import { customers } from './pull-setup.ts';

const record = z.object({ id: z.string(), name: z.string() }).catchall(z.json());

/** Yields these pages, whatever is asked. */
function connectorOf(pages: ReadonlyArray<Pick<Page<unknown>, 'records' | 'gone'>>): Connector<object> {
  return {
    name: 'pages',
    summary: 'pages of a test',
    config: z.object({}),
    traits: { keys: 'exact', offMainThread: false, deletes: 'tombstones', delta: 'changes' },
    check: async () => ({ summary: 'here', warnings: [] }),
    sources: {
      account: jsonSource<object, object, { id: string; name: string; [key: string]: Json }>({
        options: z.object({}),
        record,
        at: ({ id }) => id,
        mapping: { externalId: 'id', name: 'name' },
        async *read() {
          for (const [cursor, page] of pages.entries()) yield { ...page, cursor };
        },
      }),
    },
  };
}

async function pull(pages: ReadonlyArray<Pick<Page<unknown>, 'records' | 'gone'>>) {
  const { db, context, accounts } = await customers();
  const connection: ConnectionSettings = {
    ...(context.settings.connections.get('sheets') as ConnectionSettings),
    name: 'erp',
    connector: 'pages',
    settings: {},
    entities: [{ entity: 'account', read: {}, mapping: {} }],
  };
  const settings = { ...context.settings, connections: new Map([['erp', connection]]) };
  const { runId } = await requestRun(db, { connection: 'erp', entity: 'account', mode: 'delta', trigger: 'test' }, new Date());
  const run = await executeRun({ ...context, settings, connectors: [connectorOf(pages)] }, runId);
  return { run, accounts: await accounts() };
}

const gone = (...ids: string[]) => ids.map((externalId) => ({ externalId }));

it('tells in one notice, over all pages, what was deleted at the source, and removes nothing', async () => {
  const { run, accounts } = await pull([
    { records: [{ id: 'A', name: 'Holm' }], gone: gone('A') },
    ...Array.from({ length: 20 }, (_, page) => ({ records: [], gone: gone(`B${page}`) })),
  ]);
  expect(run).toMatchObject({ outcome: 'complete', counts: { created: 1 } });
  expect(run?.notices).toMatchObject([
    {
      code: 'GONE_AT_SOURCE',
      message: '21 records were deleted at the source: A, B0, B1, B2, B3, B4, B5, B6, B7, B8, ...; nothing was removed here',
    },
  ]);
  expect(Object.keys(accounts)).toEqual(['A']);
});

it('tells of one deleted record that it is one', async () => {
  const { run } = await pull([{ records: [], gone: gone('A', 'A') }]);
  expect(run?.notices.map(({ message }) => message)).toEqual(['1 record was deleted at the source: A; nothing was removed here']);
});
