/** Reading with records known by their lines, against reading without: whatever the file, both tell the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KnownContents } from '../../src/connector/session.ts';
import { type CsvOptions, openRecords } from '../../src/connector/tabular/csv.ts';
import { KnownLines } from '../../src/connector/tabular/known-lines.ts';
import { TableLayout } from '../../src/connector/tabular/table-layout.ts';

const OPTIONS: CsvOptions = {
  header: ['No', 'Name'],
  ragged: 'reject',
  allowEmpty: true,
  encoding: 'utf-8',
  delimiter: ',',
  quote: '"',
  comment: null,
  strayQuotes: 'reject',
};

/** A digest of these tests is the content itself. */
function knowing(contents: ReadonlySet<string>): KnownContents {
  return (start) => (bytes, from, to) => {
    const content = start + bytes.toString('utf8', from, to);
    return contents.has(content) ? content : undefined;
  };
}

interface Told {
  /** Row and content of every good row, parsed or known. */
  rows: [number, string][];
  unreadable: unknown[];
  failure: string | undefined;
  skipped: number;
}

/** Feeds the text in chunks that end at these places. */
async function read(
  text: string,
  options: CsvOptions,
  cuts: readonly number[],
  known: KnownContents | null,
  maxLineBytes = 200,
): Promise<Told> {
  const layout = new TableLayout(options, { file: 'f.csv', shortIsBroken: true, after: 0 });
  const bytes = Buffer.from(text);
  const reader = openRecords(layout, options, { maxRows: 1e6, maxLineBytes }, bytes, true);
  const lines = known && reader.keepsSource ? new KnownLines(reader, layout, known, maxLineBytes) : undefined;
  let failure: string | undefined;
  try {
    const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
    let from = 0;
    for (const to of [...ends, bytes.length]) {
      if (to > from) await (lines ?? reader).feed(Buffer.from(bytes.subarray(from, to)));
      from = to;
    }
    await reader.feed(lines?.takeRest() ?? Buffer.alloc(0));
    await reader.finish();
    layout.end();
  } catch (error) {
    failure = (error as { code?: string }).code ?? String(error);
  }
  const { rows, unreadable, known: skipped } = layout.take();
  const all = [...rows.map((row) => [row.row, row.content]), ...skipped.map(({ row, digest }) => [row, digest])] as [number, string][];
  return { rows: all.sort(([a], [b]) => a - b), unreadable, failure, skipped: skipped.length };
}

const contentsOf = ({ rows }: Told) => new Set(rows.map(([, content]) => content));

const LINES = [
  'C1,a\n', 'C1,b\n', 'c1,a\n', 'C1,a\r\n', 'C2,"x"\n', '"C2","x"\n', 'C2,"x, y"\r\n', 'C3,"q""q"\n', 'C3,"""q"\n', 'C4,é€😀\n',
  // cells that hold what looks like a record
  'C5,"x\nC1,a\ny"\n', 'C5,"\nC2,""x""\n"\n', '"C1,a\n",b\n', 'C6,"a\r\nC1,b\r\n"\n',
  // blank, ragged, broken
  '\n', '\r\n', ' \n', ',\n', '""\n', 'C7\n', 'C7,a,\n', 'C7,a,b\n', 'C8,a"b\n', 'C8,"a"b\n', 'C8,"a" \n', '"C9\n', 'C9,"\n', `C10,${'l'.repeat(300)}\n`,
] as const; // biome-ignore format: a table
const SCRAPS = ['"', '""', ',', '\r', '\n', 'a', ' ', 'C1', 'C1,a', '\n"', '"\n', '",', '\r\r\n'] as const;

const text = fc
  .array(fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...LINES) }, { weight: 2, arbitrary: fc.constantFrom(...SCRAPS) }), {
    maxLength: 90,
  })
  .map((pieces) => pieces.join(''));
