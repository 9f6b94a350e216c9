/** Any system that offers OData, version 2 or 4: declared in kontor.yaml, mapped in kontor.yaml, only read. */
import { z } from 'zod';
import type { Connector, Session, SystemInfo } from '../../src/connector/contract.ts';
import { loginOf } from '../../src/connector/http/login-settings.ts';
import { transportOf } from '../../src/connector/http/settings.ts';
import type { HttpProfile } from '../../src/connector/http/types.ts';
import { jsonSource } from '../../src/connector/json-source.ts';
import { ODATA_VERDICTS, odataPath } from '../../src/connector/odata/index.ts';
import { readEntitySet } from './read.ts';
import { type ODataSettings, odataSettings, readOptions } from './settings.ts';

const record = z.object({ '@id': z.string() }).catchall(z.json());

/** Every entity is read in the same way; without a mapping of its own, for the system is not known. */
const entitySet = jsonSource({ options: readOptions, record, read: readEntitySet, at: (row) => row['@id'] });

export const odata: Connector<ODataSettings> = {
  name: 'odata',
  summary: 'any system that offers OData 2 or 4, declared and mapped in kontor.yaml',
  config: odataSettings,
  // How it says that something is gone is not known: a full pull compares the ids.
  traits: { keys: 'exact', offMainThread: false, deletes: 'id-set-difference', delta: 'changes' },
  http: profile,
  check,
  sources: {
    account: entitySet,
    contact: entitySet,
    address: entitySet,
    price: entitySet,
    stock: entitySet,
    rate: entitySet,
    document: entitySet,
    documentLine: entitySet,
  },
};

function profile(config: ODataSettings): HttpProfile {
  const headers = config.version === 4 ? { 'odata-maxversion': '4.0' } : { maxdataserviceversion: '2.0' };
  return { baseUrl: config.url, login: loginOf(config), verdicts: ODATA_VERDICTS, headers, transport: transportOf(config) };
}

const serviceDocument = z.union([
  z.object({ value: z.array(z.unknown()) }).transform(({ value }) => value.length),
  z.object({ d: z.object({ EntitySets: z.array(z.unknown()) }) }).transform(({ d }) => d.EntitySets.length),
]);

/** The service document lists the entity sets; it says nothing about who may read them. */
async function check({ config, http }: Session<ODataSettings>): Promise<SystemInfo> {
  const { json } = await http.send({ path: odataPath(config.version, '', { also: config.query }) });
  const sets = serviceDocument.safeParse(json).data;
  const summary = `OData ${config.version} at ${new URL(config.url).host}: ${sets ?? 'an unknown number of'} entity sets`;
  const warnings = sets === undefined ? ['the root of the service lists no entity sets; see that `url` and `version` are right'] : [];
  return { summary, warnings };
}
