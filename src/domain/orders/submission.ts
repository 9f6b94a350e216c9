/** What a storefront submits, as it writes it: references of its own and of the ERP, decimals as texts or numbers. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Refused, show } from '../../connector/mapping/cell.ts';
import { cleanCode, cleanText } from '../../connector/mapping/clean-text.ts';
import { canonicalDecimal, readTypedDecimal } from '../../connector/mapping/decimal.ts';
import { currencyOf } from '../../connector/mapping/words.ts';
import type { OrderProblem } from './problem.ts';

export const MOST_LINES = 5_000;

type Report = { addIssue(issue: { code: 'custom'; message: string; input?: unknown }): void };

/** `z.NEVER` is nothing at all when it runs: what follows a refused value must not look into it. */
function settle<T>(value: T | Refused, report: Report): T {
  if (!(value instanceof Refused)) return value;
  report.addIssue({ code: 'custom', message: value.reason });
  return z.NEVER;
}

const given = z.union([z.string(), z.number()]);
type Given = z.output<typeof given> | null | undefined;

/** Blank and absent are the same: nothing was said. */
function unless<T>(read: (text: string, report: Report) => T): (value: Given, report: Report) => T | null {
  return (value, report) =>
    value === null || value === undefined || String(value).trim() === '' ? null : read(String(value).trim(), report);
}

/** One line without control characters. Numbers are taken for the digits they are, as spreadsheets give them. */
function readCode(most: number): (text: string, report: Report) => string {
  return (text, report) => {
    if (text === '') return settle<string>(new Refused('is blank; fill it'), report);
    if (text.length > most) return settle<string>(new Refused(`is longer than ${most} characters; shorten it`), report);
    return settle(cleanCode(text), report);
  };
}

function readDecimal(text: string, report: Report): string {
  const read = readTypedDecimal(text);
  if (read) return settle(canonicalDecimal(read, text), report);
  return settle<string>(new Refused(`${show(text)} is no number; write digits with a point, such as "1234.50"`), report);
}

function readCurrency(text: string, report: Report): string {
  const known = currencyOf(text);
  return settle(
    known instanceof Refused ? new Refused(`${show(text)} is no currency; use three letters of ISO 4217 such as EUR`) : known,
    report,
  );
}

function readDay(text: string, report: Report): string {
  return z.iso.date().safeParse(text).success
    ? text
    : settle<string>(new Refused(`${show(text)} is no day of the calendar; write YYYY-MM-DD`), report);
}

function readPrice(text: string, report: Report): string {
  const price = readDecimal(text, report);
  return price?.startsWith?.('-') ? settle<string>(new Refused('is less than zero; give zero or more'), report) : price;
}

function readQuantity(text: string, report: Report): string {
  const quantity = readDecimal(text, report);
  const isMore = quantity !== '0' && !quantity?.startsWith?.('-');
  return isMore ? quantity : settle<string>(new Refused('is not more than zero; give more, or leave the line out'), report);
}

const code = (most: number) => given.transform((value, report) => readCode(most)(String(value).trim(), report));
const optionalCode = (most: number) => given.nullish().transform(unless(readCode(most)));
const price = given.nullish().transform(unless(readPrice));
const quantity = given.transform((value, report) => readQuantity(String(value).trim(), report));
const day = z.string().nullish().transform(unless(readDay));
const currency = z.string().nullish().transform(unless(readCurrency));
const optionalText = z
  .string()
  .max(4_000, 'is longer than 4000 characters; shorten it')
  .nullish()
  .transform(unless((text, report) => settle(cleanText(text), report)));

const submissionLine = z.strictObject({
  reference: optionalCode(60).describe('Names the line within the order, through all its revisions; its place from 1 if absent.'),
  product: code(100).describe("The seller's item number."),
  quantity: quantity.describe('How many units; a decimal.'),
  unit: optionalCode(20).describe('Unit of measure; that of the contract price if absent.'),
  unitPrice: price.describe('Net price of one unit; the contract price if absent.'),
  text: optionalText.describe('A remark about the line.'),
  category: optionalCode(100).describe('What kind of item it is; rules may ask for it.'),
  supplier: optionalCode(100).describe('Who supplies it; rules may ask for it.'),
});

