import { random } from './random.ts';
import type { AddressRole, NewRow, WorldAccount } from './rows.ts';
import type { World } from './world.ts';

export interface SeedOptions {
  accounts: number;
  /** The same seed, the same world. 1 if absent. */
  seed?: number;
  /** Accounts (and what belongs to them) with one stamp, as after a bulk import: make it more than a page. 40 % if absent. */
  bulk?: number;
  /** 8 if absent; every price list, site and break multiplies them. */
  products?: number;
}

/** Names that break what escapes, cuts, folds, splits or trusts text. */
const NAMES = [
  'Müller & Söhne GmbH',
  'Łódź Narzędzia Sp. z o.o.',
  'O\'Neill "Marine" Ltd',
  '<b>Bold</b> & <script>Co',
  'Straße Ä Ö Ü ß AG',
  '東京商事株式会社',
  'Ångström, Børk; Ñandú',
  '100 % {{Holding}} $ref',
  'C:\\Kunden\\Nord',
  'Zoë 🚢 Shipping',
  `Vereinigte ${'Donaudampfschifffahrts'.repeat(4)}gesellschaft mbH`,
  'null',
];
const PLACES = [
  ['Hamburg', '20457', 'DE', null],
  ['Lübeck', '01067', 'DE', 'Schleswig-Holstein'],
  ['Kraków', '31-001', 'PL', null],
  ["Saint-Barthélemy-d'Anjou", '49124', 'FR', null],
  ['Springfield', '00501', 'US', 'NY'],
  ['Genève', '1201', 'CH', 'GE'],
] as const;
const ROLES: readonly (readonly AddressRole[])[] = [['bill_to', 'ship_to'], ['ship_to'], ['pay_to']];
const LISTS = ['RETAIL', 'A "trade"', '0010'];
const SITES = [
  ['01', 'Hamburg Süd'],
  ['W2', "King's Lynn"],
] as const;
const DAY_MS = 86_400_000;
/** Accounts that have ordered elsewhere: a table of them is several pages of a suite. */
const DOCUMENTS = 7;

/** Fills a world. Everything is stamped before its present; the parts of a bulk import share one stamp. */
export function seedWorld(world: World, { accounts, seed = 1, bulk = Math.ceil(accounts * 0.4), products = 8 }: SeedOptions): void {
  const sow = new Sower(world, seed);
  sow.products(products);
  const firstOfBulk = Math.floor((accounts - bulk) / 2);
  const made: Array<{ account: WorldAccount; level: number }> = [];
  for (let turn = 0; turn < accounts; turn += 1) {
    const isBulk = turn >= firstOfBulk && turn < firstOfBulk + bulk;
    const at = isBulk ? sow.daysAgo(100) : sow.daysAgo(1 + sow.below(300), sow.below(DAY_MS));
    const parent = sow.chance(0.45) ? sow.pick(made) : undefined;
    const above = parent && parent.level < 3 ? parent : undefined;
    const account = sow.account(turn, above?.account.id ?? null, at);
    made.push({ account, level: (above?.level ?? 0) + 1 });
    sow.belongings(account, at);
    // A later change puts a parent behind its units in a delta.
    if (!isBulk && sow.chance(0.2))
      world.change('account', account.id, { balance: sow.money() }, { at: sow.daysAgo(0, sow.below(DAY_MS)) });
  }
  // Last, so that they leave what was sown before as it was.
  for (const [turn, { account }] of made.slice(0, DOCUMENTS).entries()) sow.documents(account, turn, bulk > 0);
}

