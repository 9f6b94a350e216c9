/** Proof of access: each service the connection needs is asked for one row. */
import type { SystemInfo } from '../../src/connector/contract.ts';
import { allOf, compare, readPage } from '../../src/connector/odata/index.ts';
import { type ErrorCode, KontorError } from '../../src/errors.ts';
import { askOf, SERVICE, sapPath } from './http.ts';
import { type SapSession, text } from './partners.ts';
import { serviceOf } from './sales-order-service.ts';
import type { SapSettings } from './settings.ts';

interface Probe {
  /** Service and entity set. */
  readonly set: string;
  readonly cure: string;
  /** Where one row of it is asked for. */
  path(config: SapSettings): string;
}

const ONE_ROW = { top: 1 };
const probe = (set: string, cure: string): Probe => ({ set, cure, path: (config) => sapPath(config, set, ONE_ROW) });

/** Without these the rest works. */
const PRICES = probe(
  `${SERVICE.price}/A_SlsPrcgCndnRecdValidity`,
  'prices cannot be read; add scenario SAP_COM_0294, or leave `price` out',
);
const STOCK = probe(`${SERVICE.stock}/A_MatlStkInAcctMod`, 'stock cannot be read; add scenario SAP_COM_0164, or leave `stock` out');
const CREDIT = probe(
  `${SERVICE.credit}/CreditManagementAccount`,
  'credit limits cannot be read; add the scenario of credit management, or leave `creditSegment` out',
);

function probesOf(config: SapSettings): Probe[] {
  const { names, path } = serviceOf(config);
  const orders: Probe = {
    set: names.set,
    cure: 'orders cannot be sent; add scenario SAP_COM_0109 (on premise: V_VBAK_VKO, V_VBAK_AAT)',
    path: () => path(config, '', ONE_ROW),
  };
  return [orders, PRICES, STOCK, ...(config.creditSegment === undefined ? [] : [CREDIT])];
}

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
  for (const { set, cure, path } of probesOf(config)) {
    const granted = await isOffered(readPage(http, path(config)));
    permissions.push({ name: set.split('/')[0] ?? set, granted });
    if (!granted) warnings.push(`${set} is not there or not allowed: ${cure}`);
  }
  if (config.batch && !(await takesBatches(session))) {
    permissions.push({ name: `${SERVICE.partner}/$batch`, granted: false });
    warnings.push(`${SERVICE.partner}/$batch is not let through: set \`batch: false\`, or have the gateway in front of SAP allow it`);
  }
  const client = config.client === undefined ? '' : `, client ${config.client}`;
  return { summary: `SAP S/4HANA${client}: ${partners.count ?? 'some'} customers`, warnings, permissions };
}

/** Two reads together, both of which were allowed alone. */
function takesBatches(session: SapSession): Promise<boolean> {
  const path = sapPath(session.config, `${SERVICE.partner}/A_BusinessPartner`, { select: ['BusinessPartner'], ...ONE_ROW });
  return isOffered(askOf(session, SERVICE.partner)([path, path]), [...MISSING, 'ERP_REFUSED', 'ERP_ANSWER_UNUSABLE']);
}

const MISSING: readonly ErrorCode[] = ['ERP_PERMISSION_MISSING', 'ERP_NOT_FOUND'];

/** What is missing is no failure of the connection, so these are answers here. */
async function isOffered(asking: Promise<unknown>, missing = MISSING): Promise<boolean> {
  return asking.then(
    () => true,
    (error: unknown) => {
      if (error instanceof KontorError && missing.includes(error.code)) return false;
      throw error;
    },
  );
}
