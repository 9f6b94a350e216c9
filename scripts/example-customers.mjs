// The invented customers behind examples/data: names, trades and towns of the Hanse, drawn the same way every time.

let state = 1356; // the year of the first Hanseatic diet
/** Mulberry32: small, and the same on every machine. */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const upTo = (n) => Math.floor(random() * n);
const oneOf = (list) => list[upTo(list.length)];
const amount = (step, most) => step * (1 + upTo(most / step));

const TOWNS = [
  ['Lübeck', '23552', 'DE', 53.8655, 10.6866],
  ['Hamburg', '20457', 'DE', 53.5444, 9.9989],
  ['Bremen', '28195', 'DE', 53.0758, 8.8072],
  ['Wismar', '23966', 'DE', 53.8914, 11.4642],
  ['Rostock', '18055', 'DE', 54.0887, 12.1405],
  ['Stralsund', '18439', 'DE', 54.3155, 13.0919],
  ['Greifswald', '17489', 'DE', 54.0953, 13.3815],
  ['Lüneburg', '21335', 'DE', 53.2464, 10.4115],
  ['Stade', '21682', 'DE', 53.5977, 9.4687],
  ['Köln', '50667', 'DE', 50.9384, 6.9599],
  ['Deventer', '7411 KX', 'NL', 52.2516, 6.1639],
  ['Zwolle', '8011 PK', 'NL', 52.5125, 6.0944],
  ['Visby', '621 57', 'SE', 57.6389, 18.2948],
  ['Malmö', '211 22', 'SE', 55.6059, 13.0007],
  ['Bergen', '5003', 'NO', 60.3975, 5.3245],
  ['Riga', 'LV-1050', 'LV', 56.9496, 24.1052],
  ['Tallinn', '10123', 'EE', 59.437, 24.7536],
];
const FAMILIES = 'Petersen Möller Hansen Lüders Brömse Plönnies Wullenwever Castorp Geverdes Köhler Jürgens Thomsen Störtenbecker Vöge Warendorp Schröder'.split(' '); // biome-ignore format: a list of words
const TRADES = 'Schiffsausrüstung Gastronomiebedarf Fischgroßhandel Baustoffe Elektrogroßhandel Werkzeuge Bäckereibedarf Bürobedarf Tuchhandel Salzkontor Getreidehandel Sanitärtechnik'.split(' '); // biome-ignore format: a list of words
const FORMS = ['GmbH', 'GmbH & Co. KG', 'KG', 'AG', 'OHG'];
const FIRST = 'Anna Jürgen Käthe Sören Björn Grete Malte Wiebke Henning Frauke Ole Antje Thies Silke Jörg Maren'.split(' ');
const STREETS = 'Mengstraße Breite Straße,Am Hafen,Speicherkai,Königstraße,Salzspeicherweg,An der Obertrave,Böttcherstraße'.split(',');
const MANAGERS = ['Birgit Thoms', 'Lars Ahlers', 'Özlem Kaya'];

const plain = (text) => text.toLowerCase().replaceAll('ß', 'ss').replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue').replaceAll(/[^a-z]/g, ''); // biome-ignore format: a chain
const phone = (n) => `+49 40 66969${String(100 + (n % 900))}`;
const day = (month) => `2026-${String(1 + upTo(month)).padStart(2, '0')}-${String(1 + upTo(28)).padStart(2, '0')}`;

