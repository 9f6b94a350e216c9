/** Loads one connector alone where it can: a thread reads with one of them, and all together weigh more than what it reads. */
import type { AnyConnector } from '../src/connector/contract.ts';

/** Those that read on a thread of their own. Another one works as well, and is only slower to start. */
export const ALONE: Readonly<Record<string, () => Promise<AnyConnector>>> = {
  spreadsheet: async () => (await import('./spreadsheet/index.ts')).spreadsheet,
  sql: async () => (await import('./sql/index.ts')).sql,
};

export async function loadConnector(name: string): Promise<AnyConnector> {
  const load = ALONE[name];
  if (load) return load();
  const { connectors } = await import('./index.ts');
  const found = connectors.find((connector) => connector.name === name);
  if (!found) throw new Error(`no connector ${name}`);
  return found;
}
