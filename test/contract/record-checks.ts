/** Records and what is made of them: ids, purity, archived ones, nonsense. */
import type { Draft } from '../../src/connector/contract.ts';
import { isEntityName } from '../../src/connector/entities.ts';
import { atOnce, orSay, sayError } from './at-once.ts';
import { deepFreeze, elsewhen } from './purity.ts';
import { mustTell } from './reading-checks.ts';
import { type Scene, withScene } from './scene.ts';
import { comparedFields } from './truth.ts';
import type { Check } from './types.ts';

const idsAreStable: Check = {
  name: 'gives every record one id of its own, the same whenever it is read',
  about: 'entity',
  run: (context) =>
    withScene(context, {}, async (scene) => {
      const first = await scene.pull();
      const findings = [...sharedIds(first.drafts), ...oddIds(scene, first.drafts)];
      const second = await scene.pull();
      const textOf = ({ externalId, values }: Draft) => `${externalId}: ${JSON.stringify(values)}`;
      const before = new Set(first.drafts.map(textOf));
      const other = second.drafts.filter((draft) => !before.has(textOf(draft)));
      if (other.length > 0)
        findings.push(`read again with nothing changed, ${other.length} records differ, such as ${other.slice(0, 1).map(textOf)}`);
      return findings;
    }),
};

/** Within one undisturbed reading each record comes once. */
function sharedIds(drafts: readonly Draft[]): string[] {
  const seen = new Map<string, number>();
  for (const { externalId } of drafts) seen.set(externalId, (seen.get(externalId) ?? 0) + 1);
  const shared = [...seen].filter(([, count]) => count > 1).map(([id, count]) => `${id} (${count} times)`);
  return shared.length === 0
    ? []
    : [`${shared.length} ids belong to several records of one reading, such as ${shared.slice(0, 3).join(', ')}`];
}

function oddIds({ connector }: Scene, drafts: readonly Draft[]): string[] {
  const ids = new Set(drafts.map(({ externalId }) => externalId));
  const folded = new Set([...ids].map((id) => id.trim().toLowerCase()));
  return connector.traits.keys === 'fold' && folded.size < ids.size
    ? [`it declares ids that differ only in case to be one (keys: fold), yet gave ${ids.size} ids of which ${folded.size} differ`]
    : [];
}

const mappingIsPure: Check = {
  name: 'maps without changing the record, twice the same, whatever the time, and back from quarantine',
  about: 'entity',
  run: (context) =>
    withScene(context, {}, async (scene) => {
      const { source } = scene;
      const raws = (await scene.pull()).pages.flatMap((page) => page.raws);
      const findings = new Set<string>();
      for (const raw of raws) {
        const before = JSON.stringify(raw);
        const once = orError(() => scene.mapper().toDraft(deepFreeze(raw)));
        const again = orError(() => scene.mapper().toDraft(raw));
        const later = elsewhen(() => orError(() => scene.mapper().toDraft(raw)));
        const revived = orError(() => scene.mapper().toDraft(source.revive(JSON.parse(JSON.stringify(source.payload(raw))), {})));
        if (JSON.stringify(raw) !== before) findings.add('mapping changes the record');
        if (once !== again) findings.add(`mapping a record twice gives two drafts: ${once} and ${again}`);
        if (once !== later) findings.add(`a record maps otherwise at another time: ${once} and ${later}`);
        if (once !== revived) findings.add(`a record out of quarantine maps otherwise: ${once} and ${revived}`);
        if (source.content(raw) !== source.content(JSON.parse(before))) findings.add('content differs although the record does not');
      }
      const contents = new Set(raws.map((raw) => source.content(raw)));
      if (contents.size < new Set(raws.map((raw) => JSON.stringify(raw))).size) findings.add('content is equal although records differ');
      return [...findings].slice(0, 5);
    }),
};

function orError(map: () => unknown): string {
  try {
    return JSON.stringify(map());
  } catch (error) {
    return `an error (${sayError(error)})`;
  }
}

