/** The connector at a glance. It speaks to a small system that does not exist, and is tested like those that do. */
import { z } from 'zod';
import type { Connector, Session, SystemInfo } from '../../src/connector/contract.ts';
import { transportOf } from '../../src/connector/http/settings.ts';
import type { Http, HttpProfile } from '../../src/connector/http/types.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { orders } from './orders.ts';
import { sources } from './read.ts';
import { type TemplateSettings, templateSettings } from './settings.ts';
import { verdicts } from './verdicts.ts';

export const template: Connector<TemplateSettings> = {
  name: 'template',
  summary: 'a small system that does not exist, to copy from',
  config: templateSettings,
  traits: { keys: 'exact', offMainThread: false, deletes: 'archived-flag', delta: 'changes' },
  http: profile,
  check,
  sources,
  orders,
};

function profile(config: TemplateSettings): HttpProfile {
  return { baseUrl: config.url, login: { kind: 'session', open: (http) => logIn(http, config) }, verdicts, transport: transportOf(config) };
}

const opened = z.object({ token: z.string() });

/** A log-in changes nothing there, so it may be repeated. */
async function logIn(http: Http, { user, password }: TemplateSettings): Promise<{ headers: Record<string, string> }> {
  const { json } = await http.send({ method: 'POST', path: '/session', json: { user, password }, effect: 'read' });
  return { headers: { authorization: `Bearer ${shaped(opened, json, '/session').token}` } };
}

const about = z.object({ name: z.string(), version: z.string(), rights: z.record(z.string(), z.boolean()) });

async function check(session: Session<TemplateSettings>): Promise<SystemInfo> {
  const { json } = await session.http.send({ path: '/about' });
  const { name, version, rights } = shaped(about, json, '/about');
  const permissions = Object.entries(rights).map(([right, granted]) => ({ name: right, granted }));
  const missing = permissions.filter(({ granted }) => !granted);
  return {
    summary: `${name} ${version}`,
    warnings: missing.map((right) => `the user may not "${right.name}"; grant it there, or leave out what needs it`),
    permissions,
  };
}
