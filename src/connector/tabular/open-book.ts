/** Opens a workbook by what it is: xlsx is streamed, the others are loaded whole. */
import { open } from 'node:fs/promises';
import { NeedsOperatorError } from '../../errors.ts';
import type { Book } from './book.ts';
import { openSheetjsBook } from './sheetjs-book.ts';
import { ZIP_SIGNATURE } from './signatures.ts';
import { readParts } from './xlsx-parts.ts';
import { xlsxSheet } from './xlsx-sheet.ts';
import { passwordProtected, ZipArchive } from './zip-archive.ts';

type PickSheets = (names: readonly string[]) => readonly number[];

/** `pick` tells which sheets will be read, so that the others need not be loaded. */
export async function openBook(path: string, file: string, maxUnpackedBytes: number, pick: PickSheets): Promise<Book> {
  try {
    if (!(await isZip(path))) return await openSheetjsBook(path, 'xls', pick);
    return await openZippedBook(path, file, maxUnpackedBytes, pick);
  } catch (error) {
    if (/password|encrypt/i.test((error as Error).message)) throw passwordProtected(file);
    throw error;
  }
}

async function openZippedBook(path: string, file: string, maxUnpackedBytes: number, pick: PickSheets): Promise<Book> {
  const zip = await ZipArchive.open(path, file, maxUnpackedBytes);
  let streamed = false;
  try {
    if (zip.has('xl/workbook.bin') || zip.has('content.xml')) {
      await zip.verify();
      return await openSheetjsBook(path, zip.has('xl/workbook.bin') ? 'xlsb' : 'ods', pick);
    }
    if (![...zip.names].some((name) => /(^|\/)workbook\d*\.xml$/i.test(name))) {
      throw new NeedsOperatorError('SOURCE_UNREADABLE', `${file} is a zip archive and no workbook; unpack it`);
    }
    const parts = await readParts(zip);
    streamed = true;
    return { sheets: parts.sheets.map((sheet) => xlsxSheet(zip, parts, sheet)), knowsHiddenRows: true, close: () => zip.close() };
  } finally {
    if (!streamed) zip.close();
  }
}

async function isZip(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.equals(ZIP_SIGNATURE);
  } finally {
    await handle.close();
  }
}
