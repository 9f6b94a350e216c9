/** Business partners that are customers, page by page in the order of their numbers: what accounts, contacts and addresses are read from. */
import { z } from 'zod';
import type { Cursor, Page, Session, Watermark } from '../../src/connector/contract.ts';
import { allOf, anyOf, compare, literal, msOf, type ODataRow, readAllOf, readPage, secondsOf } from '../../src/connector/odata/index.ts';
import { pullByWatermark } from '../../src/connector/watermark.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { askOf, SERVICE, sapPath } from './http.ts';
import type { PartnerOptions, SapSettings } from './settings.ts';

export type SapSession = Session<SapSettings>;

/**
 * LastChangeDate and LastChangeTime (of the creation before the first change) are whole seconds of the application server's zone.
 * They are only ever compared with each other, so the zone does not matter; the hour that a clock change repeats does. Updates are
 * written by a task of their own after the dialog has ended: nobody promises how much later.
 */
export const partnerWatermark: Watermark = {
  field: 'changedAt',
  precisionMs: 1_000,
  stamped: 'unknown',
  commitLagMs: 900_000,
  slackMs: 3_600_000,
};

export interface PartnerRead {
  readonly options: PartnerOptions;
  readonly cursor: Cursor | null;
  /** What is read along. */
  readonly expand: readonly string[];
  /** Makes records of a page's business partners. */
  records(session: SapSession, partners: readonly ODataRow[]): Promise<readonly unknown[]>;
}

const afterPartner = z.string().nullable();

export function pullPartners(session: SapSession, { options, cursor, expand, records }: PartnerRead): AsyncGenerator<Page<unknown>> {
  const { config, http } = session;
  return pullByWatermark<unknown>({
    cursor,
    watermark: partnerWatermark,
    now: session.now,
    async page({ since, next }) {
      const after = afterPartner.parse(next);
      const path = sapPath(config, `${SERVICE.partner}/A_BusinessPartner`, {
        filter: allOf(
          since === null ? undefined : changedSince(since),
          compare('Customer', 'ne', text('')),
          after === null ? undefined : compare('BusinessPartner', 'gt', text(after)),
        ),
        expand,
        orderBy: ['BusinessPartner'],
        top: config.pageSize,
      });
      const page = await readPage(http, path, {}, askOf(session, SERVICE.partner));
      const last = page.rows.at(-1)?.BusinessPartner;
      const isMore = page.next !== null || page.size >= config.pageSize;
      if (isMore && typeof last !== 'string') {
        throw new RetryLaterError('ERP_ANSWER_UNUSABLE', 'A_BusinessPartner: a page that is not the last ends without a business partner');
      }
      const partners = page.rows.filter(({ Customer }) => typeof Customer === 'string' && Customer !== '');
      return {
        records: [...page.strange, ...(await records(session, partners))],
        next: isMore && typeof last === 'string' ? last : null,
        newest: options.changes === 'stamped' ? newestOf(partners) : null,
        serverAt: page.serverAt,
      };
    },
  });
}

/** A property that compares as text. */
export function text(value: string): string {
  return literal(2, 'string', value);
}

/** New business partners have no LastChangeDate until they are changed. */
function changedSince(since: Date): string | undefined {
  const [date = '', time = ''] = since.toISOString().slice(0, 19).split('T');
  const at = (day: string, clock: string) =>
    anyOf(
      compare(day, 'gt', literal(2, 'date', date)),
      allOf(compare(day, 'eq', literal(2, 'date', date)), compare(clock, 'ge', literal(2, 'time', time))),
    );
  return anyOf(at('LastChangeDate', 'LastChangeTime'), at('CreationDate', 'CreationTime'));
}

/** Epoch milliseconds, as if the application server's zone were UTC; `null` when neither stamp can be read. */
export function changedMs(partner: ODataRow): number | null {
  const changed = msOf(partner.LastChangeDate);
  const day = changed ?? msOf(partner.CreationDate);
  if (day === null) return null;
  const seconds = secondsOf(changed === null ? partner.CreationTime : partner.LastChangeTime) ?? 0;
  return day - (day % 86_400_000) + seconds * 1_000;
}

function newestOf(partners: readonly ODataRow[]): Date | null {
  const newest = partners.reduce((latest, partner) => Math.max(latest, changedMs(partner) ?? 0), 0);
  return newest === 0 ? null : new Date(newest);
}

export interface LookUp {
  /** Service and entity set. */
  readonly set: string;
  /** Of these properties one must have one of the values. */
  readonly by: readonly string[];
  readonly values: Iterable<string>;
  readonly filter?: string | undefined;
  readonly expand?: readonly string[];
  readonly select?: readonly string[];
}

/** Rows that belong to those of a page; none for no values. */
export async function lookUp(session: SapSession, { set, by, values, filter, expand, select }: LookUp): Promise<ODataRow[]> {
  const { config } = session;
  const wanted = [...new Set(values)].filter((value) => value !== '');
  const paths = inGroups(wanted, config.filterSize).map((group) => {
    const either = group.flatMap((value) => by.map((name) => compare(name, 'eq', text(value))));
    return sapPath(config, set, { filter: allOf(filter, anyOf(...either)), expand, select });
  });
  return readAllOf(askOf(session, set.split('/')[0] ?? set), paths);
}

export function inGroups<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, place) => all.slice(place * size, (place + 1) * size));
}
