/** An OData server of customers that takes its time: `node paged-server.js ROWS LATENCY_MS`. Prints its port. Ends with its parent. */
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const rows = Number(process.argv[2]);
const latencyMs = Number(process.argv[3]);

/** Written once, so that the server costs next to nothing. */
const customers = Array.from({ length: rows }, (_, n) =>
  JSON.stringify({
    Id: n + 1,
    Number: `C-${String(n + 1).padStart(7, '0')}`,
    Name: `Customer ${n + 1} Handels- und Produktionsgesellschaft mbH & Co. KG`,
    ParentId: n % 10 === 0 ? null : n - (n % 10) + 1,
    Currency: 'EUR',
    Terms: `NET${(n % 4) * 15}`,
    CreditLimit: `${(n % 500) * 100}.00`,
    Balance: `${n % 977}.50`,
    VatId: `DE${100_000_000 + n}`,
    Email: `office${n}@customer.example`,
    Phone: `+49 40 ${n}`,
    City: 'Hamburg',
    ModifiedAt: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
  }),
);

const server = createServer(async (request, response) => {
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
  const after = Number(/Id gt (\d+)/.exec(query.get('$filter') ?? '')?.[1] ?? 0);
  const page = customers.slice(after, after + Number(query.get('$top') ?? 500));
  await sleep(latencyMs);
  response.setHeader('content-type', 'application/json');
  response.end(`{"value":[${page.join(',')}]}`);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : address);
});
process.on('disconnect', () => process.exit(0));
