/**
 * External ids make `load` an upsert: ir.model.data is unique on module and name, over all models. One for the header and one for every line; without
 * the lines' own, a repeated `load` adds the lines again (seen on 16 and 17).
 */
export const MODULE = 'kontor';

export function orderName(reference: string): string {
  return `order_${encoded(reference)}`;
}

/** Of a product: a line that is changed to another becomes another, for goods of the first may be on their way. */
export function lineName(reference: string, line: string, product: string): string {
  return `line_${encoded(reference)}:${encoded(line)}:${encoded(product)}`;
}

/** Blanks are refused there, dots part module and name. What is replaced stays different from everything else. */
function encoded(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/gu, (character) => `~${character.codePointAt(0)?.toString(16) ?? ''}~`);
}
