/** Every connector, one line each. */
import type { AnyConnector } from '../src/connector/contract.ts';
import { spreadsheet } from './spreadsheet/index.ts';
import { tryton } from './tryton/index.ts';

export const connectors: readonly AnyConnector[] = [spreadsheet, tryton];
