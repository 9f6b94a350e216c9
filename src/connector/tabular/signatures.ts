/** First bytes of workbooks; whoever only asks for them loads nothing that reads workbooks. */
export const ZIP_SIGNATURE = Buffer.from('PK\x03\x04', 'latin1');
/** Compound files: xls, and everything of Microsoft's that is encrypted. */
export const COMPOUND_SIGNATURE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
