/** Runs the real program as a process of its own, the way people and scripts do. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

const program = join(import.meta.dirname, '../../dist/src/main.js');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  /** Closes our end of its stdout, as `head` does. */
  stopReading(): void;
  ended: Promise<Ended>;
}

export interface Place {
  cwd: string;
  env?: Record<string, string>;
}

export function startKontor(args: readonly string[], { cwd, env = {} }: Place): Started {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      KONTOR_TEST_RUN: process.env.KONTOR_TEST_RUN,
      LC_ALL: 'en_US.UTF-8',
      TZ: 'UTC',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => child.kill(signal),
    stopReading: () => child.stdout.destroy(),
    ended,
  };
}

export function kontor(args: readonly string[], place: Place): Promise<Ended> {
  return startKontor(args, place).ended;
}

/** A folder that goes when the test has ended. */
export async function makeFolder(files: Record<string, string> = {}): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), 'kontor-cli-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeFile(join(cwd, name), text);
  }
  return cwd;
}

export const SHOP_YAML = `connections:
  shop:
    connector: spreadsheet
    settings: { folder: ./data, stableMs: 0 }
    formats: { decimal: ',', group: '.', date: dd.MM.yyyy, zone: Europe/Berlin }
    entities:
      account:
        read: { files: [accounts.csv] }
        mapping:
          externalId: No
          name: Name
          parent: Parent
          currency: { value: EUR }
          creditLimit: Limit
      contact:
        read: { files: [contacts.csv] }
        mapping: { externalId: No, account: Customer, name: Name, superior: Boss }
      address:
        read: { files: [addresses.csv] }
        mapping: { externalId: No, account: Customer, role: Use, city: City, postalCode: Zip }
`;

export const SHOP_FILES = {
  'kontor.yaml': SHOP_YAML,
  'data/accounts.csv': 'No;Name;Parent;Limit\nA-1;Hansa Kontor;;48.500,00\nA-2;Hansa Nord;A-1;1.000,50\nA-3;Broken;;=1+1\n',
  'data/contacts.csv': 'No;Customer;Name;Boss\nP-1;A-2;Greta Brandt;P-2\nP-2;A-1;Jens Brandt;\n',
  'data/addresses.csv': 'No;Customer;Use;Zip;City\nD-1;A-2;ship_to;01099;Dresden\n',
};
