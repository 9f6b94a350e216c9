/** Parties and what belongs to them, as a Tryton with sales, price lists, credit limits and relations shows them. */
import type { Stamped, World, WorldAccount, WorldAddress, WorldContact } from '../../world.ts';
import { withDocuments } from './documents.ts';
import { idIn, listOf, type Model, model } from './model.ts';
import { Dec, stampOf } from './typed.ts';
import { lists, wares } from './wares.ts';

type Named = { readonly name: string; readonly id: number };

/** write_date is null until the first change. */
export const stamps = {
  create_date: { of: ({ createdAt }: Stamped) => stampOf(createdAt) },
  write_date: { of: ({ version, changedAt }: Stamped) => (version === 0 ? null : stampOf(changedAt)) },
};

/** Rows that are part of an account in the ledger and rows of their own here; their ids do not meet those of real ones. */
interface Part extends Stamped {
  readonly number: number;
  readonly party: number;
}
interface Mechanism extends Part {
  readonly type: string;
  readonly value: string;
  readonly name: string | null;
  readonly active: boolean;
}
interface Relation extends Part {
  readonly to: number;
  readonly type: number;
}

export const RELATION_UP = 'is a unit of';

function named(rows: (world: World) => readonly string[], field: 'name' | 'code'): Model {
  return model<Named>({
    rows: (world) => rows(world).map((name, place) => ({ name, id: place + 1 })),
    id: ({ id }) => id,
    fields: { id: { of: ({ id }) => id }, [field]: { of: ({ name }) => name }, active: { of: () => true } },
  });
}

const terms = (world: World) => listOf(world.rows('account').map((row) => row.paymentTerms));
const languages = (world: World) => listOf(world.rows('account').map((row) => row.language));
const countries = (world: World) => listOf(world.rows('address').map((row) => row.country));
const regions = (world: World) => listOf(world.rows('address').map((row) => row.region));

export function mechanismsOf(account: WorldAccount, world: World): Mechanism[] {
  const own = { email: account.email, phone: account.phone, website: account.website };
  return [
    ...Object.entries(own).flatMap(([type, value], place) =>
      value === null
        ? []
        : [
            {
              ...account,
              number: 1_000_000 + 10 * Number(account.id) + place,
              party: Number(account.id),
              type,
              value,
              name: null,
              active: true,
            },
          ],
    ),
    ...world.ofAccount('contact', account.id).map(asMechanism),
  ];
}

/** A person is a name on one number: the mail address where there is one. */
function asMechanism(contact: WorldContact): Mechanism {
  const [type, value] =
    contact.email !== null ? ['email', contact.email] : contact.phone !== null ? ['phone', contact.phone] : ['other', '-'];
  const name = [contact.firstName, contact.lastName].filter((part) => part !== null).join(' ');
  return { ...contact, number: Number(contact.id), party: Number(contact.accountId), type, value, name };
}

/** Each relation is seen from both ends: even ids from below, odd ones from above. */
function relationsOf(account: WorldAccount, world: World): Relation[] {
  const party = Number(account.id);
  const up = account.parentId === null ? [] : [{ ...account, number: 2 * party, party, to: Number(account.parentId), type: 1 }];
  const down = world
    .ofAccount('account', account.id)
    .map((unit) => ({ ...unit, number: 2 * Number(unit.id) + 1, party, to: Number(unit.id), type: 2 }));
  return [...up, ...down];
}

const number = { of: (row: { readonly number: number }) => row.number };

