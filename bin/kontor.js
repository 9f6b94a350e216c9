#!/usr/bin/env node
// Starts the compiled program. In a clone it compiles first when sources are newer, so that `git pull` is enough.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join(root, 'dist/src/main.js');

function refuse(message) {
  process.stderr.write(`kontor: ${message}\n`);
  process.exit(1);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) refuse(`Node.js 20.19 or later is needed; this is ${process.version}`);

// An installed package has no sources and is complete as it came.
const isClone = existsSync(join(root, 'src/main.ts'));

function newestSourceMs() {
  const files = ['src', 'connectors', 'jobs'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  );
  return Math.max(...[...files, 'tsconfig.json', 'tsconfig.build.json'].map((file) => statSync(join(root, file)).mtimeMs));
}

function compiler() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  } catch {
    return null;
  }
}

function compile(tsc) {
  process.stderr.write('kontor: compiling the sources ...\n');
  // Nothing is written when there are errors, so that the next start does not take a broken program for a fresh one.
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noEmitOnError'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) refuse('the sources do not compile; correct what is listed above');
  // The compiler leaves alone what comes out the same.
  const now = new Date();
  utimesSync(program, now, now);
}

const isBuilt = existsSync(program);
if (isClone && (!isBuilt || statSync(program).mtimeMs < newestSourceMs())) {
  const tsc = compiler();
  if (tsc) compile(tsc);
  // Without a compiler (`npm ci --omit=dev`, where dist/ was copied in) an existing build is what was meant to run.
  else if (!isBuilt) refuse(`nothing is compiled yet and TypeScript is not installed; run \`npm ci\` in ${root}`);
} else if (!isBuilt) {
  refuse(`the package is incomplete (${program} is missing); install it again`);
}

await import('../dist/src/main.js');
