/** Contacts: persons in the relationship "has contact person" with a customer. */
import type { Cursor, Page } from '../../src/connector/contract.ts';
import { civilDate, type ODataRow } from '../../src/connector/odata/index.ts';
import { ADDRESS_PARTS } from './accounts.ts';
import { reachedBy, standardAddress } from './flatten-account.ts';
import { SERVICE } from './http.ts';
import { lookUp, pullPartners, type SapSession } from './partners.ts';
import { listIn, plainIn, rowIn, textIn } from './rows.ts';
import type { PartnerOptions } from './settings.ts';

const CONTACT_PARTS = ['to_BusinessPartnerContact', 'to_BusinessPartnerContact/to_ContactRelationship'];

export function readContacts(session: SapSession, options: PartnerOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
  return pullPartners(session, { options, cursor, expand: CONTACT_PARTS, records });
}

async function records(session: SapSession, partners: readonly ODataRow[]): Promise<readonly unknown[]> {
  const contacts = partners.flatMap((partner) => listIn(partner, 'to_BusinessPartnerContact'));
  const people = await lookUp(session, {
    set: `${SERVICE.partner}/A_BusinessPartner`,
    by: ['BusinessPartner'],
    values: contacts.map((contact) => textIn(contact, 'BusinessPartnerPerson')),
    expand: ADDRESS_PARTS,
  });
  const byNumber = new Map(people.map((person) => [textIn(person, 'BusinessPartner'), person]));
  const today = session.now().toISOString().slice(0, 10);
  return partners.flatMap((partner) => flattenContacts(partner, byNumber, today));
}

/** One record per person. A relationship that was ended and begun anew stands there once for each span: the last one counts. Pure. */
function flattenContacts(partner: ODataRow, people: ReadonlyMap<string, ODataRow>, today: string): ODataRow[] {
  const last = new Map<string, ODataRow>();
  for (const contact of listIn(partner, 'to_BusinessPartnerContact')) {
    const number = textIn(contact, 'BusinessPartnerPerson');
    if (endOf(contact) >= endOf(last.get(number))) last.set(number, contact);
  }
  const account = textIn(partner, 'Customer');
  return [...last].map(([number, contact]) => {
    const person = people.get(number);
    const relation = rowIn(contact, 'to_ContactRelationship') ?? listIn(contact, 'to_ContactRelationship')[0];
    const own = reachedBy(standardAddress(listIn(person, 'to_BusinessPartnerAddress')));
    return {
      ...plainIn(person),
      id: `${account}/${number}`,
      account,
      relation: plainIn(relation),
      email: textIn(relation, 'EmailAddress') || own.email,
      phone: joined(textIn(relation, 'PhoneNumber'), textIn(relation, 'PhoneNumberExtension')) || own.phone,
      status: statusOf(contact, person, today),
    };
  });
}

function statusOf(contact: ODataRow, person: ODataRow | undefined, today: string): string {
  if (endOf(contact) < today || person?.IsMarkedForArchiving === true) return 'left';
  return person?.BusinessPartnerIsBlocked === true ? 'suspended' : 'active';
}

/** The last day; one that cannot be read is the end of time. */
function endOf(contact: ODataRow | undefined): string {
  return contact ? (civilDate(contact.ValidityEndDate) ?? '9999-12-31') : '';
}

function joined(number: string, extension: string): string {
  return number !== '' && extension !== '' ? `${number}-${extension}` : number;
}
