/** A file with rules; whatever is wrong is told with its line. */
import { type PolicyDocument, policySchema } from '../domain/policy/schema.ts';
import { type CheckedFile, readCheckedFile } from './read-checked-file.ts';

export type RulesFile = CheckedFile<PolicyDocument>;

/** Throws RULES_INVALID with every problem, or USAGE if there is no such file. */
export function readRules(file: string, cwd: string): Promise<RulesFile> {
  return readCheckedFile(file, cwd, { schema: policySchema, code: 'RULES_INVALID' });
}
