/** One account as people read it: who, where in the house, on what terms, at which doors, through whom, and from where. */
import { ENTITIES } from '../connector/entities.ts';
import type { Profile } from '../store/profile-columns.ts';
import type { HistoryItem } from '../store/views/account-history.ts';
import type { AccountView } from '../store/views/show-account.ts';
import { drawPriceTable } from './draw-prices.ts';
import { countOf, formatCount, formatField, formatInstant, formatValidity } from './format.ts';
import { drawFacts, drawTable } from './table.ts';
import { plain, type Terminal } from './terminal.ts';

/** Told in the heading, or in a section of their own. */
const NOT_A_FACT = new Set(['name', 'number', 'status', 'parent', 'currency']);
const ROLES: Record<string, string> = { bill_to: 'bill to', ship_to: 'ship to', pay_to: 'pay to' };

export function* drawAccount(view: AccountView, terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  const { profile, path, children, prices, sources, awaited } = view;
  yield `${paint.bold(plain(profile.name))}  ${plain(profile.number)}  ${status(String(profile.status), terminal)}`;
  if (path.length > 0) yield paint.dim(`${path.map(({ name }) => plain(name)).join(' › ')} › `) + plain(profile.name);
  if (children > 0) yield paint.dim(`${countOf(children, 'account')} below it`);
  yield '';
  const fields = Object.keys(ENTITIES.account.fields).filter((field) => !NOT_A_FACT.has(field));
  const facts = fields.map((field) => [words(field), formatField('account', field, profile[field], profile.currency)] as const);
  yield* drawFacts([...facts, ['currency', plain(profile.currency)]], terminal);
  for (const { field, externalId } of awaited)
    yield `${paint.yellow('note')}  its ${words(field)} "${plain(externalId)}" has not arrived yet`;
  yield* drawAddresses(view, terminal);
  yield* drawContacts(view, terminal);
  if (prices.prices.length > 0) {
    yield* section('prices', terminal);
    yield* drawPriceTable(prices.prices, terminal);
    if (prices.more > 0) yield paint.dim(`… ${formatCount(prices.more)} more`);
  }
  yield* section('sources', terminal);
  const rows = sources.map(({ connection, externalId, firstSeenAt, lastPulledAt, changedByRun }) => [
    connection,
    plain(externalId),
    formatInstant(firstSeenAt),
    formatInstant(lastPulledAt),
    changedByRun ?? '',
  ]);
  const titles = ['connection', 'external id', 'first seen', 'last pulled', 'changed by run'];
  yield* drawTable(
    titles.map((title) => ({ title, least: 8 })),
    rows,
    terminal,
  );
}

function* drawAddresses({ addresses }: AccountView, terminal: Terminal): Generator<string> {
  if (addresses.length === 0) return;
  yield* section('addresses', terminal);
  const rows = addresses.map(({ profile }) => [
    `${ROLES[String(profile.role)] ?? plain(profile.role)}${profile.isDefault === true ? ' *' : ''}`,
    addressLine(profile),
    formatValidity(profile),
  ]);
  yield* drawTable([{ title: 'role' }, { title: 'address', least: 16 }, { title: 'valid', least: 6 }], rows, terminal);
}

function addressLine({ name, lines, postalCode, city, region, country }: Profile): string {
  const place = [postalCode, city].filter(Boolean).join(' ');
  return [name, ...(Array.isArray(lines) ? lines : []), place, region, country].filter(Boolean).map(plain).join(', ');
}

function* drawContacts({ contacts }: AccountView, terminal: Terminal): Generator<string> {
  if (contacts.length === 0) return;
  yield* section('contacts', terminal);
  const columns = [
    { title: 'name', least: 10 },
    { title: 'position', least: 8 },
    { title: 'roles', least: 6 },
    { title: 'mail', least: 10 },
    { title: 'superior', least: 8 },
  ];
  const rows = contacts.map(({ profile, superior }) => [
    `${plain(profile.name)}${profile.status === 'active' ? '' : ` (${plain(profile.status)})`}`,
    plain(profile.jobTitle),
    formatField('contact', 'roles', profile.roles),
    plain(profile.email ?? profile.phone ?? profile.mobile),
    plain(superior),
  ]);
  yield* drawTable(columns, rows, terminal);
}

export interface AccountHistory {
  currency: string | null;
  changes: HistoryItem[];
  next: string | null;
}

export function* drawHistory({ currency: today, changes, next }: AccountHistory, terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  if (changes.length === 0) yield 'nothing happened to it yet';
  for (const { kind, at, runId, connection, fields } of changes) {
    yield `${paint.bold(formatInstant(at))}  ${kind}  ${paint.dim(`run ${runId}, ${connection}`)}`;
    const change = fields.find(({ field }) => field === 'currency');
    const facts = fields.map(({ field, old, new: value }) => {
      const after = formatField('account', field, value, change?.new ?? today);
      const before = formatField('account', field, old, change?.old ?? today);
      return [words(field), kind === 'created' ? after : `${before || 'none'} → ${after || 'none'}`] as const;
    });
    for (const line of drawFacts(facts, terminal)) yield `  ${line}`;
  }
  if (next) yield paint.dim(`more: --before ${next}`);
}

function* section(title: string, { paint }: Terminal): Generator<string> {
  yield '';
  yield paint.bold(title);
}

function status(text: string, { paint }: Terminal): string {
  if (text === 'active') return paint.green(text);
  return text === 'pending' ? paint.yellow(text) : paint.red(plain(text).replace('_', ' '));
}

/** `creditAsOf` -> `credit as of` */
function words(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