export const models: Readonly<Record<string, Model>> = {
  ...withDocuments(wares),
  'party.party': model<WorldAccount>({
    rows: (world) => world.rows('account'),
    id: ({ id }) => Number(id),
    fields: {
      ...stamps,
      id: { of: ({ id }) => Number(id) },
      name: { of: ({ name }) => name },
      code: { of: ({ number: code }) => code },
      active: { of: ({ active }) => active },
      lang: { to: 'ir.lang', of: ({ language }, world) => idIn(languages(world), language) },
      tax_identifier: { to: 'party.identifier', of: ({ id, taxRegistration }) => (taxRegistration === null ? null : Number(id)) },
      identifiers: { to: 'party.identifier', many: true, of: ({ id, taxRegistration }) => (taxRegistration === null ? [] : [Number(id)]) },
      contact_mechanisms: {
        to: 'party.contact_mechanism',
        many: true,
        of: (row, world) => mechanismsOf(row, world).map((one) => one.number),
      },
      relations: { to: 'party.relation.all', many: true, of: (row, world) => relationsOf(row, world).map((one) => one.number) },
      addresses: { to: 'party.address', many: true, of: ({ id }, world) => world.ofAccount('address', id).map((one) => Number(one.id)) },
      // The party's own fields tell archived mechanisms too, as soon as archived rows are asked for.
      email: { of: ({ email }) => email ?? '' },
      customer_payment_term: { to: 'account.invoice.payment_term', of: ({ paymentTerms }, world) => idIn(terms(world), paymentTerms) },
      credit_limit_amount: { of: ({ creditLimit }) => (creditLimit === null ? null : new Dec(creditLimit)) },
      receivable: { of: ({ balance }) => new Dec(balance ?? '0.0') },
      sale_price_list: { to: 'product.price_list', of: ({ priceList }, world) => idIn(lists(world), priceList) },
    },
  }),
  'party.contact_mechanism': model<Mechanism>({
    rows: (world) => world.rows('account').flatMap((account) => mechanismsOf(account, world)),
    id: (row) => row.number,
    fields: {
      ...stamps,
      id: number,
      party: { to: 'party.party', of: ({ party }) => party },
      type: { of: ({ type }) => type },
      value: { of: ({ value }) => value },
      name: { of: ({ name }) => name },
      active: { of: ({ active }) => active },
    },
  }),
  'party.identifier': model<WorldAccount>({
    rows: (world) => world.rows('account').filter(({ taxRegistration }) => taxRegistration !== null),
    id: ({ id }) => Number(id),
    fields: { ...stamps, id: { of: ({ id }) => Number(id) }, code: { of: ({ taxRegistration }) => taxRegistration } },
  }),
  'party.relation.all': model<Relation>({
    rows: (world) => world.rows('account').flatMap((account) => relationsOf(account, world)),
    id: (row) => row.number,
    fields: {
      ...stamps,
      id: number,
      from_: { to: 'party.party', of: ({ party }) => party },
      to: { to: 'party.party', of: ({ to }) => to },
      type: { to: 'party.relation.type', of: ({ type }) => type },
    },
  }),
  'party.relation.type': named(() => [RELATION_UP, 'has the unit'], 'name'),
  'party.address': model<WorldAddress>({
    rows: (world) => world.rows('address'),
    id: ({ id }) => Number(id),
    fields: {
      ...stamps,
      id: { of: ({ id }) => Number(id) },
      party: { to: 'party.party', of: ({ accountId }) => Number(accountId) },
      party_name: { of: ({ name }) => name },
      name: { of: () => null },
      street: { of: ({ street, street2 }) => [street, street2].filter((line) => line !== null).join('\n') },
      postal_code: { of: ({ postalCode }) => postalCode },
      city: { of: ({ city }) => city },
      country: { to: 'country.country', of: ({ country }, world) => idIn(countries(world), country) },
      subdivision: { to: 'country.subdivision', of: ({ region }, world) => idIn(regions(world), region) },
      // Tryton has no pay-to: the ledger's are bill-to here.
      invoice: { of: ({ roles }) => roles.includes('bill_to') || roles.includes('pay_to') },
      delivery: { of: ({ roles }) => roles.includes('ship_to') },
      active: { of: ({ active }) => active },
    },
  }),
  'ir.lang': named(languages, 'code'),
  'country.country': named(countries, 'code'),
  'country.subdivision': named(regions, 'name'),
  'account.invoice.payment_term': named(terms, 'name'),
};
