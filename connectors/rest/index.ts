/** Any system with an HTTP API that answers JSON: declared in kontor.yaml, mapped in kontor.yaml; takes orders where they are declared. */
import { z } from 'zod';
import type { Connector, Session, SystemInfo } from '../../src/connector/contract.ts';
import { loginOf } from '../../src/connector/http/login-settings.ts';
import { transportOf } from '../../src/connector/http/settings.ts';
import type { HttpProfile } from '../../src/connector/http/types.ts';
import { jsonSource } from '../../src/connector/json-source.ts';
import { orders } from './orders.ts';
import { readList } from './read.ts';
import { readOptions } from './read-options.ts';
import { type RestSettings, restSettings } from './settings.ts';
import { REST_VERDICTS } from './verdicts.ts';

const record = z.object({ '@at': z.string() }).catchall(z.json());

/** Every entity is read in the same way; without a mapping of its own, for the system is not known. */
const list = jsonSource({ options: readOptions, record, read: readList, at: (row) => row['@at'] });

export const rest: Connector<RestSettings> = {
  name: 'rest',
  summary: 'any system with an HTTP API that answers JSON, declared and mapped in kontor.yaml',
  config: restSettings,
  // How it says that something is gone is not known: a full pull compares the ids.
  traits: { keys: 'exact', offMainThread: false, deletes: 'id-set-difference', delta: 'changes' },
  http: profile,
  check,
  orders,
  sources: { account: list, contact: list, address: list, price: list, stock: list, rate: list, document: list, documentLine: list },
};

function profile(config: RestSettings): HttpProfile {
  const headers = { accept: 'application/json', ...config.headers };
  return { baseUrl: config.url, login: loginOf(config), verdicts: REST_VERDICTS, headers, transport: transportOf(config) };
}

async function check({ config, http }: Session<RestSettings>): Promise<SystemInfo> {
  const { status } = await http.send({ path: config.checkPath, query: config.query });
  const login = loginOf(config).kind;
  return {
    summary: `${new URL(config.url).host} answered ${status} to ${login === 'none' ? 'a request without login' : `a login by ${login}`}`,
    warnings: [],
  };
}
