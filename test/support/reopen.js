// Starts the PostgreSQL of a test run whose databases were kept, and prints where it is; Ctrl-C stops it.
import { once } from 'node:events';
import { openEmbedded } from '../../dist/src/store/embedded/open-embedded.js';

const { url, close } = await openEmbedded(process.argv[2] ?? '.');
process.stdout.write(`${url}\n`);
const waiting = setInterval(() => {}, 60_000);
await once(process, 'SIGINT');
clearInterval(waiting);
await close();