const towns = new Map();
function account(id, name, type, parent, town) {
  towns.set(id, town);
  const isCompany = type === 'Company';
  return {
    'Customer no.': id,
    Name: name,
    Type: type,
    Parent: parent,
    Status: 'active',
    'VAT no.': isCompany ? `${town[2]}${String(100000000 + upTo(899999999))}` : undefined,
    Currency: 'EUR',
    'Payment terms': isCompany ? oneOf(['N14', 'N30', 'N30', 'N30-2', 'PRE']) : undefined,
    'Credit limit': isCompany || type === 'Location' ? amount(500, 60_000) : undefined,
    'Open balance': isCompany || type === 'Location' ? amount(100, 9_000) + upTo(100) / 100 : undefined,
    'Credit as of': isCompany || type === 'Location' ? day(5) : undefined,
    'Price list': isCompany ? oneOf(['TRADE-A', 'TRADE-B', 'SHIP']) : undefined,
    Contracts: isCompany && upTo(3) === 0 ? `FC-${2024 + upTo(3)}-${100 + upTo(900)} | FC-2026-${100 + upTo(900)}` : undefined,
    'Cost centres': type === 'Department' ? `${4000 + upTo(900)} | ${5000 + upTo(900)}` : undefined,
    'Account manager': isCompany ? oneOf(MANAGERS) : undefined,
    'E-mail': isCompany ? `einkauf@${plain(name)}.example` : undefined,
    Phone: phone(upTo(900)),
    Industry: isCompany ? name.split(' ').find((word) => TRADES.includes(word)) : undefined,
  };
}

const companies = Array.from({ length: 30 }, (_, n) => {
  const name = `${FAMILIES[n % FAMILIES.length]}${n % 3 === 0 ? ' & Söhne' : ''} ${TRADES[(n * 5 + (n >> 4)) % TRADES.length]} ${FORMS[n % FORMS.length]}`;
  return account(String(1001 + n * 7).padStart(6, '0'), name, 'Company', undefined, TOWNS[n % TOWNS.length]);
});
companies[4].Status = 'on hold';
companies[11].Status = 'blocked';
companies[17].Status = 'closed';
const shortName = (company) => company.Name.split(' ').slice(0, company.Name.includes('&') ? 3 : 1).join(' '); // biome-ignore format: a chain

const divisions = Array.from({ length: 18 }, (_, n) => {
  const above = companies[n];
  const [word, suffix] = n % 2 ? ['Export', 'EX'] : ['Inland', 'IN'];
  const id = above['Customer no.'];
  return account(`${id}-${suffix}`, `${shortName(above)} ${word}`, 'Division', id, towns.get(id));
});
const locations = Array.from({ length: 58 }, (_, n) => {
  const above = n % 3 === 0 ? divisions[n % divisions.length] : companies[n % companies.length];
  const town = TOWNS[(n * 3) % TOWNS.length];
  return account(`L-${2001 + n}`, `${above.Name.split(' ')[0]} Niederlassung ${town[0]}`, 'Location', above['Customer no.'], town);
});
const departments = Array.from({ length: 12 }, (_, n) => {
  const above = locations[n * 3];
  const word = oneOf(['Werkstatt', 'Lager', 'Küche', 'Einkauf']);
  return account(`L-${2001 + n * 3}-${word[0]}`, `${word} ${above.Name.split(' ').at(-1)}`, 'Department', above['Customer no.'], towns.get(above['Customer no.'])); // biome-ignore format: one account
});

// Wrong on purpose, one kind each; see examples/README.md.
const [lübeck] = TOWNS;
const wrong = {
  withoutKey: account('', 'Ohne Nummer Handelskontor KG', 'Company', undefined, lübeck),
  unknownCurrency: { ...account('001950', 'Taler & Söhne Münzhandel OHG', 'Company', undefined, lübeck), Currency: 'EURO' },
  impossibleDate: { ...account('L-2090', 'Vöge Niederlassung Februar', 'Location', '001001', lübeck), 'Credit as of': '2026-02-31' },
  sameKeyHere: account('L-2091', 'Hansen Lager Nord', 'Location', '001015', lübeck),
  sameKeyInOtherFile: account('L-2091', 'Hansen Lager Süd', 'Location', '001015', lübeck),
  keyInCapitals: account('L-2094', 'Wullenwever Speicher Alt', 'Location', '001022', lübeck),
  keyInSmallLetters: account('l-2094', 'Wullenwever Speicher Neu', 'Location', '001022', lübeck),
  circleOne: account('L-2092', 'Speicher Ost', 'Location', 'L-2093', lübeck),
  circleTwo: account('L-2093', 'Speicher West', 'Location', 'L-2092', lübeck),
};

