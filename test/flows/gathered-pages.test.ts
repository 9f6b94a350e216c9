import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadsheet } from '../../connectors/spreadsheet/index.ts';
import { makeHeader } from '../../src/connector/tabular/header.ts';
import { Row } from '../../src/connector/tabular/row.ts';
import type { RenderedPage } from '../../src/sync/open-page.ts';
import { stagerFor } from '../../src/sync/reading.ts';

const header = makeHeader('customers.csv', undefined, ['No', 'Name']);
const request = {
  entity: 'account' as const,
  mapping: { externalId: 'No', name: 'Name' },
  formats: { decimal: '.' as const, group: ',' as const, date: 'yyyy-MM-dd', zone: 'UTC' },
};

const kinds = fc.constantFrom('new', 'maybe held', 'without a name', 'without a key');

function record(kind: string, at: number): Row {
  return Row.of(header, [kind === 'without a key' ? '' : `C${at}`, kind === 'without a name' ? '' : `${kind} ${at}`], at + 2);
}

/** Rows of the stage by their number. */
function rowsOf({ drafts, bad }: RenderedPage): Array<[seq: number, row: string]> {
  const lines = [drafts, bad].flatMap((bytes) => Buffer.from(bytes).toString().split('\n').filter(Boolean));
  return lines.map((line) => [Number(line.split('\t')[0]), line.slice(line.indexOf('\t'))]);
}

function stageAll(pages: readonly (readonly Row[])[], gather: number, isNew: (digest: string) => boolean = () => false) {
  // Keys of spreadsheets are folded to small letters.
  const stager = stagerFor(spreadsheet, { ...request, firstSeq: 7 }, gather);
  const staged = [...pages.flatMap((records, at) => stager.add({ records, cursor: at }, isNew)), ...stager.end()];
  const keyOf = new Map<string, string>();
  const rows = staged.flatMap(({ held, rendered }) => {
    const { prepared } = held;
    const keys = prepared.keys.split('\u001f');
    if (prepared.keys !== '') for (const [at, digest] of prepared.digests.split(',').entries()) keyOf.set(digest, keys[at] ?? '');
    const made = rowsOf(rendered ?? stager.render(held, held.keyed.keys()));
    for (const [seq, row] of made)
      if (!rendered && seq < prepared.firstSeq + prepared.keyed) expect(row).toContain(`\t${keys[seq - prepared.firstSeq]}\t`);
    return made;
  });
  return {
    keyOf,
    sizes: staged.map(({ held }) => held.prepared.size),
    cursors: staged.map(({ held }) => held.prepared.cursor),
    numbers: rows.map(([seq]) => seq).sort((a, b) => a - b),
    rows: rows.map(([, row]) => row).sort(),
  };
}

describe('pages that are gathered for the stage', () => {
  it('hold the same rows however the records were cut, each under a number of its own without a gap', () => {
    fc.assert(
      fc.property(fc.array(fc.array(kinds, { maxLength: 6 }), { minLength: 1, maxLength: 12 }), fc.nat(20), (cut, gather) => {
        let at = 0;
        const kindOf = new Map<string, string>();
        const pages = cut.map((page) =>
          page.map((kind) => {
            kindOf.set(`c${at}`, kind);
            return record(kind, at++);
          }),
        );
        const alone = stageAll([pages.flat()], 0);
        const gathered = stageAll(pages, gather, (digest) => kindOf.get(alone.keyOf.get(digest) ?? '') !== 'maybe held');
        expect(gathered.rows).toEqual(alone.rows);
        expect(gathered.numbers).toEqual(Array.from({ length: at }, (_, n) => 7 + n));
        expect(gathered.cursors.at(-1)).toBe(pages.length - 1);
      }),
    );
  });

  it('wait for others until they are many enough', () => {
    const pages = Array.from({ length: 10 }, (_, page) => [record('new', 2 * page), record('new', 2 * page + 1)]);
    expect(stageAll(pages, 6, () => true)).toMatchObject({ sizes: [6, 6, 6, 2], cursors: [2, 5, 8, 9] });
    expect(stageAll(pages, 0).sizes).toEqual(Array.from({ length: 10 }, () => 2));
  });

  it('end where a record comes that may be held: what is new before it is rendered already', () => {
    const pages = ['new', 'new', 'maybe held', 'new'].map((kind, at) => [record(kind, at)]);
    const { keyOf } = stageAll(pages, 0);
    expect(stageAll(pages, 100, (digest) => keyOf.get(digest) !== 'c2').sizes).toEqual([2, 2]);
  });
});
