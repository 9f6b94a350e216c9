/** What mapping costs per record: 15 plain columns of 500,000 records, and the same with expressions in two fields. */
import { bindMapping, compileMapping, type Formats } from '../src/connector/mapping/index.ts';

const RECORDS = 500_000;
/** As many as are in memory at a time when a file is streamed. */
const PAGE = 5_000;
const FORMATS: Formats = { decimal: ',', group: '.', date: 'dd.MM.yyyy', zone: 'Europe/Berlin' };
const HEADER = [
  'No',
  'Name',
  'Legal',
  'Parent',
  'Status',
  'VAT',
  'Cur',
  'Terms',
  'Limit',
  'Balance',
  'As of',
  'List',
  'Mail',
  'Phone',
  'Web',
];
const PLAIN = {
  externalId: 'No',
  name: 'Name',
  legalName: 'Legal',
  parent: 'Parent',
  status: 'Status',
  taxRegistration: 'VAT',
  currency: 'Cur',
  paymentTerms: 'Terms',
  creditLimit: 'Limit',
  balance: 'Balance',
  creditAsOf: 'As of',
  priceList: 'List',
  email: 'Mail',
  phone: 'Phone',
  website: 'Web',
};

type Row = readonly string[];

const access = {
  shape: HEADER,
  names: HEADER,
  at(name: string) {
    const index = HEADER.indexOf(name);
    return index === -1 ? undefined : (row: Row) => row[index];
  },
};

function rowOf(i: number): Row {
  const day = String(1 + (i % 28)).padStart(2, '0');
  const amount = `${1 + (i % 9)}.${String(i % 1000).padStart(3, '0')},50`;
  const parent = i % 3 === 0 ? '' : `C-${i - 1}`;
  const name = `Nordwind Müller ${i} GmbH`;
  const cells = [
    `C-${i}`,
    name,
    `${name} & Co. KG`,
    parent,
    'active',
    `DE${100000000 + i}`,
    'EUR',
    'NET30',
    amount,
    amount,
    `${day}.03.2024`,
    'A',
    `info${i}@example.com`,
    `+49 40 ${i}`,
    `https://c${i}.example.com`,
  ];
  // Joined texts are flattened when first looked at, which would be measured as mapping; texts from a file are flat.
  return cells.map((cell) => Buffer.from(cell).toString());
}

const page = Array.from({ length: PAGE }, (_, i) => rowOf(i));
const expressions = {
  ...PLAIN,
  kind: { expr: 'row["Parent"] == "" ? "company" : "location"' },
  legalName: { expr: 'row["Legal"] + " (" + row["No"] + ")"' },
};
for (const [name, spec] of Object.entries({ 'plain columns': PLAIN, 'two of 16 by expression': expressions })) {
  const mapper = bindMapping<Row>(compileMapping('account', spec, FORMATS), { access: () => access });
  const rejected = page.find((row) => mapper.toDraft(row).problems);
  if (rejected) throw new Error(`measuring the wrong thing: ${JSON.stringify(mapper.toDraft(rejected))}`);
  const drafts = time((row) => mapper.toDraft(row));
  const ids = time((row) => mapper.identify(row));
  console.log(`${name}: ${RECORDS} drafts in ${drafts} ms, ids in ${ids} ms`);
}

/** Milliseconds of processor time for all records, best of five: other work on the machine is not mapping. */
function time(work: (row: Row) => unknown): number {
  const rounds = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage().user;
    for (let done = 0; done < RECORDS; done += PAGE) for (const row of page) work(row);
    return (process.cpuUsage().user - before) / 1_000;
  });
  return Math.round(Math.min(...rounds));
}
