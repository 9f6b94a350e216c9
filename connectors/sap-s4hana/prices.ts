/** Prices: condition records of the declared types, with their scales. No change is stamped, so all are read every time. */
import { z } from 'zod';
import type { Cursor, Page } from '../../src/connector/contract.ts';
import { allOf, anyOf, behind, civilDate, compare, literal, type ODataRow, readPage } from '../../src/connector/odata/index.ts';
import { pullByWatermark } from '../../src/connector/watermark.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { askOf, SERVICE, sapPath } from './http.ts';
import { lookUp, partnerWatermark, type SapSession, text } from './partners.ts';
import { dayAfter, groupedBy, listIn, plainIn, rowIn, textIn } from './rows.ts';
import type { PriceOptions, SapSettings } from './settings.ts';

const KEYS = ['ConditionRecord', 'ConditionValidityEndDate'] as const;
const lastKey = z.object({ record: z.string(), end: z.string() }).nullable();

export function readPrices(session: SapSession, { conditionTypes }: PriceOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
  const { config, http } = session;
  const types = anyOf(...conditionTypes.map((type) => compare('ConditionType', 'eq', text(type))));
  return pullByWatermark<unknown>({
    cursor,
    watermark: partnerWatermark,
    now: session.now,
    async page({ next }) {
      const after = lastKey.parse(next);
      const path = sapPath(config, `${SERVICE.price}/A_SlsPrcgCndnRecdValidity`, {
        filter: allOf(types, after === null ? undefined : behindKey(after)),
        expand: ['to_SlsPrcgConditionRecord'],
        orderBy: KEYS,
        top: config.pageSize,
      });
      const page = await readPage(http, path, {}, askOf(session, SERVICE.price));
      const isMore = page.next !== null || page.size >= config.pageSize;
      const last = page.rows.at(-1);
      return {
        records: [...page.strange, ...(await records(session, page.rows))],
        next: isMore ? keyOf(last) : null,
        newest: null,
        serverAt: page.serverAt,
      };
    },
  });
}

function behindKey({ record, end }: { record: string; end: string }): string | undefined {
  return behind([
    { name: KEYS[0], literal: text(record) },
    { name: KEYS[1], literal: literal(2, 'date', end) },
  ]);
}

function keyOf(row: ODataRow | undefined): { record: string; end: string } {
  const [record, end] = [textIn(row, 'ConditionRecord'), civilDate(row?.ConditionValidityEndDate)];
  if (record === '' || end === null) {
    throw new RetryLaterError('ERP_ANSWER_UNUSABLE', 'A_SlsPrcgCndnRecdValidity: a page that is not the last ends without a key');
  }
  return { record, end };
}

/** Scales are asked for by themselves: some systems leave them out of an expansion of the validity. */
async function records(session: SapSession, validities: readonly ODataRow[]): Promise<readonly unknown[]> {
  const ours = validities.filter((validity) => isOurs(validity, session.config.salesArea));
  const scales = await lookUp(session, {
    set: `${SERVICE.price}/A_SlsPrcgCndnRecordScale`,
    by: ['ConditionRecord'],
    values: ours.map((validity) => textIn(validity, 'ConditionRecord')),
  });
  const byRecord = groupedBy(scales, (scale) => textIn(scale, 'ConditionRecord'));
  return ours.flatMap((validity) => flattenPrices(validity, byRecord.get(textIn(validity, 'ConditionRecord')) ?? []));
}

/** Who or what a condition may be limited to that we have no word for: it would become a price for everyone. */
const LIMITS = [
  ...['CustomerGroup', 'CustomerPriceGroup', 'CustomerConditionGroup', 'CustomerHierarchy', 'ShipToParty', 'PayerParty', 'Supplier'],
  ...['SalesDocument', 'ConditionContract', 'SalesOffice', 'SalesGroup', 'SalesDistrict', 'Plant', 'DestinationCountry', 'Region', 'Batch'],
  ...[
    'Industry',
    'IncotermsClassification',
    'Personnel',
    'RequirementSegment',
    'AdditionalCustomerGroup1',
    'OrderType',
    'VariantCondition',
  ],
];

/** Of our sales area, where blank means every one; for a material; and for a customer, a price list or everyone. */
function isOurs(validity: ODataRow, { organization, channel, division }: SapSettings['salesArea']): boolean {
  const fits = (name: string, wanted: string) => ['', wanted].includes(textIn(validity, name));
  return (
    textIn(validity, 'Material') !== '' &&
    fits('SalesOrganization', organization) &&
    fits('DistributionChannel', channel) &&
    fits('Division', division) &&
    LIMITS.every((name) => textIn(validity, name) === '')
  );
}

/** One record per step of the scale; one for a condition without. Pure. */
export function flattenPrices(validity: ODataRow, scales: readonly ODataRow[]): ODataRow[] {
  const condition = rowIn(validity, 'to_SlsPrcgConditionRecord') ?? listIn(validity, 'to_SlsPrcgConditionRecord')[0];
  if (condition?.ConditionIsDeleted === true) return [];
  const end = civilDate(validity.ConditionValidityEndDate) ?? '';
  const common: ODataRow = {
    ...plainIn(validity),
    condition: plainIn(condition),
    account: textIn(validity, 'Customer') || textIn(validity, 'SoldToParty'),
    validFrom: civilDate(validity.ConditionValidityStartDate),
    validTo: dayAfter(validity.ConditionValidityEndDate),
    unitPrice: textIn(condition, 'ConditionRateValue'),
    from: null,
  };
  const id = `${textIn(validity, 'ConditionRecord')}/${end}`;
  const steps = scales.filter((scale) => textIn(scale, 'ConditionScaleQuantity') !== '');
  if (steps.length === 0) return [{ ...common, id }];
  return steps.map((step) => {
    const from = textIn(step, 'ConditionScaleQuantity');
    return { ...common, id: `${id}/${from}`, from, unitPrice: textIn(step, 'ConditionRateValue') };
  });
}
