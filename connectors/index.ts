/** Every connector, one line each. */
import type { AnyConnector } from '../src/connector/contract.ts';
import { businessCentral } from './business-central/index.ts';
import { dolibarr } from './dolibarr/index.ts';
import { espocrm } from './espocrm/index.ts';
import { odata } from './odata/index.ts';
import { odoo } from './odoo/index.ts';
import { rest } from './rest/index.ts';
import { salesforce } from './salesforce/index.ts';
import { sapS4hana } from './sap-s4hana/index.ts';
import { spreadsheet } from './spreadsheet/index.ts';
import { sql } from './sql/index.ts';
import { tryton } from './tryton/index.ts';

export const connectors: readonly AnyConnector[] = [
  businessCentral,
  dolibarr,
  espocrm,
  odata,
  odoo,
  rest,
  salesforce,
  sapS4hana,
  spreadsheet,
  sql,
  tryton,
];
