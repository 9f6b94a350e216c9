/** Texts that every database, file and screen can hold: composed (NFC), without control characters. */
import { Refused, show } from './cell.ts';

/** Inner line breaks and tabs stay, line breaks as \n. */
export function cleanText(text: string): string | Refused {
  return isPlain(text) ? text : clean(text.replace(/\r\n?/g, '\n'), /[^\P{Cc}\n\t]/u);
}

/** One line, no tabs: codes, ids, mail addresses. */
export function cleanCode(text: string): string | Refused {
  return isPlain(text) ? text : clean(text, /\p{Cc}/u);
}

function clean(text: string, forbidden: RegExp): string | Refused {
  const found = forbidden.exec(text);
  if (found) {
    const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return new Refused(`${show(text)} holds the control character U+${code}; remove it at the source, or check the file's encoding`);
  }
  if (/\p{Surrogate}/u.test(text)) return new Refused(`${show(text)} holds half a character; check the file's encoding`);
  return text.normalize('NFC');
}

/** Below U+0300 nothing combines; nearly every cell ends here. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code >= 0x300 || (code >= 0x7f && code < 0xa0)) return false;
  }
  return true;
}
