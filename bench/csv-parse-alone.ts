/** csv-parse alone reading a file, the way its documentation shows; records as arrays or as objects, thrown away. */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';

const [, , file, shape] = process.argv;
if (!file) throw new Error('csv-parse-alone.js FILE [arrays | objects]');
const startedMs = performance.now();
let records = 0;
for await (const _record of createReadStream(file).pipe(parse({ columns: shape === 'objects' }))) records += 1;
console.log(JSON.stringify({ ms: performance.now() - startedMs, records }));
