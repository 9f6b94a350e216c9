/** Starts what tests need, then every real system this machine can have; says loudly at the end which ones were not tried. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import setupServices from '../support/global-setup.ts';
import { type Started, say } from './peer.ts';
import { peers } from './peers.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const provided: Record<string, unknown> = {};
  const stopServices = await setupServices({
    ...project,
    provide: (name: string, value: unknown) => {
      provided[name] = value;
      project.provide(name as 'adminUrl', value as string);
    },
  } as unknown as TestProject);
  const folder = await mkdtemp(path.join(tmpdir(), 'kontor-erp-'));
  const running: Array<Started & { name: string }> = [];
  const skipped: string[] = [];
  const only = process.env.ERP_ONLY?.split(',');
  const stop = async (): Promise<void> => {
    for (const peer of running.toReversed()) await peer.stop();
    await rm(folder, { recursive: true, force: true });
    await stopServices();
    for (const line of skipped) say(`\nSKIPPED, NOTHING WAS TRIED AGAINST IT: ${line}`);
    say(`\nReal systems: tried ${running.map(({ name }) => name).join(', ') || 'NONE'}; skipped ${skipped.length}.`);
  };
  try {
    for (const peer of peers) {
      if (only && !only.includes(peer.name)) {
        skipped.push(`${peer.name}: left out by ERP_ONLY=${process.env.ERP_ONLY}`);
        continue;
      }
      const own = path.join(folder, peer.name);
      await mkdir(own, { mode: 0o755 });
      say(`\n${peer.name}: starting the real system`);
      const started = await peer.start({ folder: own, adminUrl: String(provided.adminUrl) });
      if ('skipped' in started) skipped.push(`${peer.name}: ${started.skipped}`);
      else running.push({ ...started, name: peer.name });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide('peers', Object.fromEntries(running.map(({ name, told }) => [name, told])));
  return stop;
}
