/** Entry of the thread that reads one workbook: a batch for every `next`. */
import { parentPort, workerData } from 'node:worker_threads';
import { KontorError } from '../../errors.ts';
import type { FromWorkbook } from './workbook.ts';
import { readBook, type WorkbookRequest } from './workbook-reader.ts';

const port = parentPort;
if (!port) throw new Error('workbook-thread.ts runs as a worker thread only');
const say = (message: FromWorkbook) => port.postMessage(message);

let asked = 0;
let wake = () => {};
port.on('message', () => {
  asked++;
  wake();
});
const untilAsked = async () => {
  if (asked === 0) await new Promise<void>((resolve) => (wake = resolve));
  asked--;
};

try {
  for await (const batch of readBook(workerData as WorkbookRequest)) {
    await untilAsked();
    say({ kind: 'batch', batch: { ...batch, rows: batch.rows.map(({ posted }) => posted) } });
  }
  await untilAsked();
  say({ kind: 'end' });
} catch (error) {
  const { code, details, message } =
    error instanceof KontorError ? error : { code: undefined, details: {}, message: String((error as Error).message) };
  say({ kind: 'failed', code, details, message });
}
port.close();
