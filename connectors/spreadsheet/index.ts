/** Folders of spreadsheets: csv, xlsx, xls, xlsb, ods. Every entity is read in the same way; kontor.yaml maps the columns. */
import type { Connector, Session, Source, SystemInfo } from '../../src/connector/contract.ts';
import { listFiles, openFolder } from '../../src/connector/files.ts';
import type { Row } from '../../src/connector/tabular/row.ts';
import { archiveDoneFiles, archiveFolder } from './archive.ts';
import type { readFolder } from './read-folder.ts';
import { accessRow, reviveRow, rowContent, rowOrigin, rowPayload } from './row-source.ts';
import { type ReadOptions, readOptions, type SpreadsheetSettings, spreadsheetSettings } from './settings.ts';

const TABLE_FILES = '**/*.{csv,tsv,txt,xlsx,xlsm,xls,xlsb,ods}';

const table: Source<SpreadsheetSettings, ReadOptions, Row> = {
  options: readOptions,
  read,
  origin: rowOrigin,
  content: rowContent,
  payload: rowPayload,
  revive: reviveRow,
  access: accessRow,
};

/** What reads is loaded by those who read: the thread, not the worker that starts it. */
async function* read(...how: Parameters<typeof readFolder>): ReturnType<typeof readFolder> {
  const reader = await import('./read-folder.ts');
  yield* reader.readFolder(...how);
}

export const spreadsheet: Connector<SpreadsheetSettings> = {
  name: 'spreadsheet',
  summary: 'a folder of csv files and workbooks (xlsx, xls, xlsb, ods)',
  config: spreadsheetSettings,
  traits: { keys: 'fold', offMainThread: true, deletes: 'id-set-difference', delta: 'files' },
  check: checkFolder,
  sources: {
    account: table,
    contact: table,
    address: table,
    price: table,
    stock: table,
    rate: table,
    document: table,
    documentLine: table,
  },
  settle: archiveDoneFiles,
};

async function checkFolder(session: Session<SpreadsheetSettings>): Promise<SystemInfo> {
  const root = await openFolder(session.baseFolder, session.config.folder);
  const { files, faults } = await listFiles(root, [TABLE_FILES], archiveFolder(session));
  const warnings = faults.map((fault) => fault.message);
  if (files.length === 0) warnings.push(`no table file lies in ${root}; put one there, or correct \`folder\``);
  const bytes = files.reduce((sum, file) => sum + file.stats.size, 0);
  return { summary: `${root}: ${files.length} table file${files.length === 1 ? '' : 's'}, ${bytes} bytes`, warnings };
}
