import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RowMemory } from '../../src/sync/row-memory.ts';

const texts = fc.array(fc.string({ unit: 'binary', maxLength: 40 }));

it('writes texts as UTF-8 one after the other, whatever stood in the memory before', () => {
  fc.assert(
    fc.property(texts, texts, (first, second) => {
      const memory = new RowMemory();
      for (const rows of [first, second]) {
        const writer = memory.open();
        for (const row of rows) writer.add(row);
        const written = writer.end();
        expect(Buffer.from(written).toString('hex')).toBe(Buffer.from(rows.join('')).toString('hex'));
        memory.reuse(written.buffer);
      }
    }),
  );
});

it('grows with what is written', () => {
  const writer = new RowMemory().open();
  const row = 'Müller & Söhne, Wien € 5\n'.repeat(1_000);
  for (let n = 0; n < 40; n++) writer.add(row);
  expect(Buffer.from(writer.end()).toString()).toBe(row.repeat(40));
});

it('uses memory again, but not that of an unusually large page, and not while another writer has it', () => {
  const memory = new RowMemory();
  const write = (text: string) => {
    const writer = memory.open();
    writer.add(text);
    return writer.end().buffer;
  };
  const [one, other] = [write('a'), write('b')];
  expect(other).not.toBe(one);
  memory.reuse(one);
  expect(write('c')).toBe(one);
  const large = write('x'.repeat(4 * 1024 * 1024));
  memory.reuse(large);
  expect(write('d')).not.toBe(large);
});
