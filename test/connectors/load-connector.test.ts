import { expect, it } from 'vitest';
import { connectors } from '../../connectors/index.ts';
import { ALONE, loadConnector } from '../../connectors/load-connector.ts';

it('loads those alone that read on a thread of their own, and no other', () => {
  const onThread = connectors.filter(({ traits }) => traits.offMainThread).map(({ name }) => name);
  expect(Object.keys(ALONE).sort()).toEqual(onThread.sort());
});

it.each(connectors.map((connector) => [connector.name, connector] as const))(
  'loads %s as it stands in the list',
  async (name, connector) => {
    expect(await loadConnector(name)).toBe(connector);
  },
);

it('refuses a name that no connector has', async () => {
  await expect(loadConnector('papyrus')).rejects.toThrow('no connector papyrus');
});