/** What may be changed about an order after it came in. */
const changeable = {
  purchaseOrderNumber: optionalCode(60).describe("The buyer's own number; printed, not checked."),
  costCentre: optionalCode(60).describe("One of the account's; the person's own if absent."),
  project: optionalCode(60).describe('The project it is for; budgets of that project are asked.'),
  shipTo: optionalCode(100).describe('External id of a ship-to address of the account or those above it; its default if absent.'),
  billTo: optionalCode(100).describe('External id of a bill-to address, likewise.'),
  requestedDeliveryOn: day.describe('Civil date, YYYY-MM-DD; today or later.'),
  paymentTerms: optionalCode(60).describe("Code of the account's payment terms; needed by nobody, refused if it is another."),
  paymentMethod: optionalCode(60).describe('How it is paid (invoice, card, ...); carried as it is.'),
  note: optionalText.describe('A remark for the seller.'),
  shippingCost: price.describe("Net, in the order's currency; 0 if absent."),
  tax: price.describe('Of the whole order, in its currency; unknown if absent, and then budgets that count gross need approval.'),
  lines: z
    .array(submissionLine)
    .min(1, 'is empty; an order has at least one line')
    .max(MOST_LINES, `holds more than ${MOST_LINES} lines; split the order`)
    .describe('What is ordered.'),
};

export const submissionSchema = z
  .strictObject({
    reference: code(100).describe(
      "The storefront's own, unique for ever: the same content again answers the same order, other content is refused.",
    ),
    account: code(100).describe('The account that buys: external id, else customer number, else `id:` and our own.'),
    orderedBy: code(100).describe('The person who orders: external id, or `id:` and our own.'),
    onBehalfOf: optionalCode(100).describe('The person the order is for, where somebody else enters it.'),
    currency: currency.describe("ISO 4217; the account's if absent."),
    ...changeable,
  })
  .describe('A purchase request.');

export const changeSchema = z
  .strictObject(changeable)
  .partial()
  .describe('What becomes different; whatever is absent stays. Lines are given as a whole.');

export type Submission = z.output<typeof submissionSchema>;
export type SubmissionLine = z.output<typeof submissionLine>;
export type SubmissionChange = z.output<typeof changeSchema>;

export type Parsed<T> = { readonly submission: T } | { readonly problems: OrderProblem[] };

export function parseSubmission(input: unknown): Parsed<Submission> {
  return parse(submissionSchema, input);
}

export function parseChange(input: unknown): Parsed<SubmissionChange> {
  return parse(changeSchema, input);
}

function parse<T>(schema: z.ZodType<T>, input: unknown): Parsed<T> {
  const { success, data, error } = schema.safeParse(input, { reportInput: true });
  return success ? { submission: data } : { problems: error.issues.flatMap(explain) };
}

type Issue = z.core.$ZodIssue;

function explain(issue: Issue): OrderProblem[] {
  const path = writePath(issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: writePath([...issue.path, key]),
      reason: 'is not a field of an order',
      cure: 'correct its name, or leave it out',
    }));
  if (issue.code === 'invalid_union') return [{ path, ...deepest(issue) }];
  if (issue.code === 'invalid_type') {
    const reason = issue.input === undefined ? 'is missing' : `is not ${article(issue.expected)}`;
    return [{ path, reason, cure: `give ${article(issue.expected)}` }];
  }
  return [{ path, ...split(issue.message) }];
}

/** A union tells what each of its forms found; the form that came to a sentence of ours knows best. */
function deepest(issue: Extract<Issue, { code: 'invalid_union' }>): Pick<OrderProblem, 'reason' | 'cure'> {
  const inner = issue.errors.flat();
  const ours = inner.find(({ code, message }) => code !== 'invalid_type' && message.includes(';'));
  if (ours) return split(ours.message);
  return { reason: issue.input === undefined ? 'is missing' : 'cannot be used', cure: 'give a text or a number' };
}

function split(message: string): Pick<OrderProblem, 'reason' | 'cure'> {
  const at = message.lastIndexOf('; ');
  return at < 0 ? { reason: message, cure: 'correct it' } : { reason: message.slice(0, at), cure: message.slice(at + 2) };
}

function writePath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${String(part)}`), '');
}

function article(type: string): string {
  return type === 'array' ? 'a list' : type === 'object' ? 'an object with the fields of an order' : `a ${type}`;
}

/** Equal for what means the same: order of fields, ways of writing a number and blanks aside. */
export function submissionDigest(submission: Submission): string {
  return createHash('sha256').update(JSON.stringify(submission, inOrder)).digest('hex');
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const said = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  return Object.fromEntries(said.sort(([a], [b]) => (a < b ? -1 : 1)));
}
