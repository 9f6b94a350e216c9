/** Proof of access: each service the connection needs is asked for one row. */
import type { SystemInfo } from '../../src/connector/contract.ts';
import { allOf, compare, readPage } from '../../src/connector/odata/index.ts';
import { KontorError } from '../../src/errors.ts';
import { SERVICE, sapPath } from './http.ts';
import { type SapSession, text } from './partners.ts';

interface Probe {
  /** Service and entity set. */
  readonly set: string;
  readonly cure: string;
}

/** Without these the rest works. */
const OPTIONAL: readonly Probe[] = [
  { set: `${SERVICE.order}/A_SalesOrder`, cure: 'orders cannot be sent; add scenario SAP_COM_0109 (on premise: V_VBAK_VKO, V_VBAK_AAT)' },
  { set: `${SERVICE.price}/A_SlsPrcgCndnRecdValidity`, cure: 'prices cannot be read; add scenario SAP_COM_0294, or leave `price` out' },
  { set: `${SERVICE.stock}/A_MatlStkInAcctMod`, cure: 'stock cannot be read; add scenario SAP_COM_0164, or leave `stock` out' },
];
const CREDIT: Probe = {
  set: `${SERVICE.credit}/CreditManagementAccount`,
  cure: 'credit limits cannot be read; add the scenario of credit management, or leave `creditSegment` out',
};

export async function check(session: SapSession): Promise<SystemInfo> {
  const { config, http } = session;
  const { organization, channel, division } = config.salesArea;
  const isCustomer = compare('Customer', 'ne', text(''));
  const partners = await readPage(
    http,
    sapPath(config, `${SERVICE.partner}/A_BusinessPartner`, { filter: isCustomer, select: ['BusinessPartner'], top: 1, count: true }),
  );
  const inArea = allOf(
    compare('SalesOrganization', 'eq', text(organization)),
    compare('DistributionChannel', 'eq', text(channel)),
    compare('Division', 'eq', text(division)),
  );
  const areas = await readPage(http, sapPath(config, `${SERVICE.partner}/A_CustomerSalesArea`, { filter: inArea, top: 1 }));
  const permissions = [{ name: SERVICE.partner as string, granted: true }];
  const warnings: string[] = [];
  if (areas.rows.length === 0) {
    warnings.push(`no customer is in sales area ${organization}/${channel}/${division}; correct \`salesArea\`, or extend customers to it`);
  }
  for (const { set, cure } of config.creditSegment === undefined ? OPTIONAL : [...OPTIONAL, CREDIT]) {
    const granted = await isOffered(session, set);
    permissions.push({ name: set.split('/')[0] ?? set, granted });
    if (!granted) warnings.push(`${set} is not there or not allowed: ${cure}`);
  }
  const client = config.client === undefined ? '' : `, client ${config.client}`;
  return { summary: `SAP S/4HANA${client}: ${partners.count ?? 'some'} customers`, warnings, permissions };
}

/** A service that is missing is no failure of the connection, so these two are answers here. */
async function isOffered({ config, http }: SapSession, set: string): Promise<boolean> {
  return readPage(http, sapPath(config, set, { top: 1 })).then(
    () => true,
    (error: unknown) => {
      if (error instanceof KontorError && (error.code === 'ERP_PERMISSION_MISSING' || error.code === 'ERP_NOT_FOUND')) return false;
      throw error;
    },
  );
}