const middle = (list, at, ...rows) => [...list.slice(0, at), ...rows, ...list.slice(at)];

export const accounts = {
  headOffice: [...middle(middle([...companies, ...divisions], 21, wrong.unknownCurrency), 9, wrong.withoutKey), wrong.sameKeyHere],
  branches: [
    ...middle(locations, 30, wrong.impossibleDate, wrong.keyInCapitals, wrong.circleOne),
    ...departments,
    wrong.circleTwo,
    wrong.keyInSmallLetters,
    wrong.sameKeyInOtherFile,
  ],
};

function contact(n, home, roles, superior) {
  const first = FIRST[(n * 7) % FIRST.length];
  const last = FAMILIES[(n * 3 + (n >> 4)) % FAMILIES.length];
  return {
    'Person no.': `P${String(n).padStart(4, '0')}`,
    Customer: home['Customer no.'],
    'First name': first,
    'Last name': last,
    'E-mail': `${plain(first)}.${plain(last)}.${n}@${plain(shortName(home))}.example`,
    Phone: phone(n * 13),
    Position: { approver: 'Prokurist', buyer: 'Einkäufer', admin: 'Leitung' }[roles[0]],
    Roles: roles.join(', '),
    Superior: superior?.['Person no.'],
    'Cost centre': roles[0] === 'buyer' ? String(4000 + (n % 90) * 10) : undefined,
    Remark: n % 40 === 7 ? 'Ruft lieber an,\nvormittags' : undefined,
  };
}
const heads = companies.map((company, n) => contact(1 + n, company, ['admin', 'approver'], undefined));
const approvers = [...divisions, ...companies.slice(0, 22)].map((home, n) => {
  const head = heads.find((person) => person.Customer === home['Customer no.'].slice(0, 6));
  return contact(101 + n, home, ['approver'], head);
});
const buyers = Array.from({ length: 80 }, (_, n) =>
  contact(201 + n, [...locations, ...companies][n], ['buyer'], approvers[n % approvers.length]),
);

// Buyers first: their superiors stand further down.
export const contacts = [...buyers, ...approvers, ...heads];
contacts[24] = { ...contacts[24], 'E-mail': 'greta(at)kontor' };

let addressNo = 0;
function address(home, use, { isDefault = true, from, to } = {}) {
  const [city, postalCode, country, latitude, longitude] = towns.get(home['Customer no.']);
  addressNo += 1;
  return {
    'Address no.': `A-${String(addressNo).padStart(5, '0')}`,
    Customer: home['Customer no.'],
    Use: use,
    Addressee: home.Name,
    Street: `${oneOf(STREETS)} ${1 + upTo(98)}${upTo(4) === 0 ? ` / Tor ${1 + upTo(6)}` : ''}`,
    'Postal code': postalCode,
    City: city,
    Country: country,
    Latitude: use === 'Delivery' ? String(latitude).replace('.', ',') : undefined,
    Longitude: use === 'Delivery' ? String(longitude).replace('.', ',') : undefined,
    'Valid from': from,
    'Valid to': to,
    Default: isDefault ? 'yes' : 'no',
  };
}
export const addresses = [
  ...companies.map((home) => address(home, 'Invoice')),
  ...companies.map((home) => address(home, 'Delivery')),
  ...locations.map((home) => address(home, 'Delivery')),
  ...divisions.map((home) => address(home, 'Invoice')),
  ...locations
    .slice(0, 34)
    .map((home, n) => address(home, 'Delivery', { isDefault: false, from: '2026-01-01', to: n % 2 ? '2027-01-01' : undefined })),
  ...companies.slice(0, 30).map((home) => address(home, 'Payment')),
];
addresses[90] = { ...addresses[90], Country: 'Hanse' };
