/** Nothing is missed: not on any page, not after any resumption, not when users work meanwhile. */
import type { Draft } from '../../src/connector/contract.ts';
import { atOnce } from './at-once.ts';
import { change, insert, removable, rowAt, rowsOf } from './changes.ts';
import { heldAfter, pull } from './pull.ts';
import { type Scene, sourceOf, withScene } from './scene.ts';
import { accountNames, compare, differences, toldBy, truth, truthOf } from './truth.ts';
import type { Check } from './types.ts';

const readsAll: Check = {
  name: 'reads everything, on several pages, with nothing bad among it',
  about: 'entity',
  run: (context) =>
    withScene(context, {}, async (scene) => {
      const pulled = await scene.pull();
      const findings = await compare(scene, pulled.held, 'after a full pull');
      if (pulled.pages.length < 2)
        findings.push('the simulator gave one page only, which proves nothing: its pages must be small (`settings` of the stage)');
      if (pulled.bad.length > 0) findings.push(`${pulled.bad.length} problems in good records, such as: ${pulled.bad[0]?.reason}`);
      return findings;
    }),
};

const resumes: Check = {
  name: 'misses nothing when it is resumed after any page',
  about: 'entity',
  run: (context) =>
    withScene(context, {}, async (scene) => {
      const whole = await scene.pull();
      const names = await accountNames(scene);
      const wanted = truth(scene);
      return atOnce([...whole.pages.keys()], 1, async (turn) => {
        const before = whole.pages.slice(0, turn + 1);
        const rest = await scene.pull({ cursor: before.at(-1)?.cursor ?? null });
        const held = heldAfter(...before, rest);
        return differences(wanted, toldBy(scene, held.values(), names), `resumed after page ${turn + 1} of ${whole.pages.length}`);
      });
    }),
};

const survivesWork: Check = {
  name: 'misses nothing when users insert, change and remove between any two pages',
  about: 'entity',
  async run(context) {
    const pages = await withScene(context, {}, async (scene) => (await scene.pull()).pages.length);
    return atOnce([...Array(pages).keys()], 4, (turn) => withScene(context, {}, (scene) => playWork(scene, turn)));
  },
};

async function playWork(scene: Scene, turn: number): Promise<string[]> {
  const { world, entity } = scene;
  const work = () => {
    world.tick(1_500);
    insert(scene, `a${turn}`);
    const rows = rowsOf(scene);
    for (const [place, row] of [rows[0], rows[Math.floor(rows.length / 2)], rows.at(-2)].entries())
      if (row) change(scene, row.id, `b${turn}-${place}`);
    const gone = removable(scene, 2);
    if (gone) world.remove(entity, gone.id);
    world.tick(1_500);
  };
  const first = await pull({
    source: sourceOf(scene, entity),
    mapper: scene.mapper(),
    session: scene.session,
    options: scene.readOptions(),
    cursor: null,
    afterPage: (_, at) => {
      if (at === turn) work();
    },
  });
  world.tick(1_500);
  const second = await scene.pull({ cursor: first.cursor });
  const names = await accountNames(scene);
  const told = toldBy(scene, heldAfter(first, second).values(), names);
  // Whatever was removed may still be held: that a record has gone is another trait. So only what is missing counts.
  return differences(truth(scene), told, `after work between pages ${turn + 1} and ${turn + 2}, and a delta`).filter((finding) =>
    finding.includes('missing'),
  );
}

const seesChanges: Check = {
  name: 'sees in a delta what was changed and inserted since',
  about: 'entity',
  run: (context) =>
    withScene(context, {}, async (scene) => {
      const first = await scene.pull();
      scene.world.tick(60_000);
      const changed = change(scene, rowAt(scene, 1).id, 'delta');
      const inserted = insert(scene, 'delta');
      scene.world.tick(60_000);
      const second = await scene.pull({ cursor: first.cursor });
      const findings = await mustTell(scene, second.held, [changed.id, inserted.id], 'a delta');
      return [...findings, ...(await compare(scene, heldAfter(first, second), 'after a delta'))];
    }),
};

const seesInstant: Check = {
  name: 'sees a change at the very instant of the cursor, and within the grain of its stamps',
  about: 'entity',
  run: (context) =>
    atOnce([0, 1, 300], 3, (laterMs) =>
      withScene(context, {}, async (scene) => {
        const { world } = scene;
        change(scene, rowAt(scene, 0).id, 'before');
        const first = await scene.pull();
        world.tick(laterMs);
        const changed = [change(scene, rowAt(scene, 0).id, 'at'), insert(scene, 'at')];
        world.tick(5_000);
        const second = await scene.pull({ cursor: first.cursor });
        return mustTell(
          scene,
          second.held,
          changed.map(({ id }) => id),
          `a change ${laterMs} ms after the newest stamp of a pull`,
        );
      }),
    ),
};

const seesEqualStamps: Check = {
  name: 'reads more equal stamps than a page holds, in full and in a delta',
  about: 'entity',
  run: (context) =>
    withScene(context, { bulk: context.stage.accounts ?? 14 }, async (scene) => {
      const first = await scene.pull();
      const findings = await compare(scene, first.held, 'after a full pull of equal stamps');
      scene.world.tick(60_000);
      const ids = rowsOf(scene).slice(0, 9).map(({ id }) => id); // biome-ignore format: one chain
      for (const [turn, id] of ids.entries()) change(scene, id, `equal-${turn}`);
      const second = await scene.pull({ cursor: first.cursor });
      return [...findings, ...(await mustTell(scene, second.held, ids, 'a delta of equal stamps'))];
    }),
};

const seesChildren: Check = {
  name: 'sees a changed record although its account was not touched',
  about: 'entity',
  applies: ({ entity }) => entity === 'contact' || entity === 'address',
  run: (context) =>
    withScene(context, {}, async (scene) => {
      let held = await scene.pull();
      // Far enough for no overlap to read the whole account again.
      for (let turn = 0; turn < 2; turn += 1) {
        scene.world.tick(40 * 86_400_000);
        insert(scene, `far-${turn}`);
        held = await scene.pull({ cursor: held.cursor });
      }
      scene.world.tick(60_000);
      const changed = change(scene, rowAt(scene, 0).id, 'child');
      const delta = await scene.pull({ cursor: held.cursor });
      return mustTell(scene, delta.held, [changed.id], 'a delta after only a child was changed');
    }),
};

/** All records of these rows must be among what was told. */
export async function mustTell(scene: Scene, held: ReadonlyMap<string, Draft>, ids: readonly string[], when: string): Promise<string[]> {
  const told = toldBy(scene, held.values(), await accountNames(scene));
  const wanted = ids.flatMap((id) => {
    const row = rowsOf(scene).find((one) => one.id === id);
    return row ? truthOf(scene, row) : [];
  });
  return differences(wanted, told, when).filter((finding) => finding.includes('missing'));
}

export const readingChecks: readonly Check[] = [readsAll, resumes, survivesWork, seesChanges, seesInstant, seesEqualStamps, seesChildren];
