/** Parts of mails about orders: facts, lines, what changed. */
import { type Change, listChanges, type Money } from '../../domain/orders/changes.ts';
import type { OrderContentLine } from '../../domain/orders/order.ts';
import type { ToldOrder, ToldVersion } from '../../store/mail/told-orders.ts';
import type { AddressLabel } from '../../store/views/order-details.ts';
import type { FactView, LinesView } from '../mail-view.ts';
import type { Tongue } from '../tongue.ts';
import type { Matter } from './matter.ts';

/** More would bury the rest; the page behind the link shows all. */
const MOST_LINES = 30;

/** What most sentences about an order name. */
export function orderValues({ reference, account, orderedBy, total, currency, submittedAt }: ToldOrder, tongue: Tongue) {
  return { reference, account, orderedBy, total: tongue.money(total, currency), when: tongue.instant(submittedAt) };
}

/** Pairs without a value are left out. */
export function factsOf(pairs: ReadonlyArray<readonly [key: string, value: string | null | undefined]>, tongue: Tongue): FactView[] {
  return pairs.flatMap(([key, value]) => {
    if (value === null || value === undefined || value.trim() === '') return [];
    const lines = value
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    return [{ label: tongue.say(key), value: lines.join(', '), lines }];
  });
}

export function orderFacts(order: ToldOrder, addresses: Matter['addresses'], tongue: Tongue): FactView[] {
  const { content, orderedBy, onBehalfOf, submittedAt, externalKey } = order;
  const { shipTo, requestedDeliveryOn } = content;
  return factsOf(
    [
      ['fact.orderedBy', onBehalfOf === null ? orderedBy : tongue.say('fact.orderedFor', { name: orderedBy, other: onBehalfOf })],
      ['fact.orderedOn', tongue.instant(submittedAt)],
      ['fact.key', externalKey],
      ['fact.shipTo', shipTo && addressText(addresses.get(shipTo))],
      ['fact.wantedBy', requestedDeliveryOn && tongue.day(requestedDeliveryOn)],
      ['fact.purchaseOrder', content.purchaseOrderNumber],
      ['fact.costCentre', content.costCentre],
      ['fact.project', content.project],
      ['fact.paymentTerms', content.paymentTerms],
      ['fact.note', content.note],
    ],
    tongue,
  );
}

function addressText(label: AddressLabel | undefined): string | null {
  if (!label) return null;
  const { name, lines, postalCode, city, country } = label;
  return [name, ...lines, [postalCode, city].filter(Boolean).join(' '), country].filter(Boolean).join('\n');
}

export function linesView({ content, total, currency }: ToldOrder, tongue: Tongue): LinesView {
  const rows = content.lines.slice(0, MOST_LINES).map((line) => {
    const times = { quantity: tongue.quantity(line.quantity, line.unit), price: tongue.price(line.unitPrice, currency) };
    const detail = [tongue.say('times', times), line.text].filter((part) => part !== null && part !== '').join(', ');
    return { item: nameOf(line), detail, amount: tongue.money(line.amount, currency) };
  });
  const left = content.lines.length - rows.length;
  const more = left > 0 ? [{ item: tongue.say('lines.more', { count: left }), detail: null, amount: '' }] : [];
  const shipping =
    content.shippingCost === 0 ? [] : [{ label: tongue.say('fact.shipping'), value: tongue.money(content.shippingCost, currency) }];
  return {
    title: tongue.say('lines'),
    rows: [...rows, ...more],
    sums: [...shipping, { label: tongue.say('fact.total'), value: tongue.money(total, currency) }],
  };
}

function nameOf({ product, productName }: OrderContentLine): string {
  return productName === null || productName === product ? product : `${productName} (${product})`;
}

type Compared = Pick<ToldVersion, 'content' | 'total'>;

/** Line by line, in the reader's words. */
export function changeEntries(before: Compared, after: Compared, addresses: Matter['addresses'], tongue: Tongue): string[] {
  return listChanges(before, after).map((change) => changeEntry(change, after.content.currency, addresses, tongue));
}

function changeEntry(change: Change, currency: string, addresses: Matter['addresses'], tongue: Tongue): string {
  switch (change.kind) {
    case 'field': {
      const value = (text: string | null) => fieldValue(change.field, text, addresses, tongue);
      return tongue.say('change.field', { field: change.field, was: value(change.was), is: value(change.is) });
    }
    case 'money': {
      const value = (money: Money | null) => (money ? tongue.money(money.minor, money.currency) : tongue.say('nothing'));
      return tongue.say('change.money', { field: change.field, was: value(change.was), is: value(change.is) });
    }
    case 'lineGone':
      return tongue.say('change.lineGone', { item: nameOf(change.line) });
    case 'lineNew': {
      const { quantity, unit, unitPrice } = change.line;
      const values = { quantity: tongue.quantity(quantity, unit), price: tongue.price(unitPrice, currency) };
      return tongue.say('change.lineNew', { item: nameOf(change.line), ...values });
    }
    case 'line': {
      const value = (text: string | null) => lineValue(change.field, text, currency, tongue);
      return tongue.say('change.line', {
        item: nameOf(change.line),
        field: change.field,
        was: value(change.was),
        is: value(change.is),
      });
    }
  }
}

function fieldValue(field: string, text: string | null, addresses: Matter['addresses'], tongue: Tongue): string {
  if (text === null || text === '') return tongue.say('nothing');
  if (field === 'shipTo' || field === 'billTo') return addressText(addresses.get(text))?.replaceAll('\n', ', ') ?? text;
  return field === 'requestedDeliveryOn' ? tongue.day(text) : text;
}

function lineValue(field: string, text: string | null, currency: string, tongue: Tongue): string {
  if (text === null || text === '') return tongue.say('nothing');
  if (field === 'unitPrice') return tongue.price(text, currency);
  return field === 'quantity' ? tongue.quantity(text, null) : text;
}
