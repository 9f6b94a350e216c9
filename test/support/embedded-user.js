// A process that uses the embedded PostgreSQL of a folder and does what it is told on stdin: close, or exit without closing.
import { createInterface } from 'node:readline';

const [folder, program = new URL('../../dist/', import.meta.url).href] = process.argv.slice(2);
const { openEmbedded } = await import(new URL('src/store/embedded/open-embedded.js', program));
const { url, close } = await openEmbedded(folder);
process.stdout.write(`${url}\n`);

for await (const order of createInterface(process.stdin)) {
  if (order === 'exit') process.exit(0);
  await close();
  break;
}
process.stdin.destroy();
