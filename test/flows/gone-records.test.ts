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

type Pages = ReadonlyArray<Pick<Page<unknown>, 'records' | 'gone'>>;

/** One pull after the other, of the same source. */
async function pulls(...all: Pages[]) {
  const { db, context, accounts } = await customers();
  const connection: ConnectionSettings = {
    ...(context.settings.connections.get('sheets') as ConnectionSettings),
    name: 'erp',
    connector: 'pages',
    settings: {},
    entities: [{ entity: 'account', read: {}, mapping: {} }],
  };
  const settings = { ...context.settings, connections: new Map([['erp', connection]]) };
  let run: Awaited<ReturnType<typeof executeRun>> | undefined;
  for (const pages of all) {
    const { runId } = await requestRun(db, { connection: 'erp', entity: 'account', mode: 'delta', trigger: 'test' }, new Date());
    run = await executeRun({ ...context, settings, connectors: [connectorOf(pages)] }, runId);
  }
  return { run, accounts: await accounts() };
}

const gone = (...ids: string[]) => ids.map((externalId) => ({ externalId }));
const IDS = ['A', ...Array.from({ length: 20 }, (_, page) => `B${page}`)];
const held = { records: IDS.map((id) => ({ id, name: `Holm ${id}` })) };

it('tells in one notice, over all pages, what was deleted at the source, and removes nothing', async () => {
  const { run, accounts } = await pulls([held], IDS.map((id) => ({ records: [], gone: gone(id) }))); // biome-ignore format: two pulls
  expect(run).toMatchObject({ outcome: 'complete' });
  const [notice, ...others] = run?.notices ?? [];
  expect(others).toEqual([]);
  expect(notice).toMatchObject({ code: 'GONE_AT_SOURCE', count: 21 });
  expect(notice?.message).toMatch(/^21 records were deleted at the source: A, (B\d+, ){9}\.\.\.; nothing was removed here$/);
  expect(Object.keys(accounts)).toHaveLength(21);
});

it('tells of one deleted record that it is one', async () => {
  const { run } = await pulls([held], [{ records: [], gone: gone('A', 'A') }]);
  expect(run?.notices.map(({ message }) => message)).toEqual(['1 record was deleted at the source: A; nothing was removed here']);
});

it('tells nothing of what was never held here', async () => {
  const { run } = await pulls([held], [{ records: [], gone: gone('C', 'a') }]);
  expect(run?.notices).toEqual([]);
});
