import { template } from '../../connectors/_template/index.ts';
import { describeConnector } from '../connector-contract.ts';
import { templateDialect } from '../simulator/dialects/template.ts';

describeConnector(template, { dialect: templateDialect });
