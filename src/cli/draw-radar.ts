/** The radar, grouped by what stands still, with the cure of each. */
import { RADAR_KINDS, type Radar, type RadarItem, type RadarKind } from '../store/views/radar.ts';
import { formatCount, formatInstant } from './format.ts';
import { plain, type Terminal } from './terminal.ts';

const TITLES: Readonly<Record<RadarKind, readonly [one: string, several: string]>> = {
  nobody: ['step that nobody may decide', 'steps that nobody may decide'],
  waited: ['step that waited beyond its ladder', 'steps that waited beyond their ladder'],
  handoff: ['hand-off that stands still', 'hand-offs that stand still'],
  notice: ['notice that could not be sent', 'notices that could not be sent'],
  budget: ['budget or calendar that needs somebody', 'budgets or calendars that need somebody'],
};

export function* drawRadar({ counts, items }: Radar, terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  if (items.length === 0) {
    yield 'nothing stands still';
    return;
  }
  for (const kind of RADAR_KINDS) {
    const group = items.filter((item) => item.kind === kind);
    if (group.length === 0) continue;
    const more = counts[kind] > group.length ? `, the oldest ${formatCount(group.length)} of them here` : '';
    yield paint.bold(`${formatCount(counts[kind])} ${TITLES[kind][counts[kind] === 1 ? 0 : 1]}${more}`);
    for (const item of group) yield* drawItem(item, terminal);
    yield '';
  }
}

function* drawItem({ externalKey, account, what, state, reason, since, cure }: RadarItem, { paint }: Terminal): Generator<string> {
  const names = [externalKey, account, what].filter((name) => name !== null).map(plain);
  yield `  ${names.join(', ')} ${paint.dim(`(${plain(state)}, since ${formatInstant(since)})`)}`;
  yield `    ${plain(reason)}`;
  yield `    ${paint.dim(`-> ${plain(cure)}`)}`;
}