class Sower {
  readonly #world: World;
  /** Once: the parts of a bulk import share a stamp although the clock may run. */
  readonly #now: number;
  readonly #draw: () => number;
  readonly #numbers: string[] = [];
  /** Sites, lists and breaks were set up once, before the first customer. */
  readonly #setUpAt: Date;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#now = world.now().getTime();
    this.#draw = random(seed);
    this.#setUpAt = this.daysAgo(400);
  }

  below(limit: number): number {
    return Math.floor(this.#draw() * limit);
  }

  chance(share: number): boolean {
    return this.#draw() < share;
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.below(from.length)];
  }

  daysAgo(days: number, plusMs = 0): Date {
    return new Date(this.#now - days * DAY_MS - plusMs);
  }

  money(): string {
    return `${this.below(100_000)}.${String(this.below(100)).padStart(2, '0')}`;
  }

  #maybe<T>(value: T): T | null {
    return this.chance(0.7) ? value : null;
  }

  products(count: number): void {
    const at = this.#setUpAt;
    for (let turn = 1; turn <= count; turn += 1) {
      const number = turn % 3 === 0 ? String(turn).padStart(6, '0') : `P-${turn}`;
      this.#numbers.push(number);
      this.#world.add('product', { number, name: `${this.pick(NAMES)} ${turn}`, price: this.money() }, { at });
      for (const [site, siteName] of SITES) {
        const onHand = String(this.below(500));
        this.#world.add('stock', { site, siteName, product: number, onHand, available: String(this.below(Number(onHand) + 1)) }, { at });
      }
      for (const priceList of LISTS) {
        for (const minQuantity of ['1', '10']) {
          this.#world.add('price', { priceList, product: number, unitPrice: this.money(), minQuantity }, { at });
        }
      }
    }
  }

  account(turn: number, parentId: string | null, at: Date): WorldAccount {
    const values = {
      number: turn % 4 === 0 ? String(turn + 1).padStart(6, '0') : `C-${1001 + turn}`,
      name: `${this.pick(NAMES)} ${turn + 1}`,
      parentId,
      taxRegistration: this.#maybe(`DE${100_000_000 + this.below(899_999_999)}`),
      currency: this.chance(0.9) ? 'EUR' : 'CHF',
      paymentTerms: this.#maybe(this.chance(0.5) ? 'NET30' : '14 days 2 %'),
      creditLimit: this.#maybe(this.money()),
      balance: this.#maybe(this.money()),
      priceList: this.#maybe(this.pick(LISTS) ?? null),
      email: this.#maybe(`einkauf+${turn + 1}@example.com`),
      phone: this.#maybe(`+49 40 ${100_000 + this.below(899_999)}`),
      website: this.#maybe(`https://www.example.com/${turn + 1}`),
      language: this.#maybe(this.chance(0.5) ? 'de' : 'en'),
      active: this.chance(0.95),
      blocked: this.chance(0.05),
    };
    return this.#world.add('account', values, { at });
  }

  /** One to three addresses, none to two contacts, and for some a price of their own. */
  belongings({ id, number, currency }: WorldAccount, at: Date): void {
    for (const roles of ROLES.slice(0, 1 + this.below(3))) {
      const [city, postalCode, country, region] = this.pick(PLACES) ?? PLACES[0];
      const street = `${this.chance(0.5) ? 'Königstraße' : "Quai de l'Île"} ${1 + this.below(200)}`;
      const rest = { name: this.#maybe(`Site ${number}`), street2: this.#maybe('Tor 3, 2. OG') };
      this.#world.add('address', { accountId: id, roles, street, postalCode, city, region, country, ...rest }, { at });
    }
    for (let turn = this.below(3); turn > 0; turn -= 1) {
      const person = {
        firstName: this.#maybe('Zoë'),
        lastName: this.chance(0.5) ? "D'Árcy" : 'Weiß',
        jobTitle: this.#maybe('Einkauf & Lager'),
      };
      this.#world.add(
        'contact',
        { accountId: id, email: this.#maybe(`p${turn}@example.com`), phone: this.#maybe('+49 40 1'), ...person },
        { at },
      );
    }
    const product = this.chance(0.1) ? this.pick(this.#numbers) : undefined;
    if (product === undefined) return;
    const span = { validFrom: this.#maybe('2026-01-01'), validTo: this.#maybe('2026-12-31') };
    this.#world.add('price', { accountId: id, product, unitPrice: this.money(), currency, ...span }, { at });
  }

  /** An order of an account that was placed elsewhere, its shipment and its invoice. Those of a bulk import share a stamp. */
  documents({ id, currency }: WorldAccount, turn: number, isBulk: boolean): void {
    const at = isBulk && turn < 5 ? this.daysAgo(50) : this.daysAgo(20 - turn, turn * 977);
    const state = turn === 3 ? 'cancelled' : turn === 4 ? 'open' : 'shipped';
    const order = this.#document({ accountId: id, kind: 'order', state, currency, reference: turn === 1 ? 'KO-7' : null }, 2, at);
    if (state !== 'shipped') return;
    const rest = { accountId: id, aboutId: order, currency };
    this.#document({ ...rest, kind: 'shipment', state, trackingNumber: turn % 2 === 0 ? `JJD${turn}` : null }, 2, at);
    this.#document({ ...rest, kind: turn === 5 ? 'credit_note' : 'invoice', state: turn === 0 ? 'paid' : 'open' }, 1, at);
  }

  #document(values: NewRow<'document'>, lines: number, at: Date): string {
    const { id } = this.#world.add('document', values, { at });
    for (let turn = 0; turn < lines; turn += 1) {
      const product = this.pick(this.#numbers) ?? '';
      this.#world.add('documentLine', { documentId: id, product, quantity: `${1 + this.below(9)}.5`, unitPrice: this.money() }, { at });
    }
    return id;
  }
}
