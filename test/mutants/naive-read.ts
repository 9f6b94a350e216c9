/** How a reader of accounts is written in a hurry: a cursor of its own, no overlap. With all habits good it still finds no late commits. */
import { z } from 'zod';
import { list } from '../../connectors/_template/records.ts';
import type { TemplateSettings } from '../../connectors/_template/settings.ts';
import type { AnySource, Page, Session } from '../../src/connector/contract.ts';

export interface Habits {
  /** `>`: what has the very stamp of the cursor is passed over. */
  readonly operator?: '>';
  /** `now`: the next delta begins where our clock stood, not where the records did. */
  readonly cursorTo?: 'now';
  /** `stamp`: a page goes on behind the last stamp, and equal stamps behind a full page are passed over. */
  readonly keyset?: 'stamp';
}

const cursorShape = z.object({ since: z.string().nullable(), seen: z.string().nullable(), next: z.string().nullable() });
const stamped = z.looseObject({ id: z.string(), changedAt: z.string() });

export function naiveRead({ operator, cursorTo, keyset }: Habits): AnySource['read'] {
  return async function* read(session: Session<TemplateSettings>, _: unknown, given: unknown): AsyncGenerator<Page<unknown>> {
    let cursor = given === null ? { since: null, seen: null, next: null } : cursorShape.parse(given);
    const startedAt = session.now().toISOString();
    for (;;) {
      const from = keyset === 'stamp' && cursor.next !== null ? justAfter(cursor.next) : cursor.since;
      const { json } = await session.http.send({
        path: '/customers',
        query: {
          archived: 'true',
          changedSince: (operator === '>' && from !== null && from === cursor.since ? justAfter(from) : from) ?? undefined,
          order: keyset,
          afterId: keyset === 'stamp' ? undefined : (cursor.next ?? undefined),
          limit: session.config.pageSize,
        },
      });
      const { items, more } = list.parse(json);
      const known = items.map((item) => stamped.parse(item));
      const seen = known.reduce((latest, { changedAt }) => (changedAt > latest ? changedAt : latest), cursor.seen ?? '');
      const next = more ? ((keyset === 'stamp' ? known.at(-1)?.changedAt : known.at(-1)?.id) ?? null) : null;
      const since = cursorTo === 'now' ? startedAt : seen === '' ? cursor.since : seen;
      cursor = next === null ? { since, seen: null, next: null } : { since: cursor.since, seen, next };
      yield { records: items, cursor };
      if (next === null) return;
    }
  };
}

function justAfter(stamp: string): string {
  return new Date(Date.parse(stamp) + 1).toISOString();
}
