/** Fetches the pages a pull fetches, one after the other, and throws them away: `node bare-loop.js URL ROWS PAGE_SIZE`. Prints `{ ms }`. */
const [, , url, rows, pageSize] = process.argv;
const started = performance.now();
for (let after = 0; after <= Number(rows); after += Number(pageSize)) {
  const filter = after === 0 ? '' : `&$filter=${encodeURIComponent(`Id gt ${after}`)}`;
  const answer = await fetch(`${url}/Customers?$orderby=Id&$top=${pageSize}${filter}`);
  await answer.arrayBuffer();
}
console.log(JSON.stringify({ ms: performance.now() - started }));