const options = fc.record({
  ragged: fc.constantFrom('reject', 'tolerate'),
  strayQuotes: fc.constantFrom('reject', 'keep'),
  quote: fc.constantFrom('"', null),
  header: fc.constantFrom<CsvOptions['header']>(['No', 'Name'], ['No', 'Name', ''], 1),
});
const cuts = fc.array(fc.nat(3_000), { maxLength: 12 });

describe('known lines', () => {
  it('tell the same rows, row numbers, bad rows and failures as parsing every line, whatever the file and however it is cut', async () => {
    let skipped = 0;
    await fc.assert(
      fc.asyncProperty(text, text, options, cuts, cuts, async (before, after, chosen, someCuts, otherCuts) => {
        const ways = { ...OPTIONS, ...chosen };
        const common = 'C1,a\nC2,"x"\n'.repeat(chosen.header === 1 ? 30 : 0);
        const earlier = await read(`${common}${before}`, ways, someCuts, null);
        const plain = await read(`${common}${after}`, ways, [], null);
        const known = await read(`${common}${after}`, ways, otherCuts, knowing(contentsOf(earlier)));
        skipped += known.skipped;
        expect({ ...known, skipped: 0 }).toEqual(plain);
        // Known or not, and wherever the file is cut, a record keeps the digest it is known by.
        expect(await read(`${common}${after}`, ways, otherCuts, null)).toEqual(plain);
        expect(await read(`${common}${after}`, ways, otherCuts, knowing(new Set()))).toEqual(plain);
      }),
      { numRuns: 1_500 },
    );
    expect(skipped).toBeGreaterThan(1_000);
  });

  it('keep their text where a piece of the file ends within, at or just behind their end, also after a record that is broken', async () => {
    const file = '""C9\nC1,a\nC2,"x, y"\r\n\r\nC1,b\n\n';
    const whole = await read(file, OPTIONS, [], null);
    expect(whole).toMatchObject({ rows: [[2, expect.stringMatching(/C1,a$/)], [3, expect.stringMatching(/C2,"x, y"$/)], [5, expect.stringMatching(/C1,b$/)]] }); // biome-ignore format: one look
    for (let cut = 1; cut < file.length; cut++) expect(await read(file, OPTIONS, [cut], null), `cut at ${cut}`).toEqual(whole);
  });

  it('stay the same with another line end, or with none at the end of the file', async () => {
    const [unix, windows, open] = await Promise.all(
      ['C1,a\nC2,b\n', 'C1,a\r\nC2,b\r\n', 'C1,a\nC2,b'].map((file) => read(file, OPTIONS, [], null)),
    );
    expect(windows).toEqual(unix);
    expect(open).toEqual(unix);
  });

  it('are no way around the limit on the length of a line', async () => {
    const file = `C1,${'l'.repeat(300)}\nC2,b\n`;
    const known = knowing(contentsOf(await read(file, OPTIONS, [], null, 1_000)));
    expect(await read(file, OPTIONS, [], known, 1_000)).toMatchObject({ failure: undefined, skipped: 1 });
    expect(await read(file, OPTIONS, [], known, 200)).toMatchObject({ failure: 'CSV_MAX_RECORD_SIZE', rows: [] });
  });

  it('differ where the same text would become other cells, or none', async () => {
    const file = 'C1,a\n'.repeat(3);
    const known = knowing(contentsOf(await read(file, OPTIONS, [], null)));
    const ways: Partial<CsvOptions>[] = [
      { header: ['Name', 'No'] },
      { header: ['No', 'Name', ''] },
      { ragged: 'tolerate' },
      { quote: null },
      { quote: "'" },
      { delimiter: ';' },
      { strayQuotes: 'keep' },
      { comment: '#' },
    ];
    expect((await read(file, OPTIONS, [], known)).skipped).toBe(2);
    for (const way of ways) expect((await read(file, { ...OPTIONS, ...way }, [], known)).skipped).toBe(0);
  });
});
