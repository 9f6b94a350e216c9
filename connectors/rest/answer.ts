/** What an answer of an unknown API holds, found where kontor.yaml says. */
import type { HttpAnswer } from '../../src/connector/http/types.ts';
import { pathReader } from '../../src/connector/mapping/paths.ts';
import { RetryLaterError } from '../../src/errors.ts';
import type { ReadOptions } from './read-options.ts';

export interface RestPage {
  /** Everything in the list, strange things included. */
  readonly list: readonly unknown[];
  /** Id of each, parts joined by a comma; `undefined` where there is none. */
  readonly ids: ReadonlyArray<string | undefined>;
  readonly total: number | undefined;
  readonly answer: Pick<HttpAnswer, 'json' | 'headers'>;
}

/** Throws ERP_ANSWER_UNUSABLE where there is no list: an error inside of a good answer, taken for an empty page, would lose records. */
export function pageOf(answer: RestPage['answer'], { path, records, id, total }: ReadOptions): RestPage {
  const list = records === undefined ? answer.json : pathReader(records)(answer.json);
  if (!Array.isArray(list)) {
    throw unusable(
      path,
      `holds no list ${records === undefined ? 'but something else' : `at "${records}"`}; correct \`records\` if it does so always`,
    );
  }
  const parts = id.map(pathReader);
  const told =
    total === undefined ? undefined : 'at' in total ? pathReader(total.at)(answer.json) : answer.headers[total.header.toLowerCase()];
  const count = typeof told === 'string' || typeof told === 'number' ? Number(told) : Number.NaN;
  return { list, ids: list.map((row) => idOf(row, parts)), total: Number.isInteger(count) ? count : undefined, answer };
}

export function unusable(path: string, why: string): RetryLaterError {
  return new RetryLaterError('ERP_ANSWER_UNUSABLE', `${path}: the answer ${why}; see with \`kontor check\` what stands in between`);
}

function idOf(row: unknown, parts: ReadonlyArray<(raw: unknown) => unknown>): string | undefined {
  const values = parts.map((part) => part(row));
  const isWhole = values.every((value) => (typeof value === 'string' && value !== '') || typeof value === 'number');
  return isWhole ? values.map(String).join(',') : undefined;
}
