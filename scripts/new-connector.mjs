#!/usr/bin/env node
// npm run new:connector NAME: copies the template connector with its simulator and its test, and enters it where connectors are listed.
// The copy passes the suite before a line of it is changed; connectors/README.md tells how to go on.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name = ''] = process.argv.slice(2);

function refuse(message) {
  process.stderr.write(`new:connector: ${message}\n`);
  process.exit(1);
}

if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name === 'template')
  refuse('name it in small letters, digits and hyphens, as in `npm run new:connector acme-erp`');
if (existsSync(join(root, 'connectors', name))) refuse(`connectors/${name} is there already`);

const pascal = name.replace(/(^|-)([a-z0-9])/g, (_, _hyphen, letter) => letter.toUpperCase());
const camel = pascal[0].toLowerCase() + pascal.slice(1);

try {
  Function(`const ${camel} = 0;`);
} catch {
  refuse(`${camel} is a word of the language; choose another name`);
}

/** File names and texts carry the name; identifiers carry it in their own ways. */
function renamed(text) {
  return text
    .replaceAll('_template', name)
    .replace(/\btemplate(?=(-orders)?(\.test)?\.ts\b)/g, name)
    .replace(/(['"`])template(?=['"`])/g, `$1${name}`)
    .replace(/connector: template\b/g, `connector: ${name}`)
    .replace(/^# template$/m, `# ${name}`)
    .replaceAll('Template', pascal)
    .replace(/\btemplate(?=[A-Z])/g, camel)
    .replace(/\btemplate\b/g, camel);
}

const written = [];
function copy(from, to) {
  const path = join(root, to);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, renamed(readFileSync(join(root, from), 'utf8')));
  written.push(to);
}

for (const file of readdirSync(join(root, 'connectors/_template'))) copy(`connectors/_template/${file}`, `connectors/${name}/${file}`);
copy('test/simulator/dialects/template.ts', `test/simulator/dialects/${name}.ts`);
copy('test/simulator/dialects/template-orders.ts', `test/simulator/dialects/${name}-orders.ts`);
copy('test/connectors/template.test.ts', `test/connectors/${name}.test.ts`);

/** Rewrites a file; refuses when the place to write to is not found. */
function edit(path, change) {
  const before = readFileSync(join(root, path), 'utf8');
  const after = change(before);
  if (after === before) refuse(`${path} is not as expected; enter ${name} there by hand`);
  writeFileSync(join(root, path), after);
  written.push(path);
}

edit('connectors/index.ts', (text) => {
  const line = `import { ${camel} } from './${name}/index.ts';\n`;
  const imports = /(?:^import \{ \w+ \} from '\.\/[\w-]+\/index\.ts';\n)+/m;
  const list = /(readonly AnyConnector\[\] = \[)([^\]]*)(\])/;
  if (!imports.test(text) || !list.test(text)) return text;
  return text
    .replace(imports, (lines) => [...lines.match(/.*\n/g), line].sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1)).join(''))
    .replace(list, (_, begin, names, end) => {
      const all = names.split(',').map((one) => one.trim()).filter(Boolean); // biome-ignore format: one chain
      return `${begin}${[...all, camel].sort().join(', ')}${end}`;
    });
});

function pathOf(line) {
  return line.replace(/.* from /, '');
}

edit('connectors/README.md', (text) =>
  text.replace(/(\| connector \|.*\n\|[-|]+\n)((?:\|.*\n)+)/, (_, head, rows) => {
    const row = `| [${name}](${name}/README.md) | (what it speaks to) | account, contact, address, price, stock | create, change, cancel | its simulator | |\n`;
    return head + [...rows.match(/.*\n/g), row].sort().join('');
  }),
);

// A longer name breaks lines elsewhere.
const code = written.filter((path) => path.endsWith('.ts'));
spawnSync(process.execPath, [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '--vcs-enabled=false', '--write', ...code], {
  cwd: root,
});

process.stdout.write(`${written.map((path) => `wrote ${path}`).join('\n')}

Next:
  npx vitest run test/connectors/${name}.test.ts    # passes as it stands
  npx vitest run test/config -u                    # kontor.schema.json learns its settings
  connectors/README.md                             # "Add a connector in a day"
`);
