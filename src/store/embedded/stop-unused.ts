/** Run detached by a process that exits without closing: waits until that process is gone, then stops its server if it was the last. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './cluster.ts';
import { stopIfUnused } from './open-embedded.ts';

const [folder = '', parent = ''] = process.argv.slice(2);

/** Its connection ends with it, and with that its claim on the server. */
for (let turn = 0; turn < 200 && isAlive(Number(parent)); turn++) await sleep(50);
await stopIfUnused(folder);