const readsArchived: Check = {
  name: 'reads archived and blocked records too, and says so in their status',
  about: 'entity',
  applies: ({ entity }) => entity === 'account' || entity === 'contact',
  run: (context) =>
    withScene(context, {}, async (scene) => {
      const { world, entity } = scene;
      if (!comparedFields(scene).includes('status'))
        return ['status is not mapped (or ignored), so nobody learns that a record is archived'];
      const [first, second, third] = world.rows(entity).filter((row) => 'active' in row && row.active);
      if (!first || !second || !third || !isEntityName(entity)) return ['the world has too few rows'];
      const kind = entity === 'account' ? 'account' : 'contact';
      const before = await scene.pull();
      world.tick(60_000);
      world.archive(kind, first.id);
      world.archive(kind, second.id);
      if (kind === 'account') world.block('account', third.id);
      const ids = [first.id, second.id, third.id];
      const delta = await scene.pull({ cursor: before.cursor });
      const whole = await scene.pull();
      return [
        ...(await mustTell(scene, delta.held, ids.slice(0, kind === 'account' ? 3 : 2), 'a delta after rows were archived and blocked')),
        ...(await mustTell(scene, whole.held, ids, 'a full pull after rows were archived and blocked')),
      ];
    }),
};

const tellsGone: Check = {
  name: 'tells what was deleted, as it declares with `deletes: tombstones`',
  about: 'entity',
  applies: ({ connector }) => connector.traits.deletes === 'tombstones',
  run: (context) =>
    withScene(context, {}, async (scene) => {
      const { world, entity } = scene;
      const before = await scene.pull();
      world.tick(60_000);
      const added = world.rows(entity).find(({ id }) => entity !== 'account' || world.ofAccount('account', id).length === 0);
      world.remove(entity, added?.id ?? '');
      // A log of deletions may be kept by the minute, and tell the last ones the next time.
      world.tick(180_000);
      const after = await scene.pull({ cursor: before.cursor });
      const gone = after.gone.filter(({ externalId }) => before.held.has(externalId));
      return gone.length > 0 ? [] : ['a row was deleted, and the delta says of no record it knew that it is gone'];
    }),
};

/** Values no field of a record should be hurt by. */
const NONSENSE: readonly unknown[] = [
  null,
  undefined,
  '',
  'x'.repeat(5_000),
  '\u0000\u0007',
  -1,
  1e300,
  [],
  [[]],
  {},
  { toString: 'x' },
  true,
];

const mapsNonsense: Check = {
  name: 'makes problems of nonsense, never an error',
  about: 'entity',
  run: (context) =>
    withScene(context, {}, async (scene) => {
      const { source } = scene;
      const raw = (await scene.pull()).pages.flatMap(({ raws }) => raws)[0] as Record<string, unknown>;
      const spoiled = [
        ...Object.keys(raw).flatMap((key) => NONSENSE.map((value) => ({ ...raw, [key]: value }))),
        ...Object.keys(raw).map((key) => Object.fromEntries(Object.entries(raw).filter(([name]) => name !== key))),
        {},
      ];
      const mapper = scene.mapper();
      return atOnce(spoiled, 1, (record) =>
        orSay(`mapping ${JSON.stringify(record).slice(0, 200)}`, async () => {
          mapper.identify(record);
          const { draft, problems = [] } = mapper.toDraft(record);
          source.content(record);
          source.payload(record);
          // Where a record stands is asked only of what was readable as one.
          if (isReadable(() => source.revive(JSON.parse(JSON.stringify(record)), {}))) source.origin(record);
          return draft === undefined && problems.length === 0 ? ['a record gave neither draft nor problem'] : [];
        }),
      ).then((findings) => findings.slice(0, 5));
    }),
};

function isReadable(revive: () => unknown): boolean {
  try {
    revive();
    return true;
  } catch {
    return false;
  }
}

export const recordChecks: readonly Check[] = [idsAreStable, mappingIsPure, readsArchived, tellsGone, mapsNonsense];
