/** What we know about the place we write to. */
import pc from 'picocolors';
import stringWidth from 'string-width';

export type Colors = ReturnType<typeof pc.createColors>;

export interface Terminal {
  readonly isTTY: boolean;
  /** Columns; infinite when nobody looks at the edge. */
  readonly width: number;
  readonly paint: Colors;
}

export function describeTerminal(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv, wantsColor: boolean): Terminal {
  const isTTY = stream.isTTY === true;
  const colored = wantsColor && !env.NO_COLOR && (Boolean(env.FORCE_COLOR) || (isTTY && env.TERM !== 'dumb'));
  return { isTTY, width: isTTY ? Math.max(stream.columns || 80, 20) : Number.POSITIVE_INFINITY, paint: pc.createColors(colored) };
}

/** Foreign text as one harmless line: names from other systems must not move the cursor or change colours. */
export function plain(value: unknown): string {
  return (
    String(value ?? '')
      .replace(/[\r\n\t\u2028\u2029]+/g, ' ')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are to go
      .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '�')
  );
}

export function widthOf(text: string): number {
  return stringWidth(text);
}

/** Cuts by what is seen, not by code units. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += widthOf(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
