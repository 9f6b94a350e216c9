// What the invented wholesaler sells: prices for everyone, for the holders of a list and for single customers, and stock.

/** Item, description, unit, and what a hundred of them cost everyone, in cents. */
const ITEMS = [
  ['4101', 'Hanftauwerk 12 mm', 'm', 28_500],
  ['4102', 'Segeltuch 400 g', 'm', 149_000],
  ['4103', 'Ankerkette 10 mm', 'm', 214_000],
  ['4104', 'Kupfernägel 40 mm', 'Stk', 375],
  ['4105', 'Stockholmer Teer 5 l', 'Stk', 389_000],
  ['4201', 'Lüneburger Salz 25 kg', 'Sack', 98_000],
  ['4202', 'Roggenmehl 25 kg', 'Sack', 187_500],
  ['4203', 'Bienenwachs', 'kg', 172_000],
];
const LISTS = [
  ['TRADE-A', 96, ['4104', '4201', '4202', '4203']],
  ['TRADE-B', 94, ['4104', '4201', '4202']],
  ['SHIP', 92, ['4101', '4102', '4103', '4104', '4105']],
];
/** Sold by the hundred. */
const SMALL = '4104';

/** 34,2 for 3420; whole cents of a hundred are at most four decimals of one. */
const decimal = (ofHundred, per) => String((ofHundred * per) / 10_000).replace('.', ',');

export const prices = [];
function price(item, percent, { customer, list, from, since, until } = {}) {
  const [number, description, unit, ofHundred] = ITEMS.find(([one]) => one === item);
  const per = number === SMALL && !customer ? 100 : 1;
  prices.push({
    'Line no.': String(prices.length + 1).padStart(5, '0'),
    Customer: customer,
    'Price list': list,
    Item: number,
    Description: description,
    Unit: unit,
    Price: decimal(Math.round((ofHundred * percent) / 100), per),
    'Price unit': per === 1 ? undefined : String(per),
    'From quantity': from,
    'Valid from': since ?? '01.01.2026',
    'Valid to': until,
    Currency: 'EUR',
  });
}

for (const [item] of ITEMS) price(item, 100);
for (const [list, percent, items] of LISTS) {
  for (const item of items) {
    price(item, percent, { list });
    if (item === SMALL || item === '4201') price(item, percent - 6, { list, from: '1.000' });
  }
}
price('4101', 85, { customer: '001001', until: '01.01.2027' });
price('4101', 80, { customer: '001001', from: '500', until: '01.01.2027' });
// A contract counts single nails, in fractions of a cent.
price(SMALL, 84, { customer: '001001', until: '01.01.2027' });
price('4101', 86, { customer: '001001', since: '01.01.2027' });
price('4202', 90, { customer: '001008' });
// Wrong on purpose; see examples/README.md.
price('4105', 100, { customer: '001085' });
prices.at(-1).Price = 'auf Anfrage';

const SITES = [
  ['HL', 'Lübeck, Salzspeicher'],
  ['HH', 'Hamburg, Speicherstadt'],
  ['HB', 'Bremen, Schlachte'],
];
/** As the system of the warehouses writes it: 1,250.5 */
const english = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export const stock = SITES.flatMap(([site, name], far) =>
  ITEMS.map(([item, , unit], n) => {
    const onHand = ((n * 7 + far * 5) % 11) * (item === SMALL ? 4_000 : 62.5);
    return {
      Site: site,
      'Site name': name,
      Item: item,
      Unit: unit,
      'On hand': english.format(['m', 'kg'].includes(unit) ? onHand : Math.floor(onHand)),
      Free: english.format(Math.floor(onHand * 0.8)),
      'Due in': n % 4 === far ? english.format(250 * (n + 1)) : undefined,
    };
  }),
);
stock[13]['On hand'] = 'ca. 40';
