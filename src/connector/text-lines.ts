/** Texts that people typed into a field of several lines, such as a street. */
import type { Json } from './json.ts';

/** Without blank lines; none of what is no text. */
export function linesOf(text: Json | undefined): string[] {
  if (typeof text !== 'string') return [];
  return text
    .split(/\r\n|[\r\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A text with more than blanks. */
export function isFilled(value: Json | undefined): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
