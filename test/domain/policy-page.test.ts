import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/config/yaml-document.ts';
import { policySchema } from '../../src/domain/policy/schema.ts';
import { TRIGGER_NAMES } from '../../src/domain/policy/triggers/index.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/approvals.md'), 'utf8');

describe('the page about approvals', () => {
  it('shows rules that can be put as they stand', () => {
    const example = /^```yaml\n(.*?)^```/ms.exec(page)?.[1] ?? '';
    const document = policySchema.parse(parseYaml('example.yaml', example).value);
    expect(document.rules.map(({ effect }) => effect)).toEqual(['require', 'require', 'deny', 'bypass']);
  });

  it('shows a clock that can be put as it stands', () => {
    const example = /## The clock.*?^```yaml\n(.*?)^```/ms.exec(page)?.[1] ?? '';
    const [rule] = policySchema.parse(parseYaml('example.yaml', example).value).rules;
    expect(rule?.stages[0]?.ladder?.map(({ kind }) => kind)).toEqual(['add_superior', 'replace', 'fallback', 'list']);
  });

  it('has every trigger in its table', () => {
    const table = page.split('## Triggers')[1]?.split('\n\nNumbers compare')[0] ?? '';
    const named = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(named.filter((name) => name !== 'when').sort()).toEqual([...TRIGGER_NAMES].sort());
  });
});
