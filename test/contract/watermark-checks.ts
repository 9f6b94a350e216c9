/** What a source says of its stamps is true: how late rows appear, how fine they are, and that a delta is one. */
import { instantOf } from '../../src/certify/stamp.ts';
import type { Watermark } from '../../src/connector/contract.ts';
import { lagOf } from '../../src/connector/watermark.ts';
import { atOnce } from './at-once.ts';
import { change, insert, newValues, patchFor, rowAt, rowsOf } from './changes.ts';
import { mustTell } from './reading-checks.ts';
import { type Scene, sourceOf, withScene } from './scene.ts';
import type { Check, CheckContext } from './types.ts';

/** Where transactions stamp with their begin, rows are late by their length; nobody can promise less than this. */
const LEAST_LAG_MS = 30_000;

function watermarkOf(context: CheckContext): Watermark | undefined {
  return sourceOf(context, context.entity).watermark;
}

const isStamped = (context: CheckContext): boolean => watermarkOf(context) !== undefined;

const findsLate: Check = {
  name: 'finds what becomes visible behind the watermark, within the commit lag it declares',
  about: 'entity',
  applies: isStamped,
  async run(context) {
    const { stamped, commitLagMs } = watermarkOf(context) as Watermark;
    const findings: string[] = [];
    if (stamped !== 'row' && commitLagMs < LEAST_LAG_MS)
      findings.push(`it declares a commit lag of ${commitLagMs} ms, yet its stamps (${stamped}) may be those of a transaction's begin`);
    const lateByMs = stamped === 'row' ? commitLagMs : Math.max(commitLagMs, LEAST_LAG_MS);
    const found = await atOnce([Math.floor(lateByMs / 2), Math.max(0, lateByMs - 1)], 2, (lateMs) =>
      withScene(context, {}, async (scene) => playLate(scene, lateMs)),
    );
    return [...findings, ...found];
  },
};

async function playLate(scene: Scene, lateMs: number): Promise<string[]> {
  const { world, entity } = scene;
  const before = await scene.pull();
  world.tick(3_600_000);
  const target = rowAt(scene, 2).id;
  const late = [world.commitLate(entity, newValues(scene, 'late')), world.changeLate(entity, target, patchFor(scene, 'late-change'))];
  world.tick(lateMs);
  insert(scene, 'punctual');
  const between = await scene.pull({ cursor: before.cursor });
  for (const { commit } of late) commit();
  world.tick(1_000);
  const after = await scene.pull({ cursor: between.cursor });
  return mustTell(
    scene,
    after.held,
    late.map(({ id }) => id),
    `rows committed ${lateMs} ms after their stamp`,
  );
}

const toleratesClocks: Check = {
  name: 'sees changes in a delta although its clock is not ours',
  about: 'entity',
  run: (context) =>
    atOnce([-600_000, 600_000], 2, (clockSkewMs) =>
      withScene(context, { world: { clockSkewMs } }, async (scene) => {
        const first = await scene.pull();
        scene.world.tick(60_000);
        const changed = [change(scene, rowAt(scene, 1).id, 'skew'), insert(scene, 'skew')];
        const second = await scene.pull({ cursor: first.cursor });
        return mustTell(
          scene,
          second.held,
          changed.map(({ id }) => id),
          `a delta from a system whose clock is ${clockSkewMs / 60_000} minutes from ours`,
        );
      }),
    ),
};

const deltaIsSmall: Check = {
  name: 'reads in a delta only what is new, once its overlap is over',
  about: 'entity',
  applies: isStamped,
  run: (context) =>
    withScene(context, {}, async (scene) => {
      const { world } = scene;
      const beyondMs = lagOf(watermarkOf(context) as Watermark) + 2 * 86_400_000;
      let { cursor } = await scene.pull();
      for (let turn = 0; turn < 2; turn += 1) {
        world.tick(beyondMs);
        change(scene, rowAt(scene, 0).id, `small-${turn}`);
        ({ cursor } = await scene.pull({ cursor }));
      }
      const delta = await scene.pull({ cursor });
      const most = Math.ceil(rowsOf(scene).length / 2);
      return delta.drafts.length <= most
        ? []
        : [`a delta in which nothing is new gave ${delta.drafts.length} records of ${rowsOf(scene).length}`];
    }),
};

const precisionIsTrue: Check = {
  name: 'declares stamps no finer than they are',
  about: 'entity',
  applies: isStamped,
  run: (context) =>
    withScene(context, { bulk: 0, accounts: Math.max(20, context.stage.accounts ?? 0) }, async (scene) => {
      const { field, precisionMs } = watermarkOf(context) as Watermark;
      // Seeded lists and stock share a stamp; these do not.
      for (let turn = 0; turn < 12; turn += 1) {
        scene.world.tick(61_777 + turn * 1_013);
        insert(scene, `grain-${turn}`);
      }
      const { pages } = await scene.pull();
      const stamps = pages.flatMap(({ raws }) => raws.flatMap((raw) => instantOf(scene.source.access(raw).at(field)?.(raw)) ?? []));
      const grain = stamps.length < 12 ? 0 : ([86_400_000, 60_000, 1_000, 10].find((ms) => stamps.every((at) => at % ms === 0)) ?? 1);
      return grain > precisionMs ? [`${field} shows whole steps of ${grain} ms, yet a precision of ${precisionMs} ms is declared`] : [];
    }),
};

export const watermarkChecks: readonly Check[] = [findsLate, toleratesClocks, deltaIsSmall, precisionIsTrue];
