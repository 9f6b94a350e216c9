/** The order of a run: without a former one, vitest takes the largest files first, and one that is small and takes minutes may begin as the last. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They start programs, servers and compilers, or go through a year. */
const LONGEST = [
  'test/cli/command-line.test.ts',
  'test/chaos/selection.test.ts',
  'test/connectors/new-connector.test.ts',
  'test/connectors/odata.test.ts',
  'test/demo.test.ts',
  'test/flows/escalation-year.test.ts',
  'test/flows/killed-pull.test.ts',
  'test/flows/known-lines.test.ts',
  'test/flows/pull.test.ts',
  'test/mutants/mutants.test.ts',
  'test/packaging.test.ts',
  'test/store/embedded.test.ts',
];

const isLong = ({ moduleId }: TestSpecification): boolean => LONGEST.some((file) => moduleId.endsWith(file));

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
