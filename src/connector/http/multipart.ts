/** Documents whose parts are HTTP messages (multipart/mixed of application/http): taken apart strictly, for half of one must not pass for a whole one. */

export interface PartMessage {
  /** Status line of an answer, request line of a request. */
  readonly startLine: string;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly body: string;
}

/** The messages, or in words what keeps the document from being whole. */
export type Messages =
  | { readonly messages: readonly PartMessage[]; readonly flaw?: undefined }
  | { readonly messages?: undefined; readonly flaw: string };

const BLANK_LINE = /\r?\n\r?\n/;

/** As a Content-Type header names it. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const [, quoted, bare] = /^\s*multipart\/mixed\b.*?;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType ?? '') ?? [];
  return quoted ?? bare;
}

export function messagesIn(text: string, boundary: string): Messages {
  const segments = segmentsOf(text, boundary);
  if (segments === undefined) return { flaw: 'it ends before its last part does' };
  const messages: PartMessage[] = [];
  for (const [place, segment] of segments.entries()) {
    const message = messageOf(segment);
    if (message === undefined) return { flaw: `part ${place + 1} is no HTTP message` };
    messages.push(message);
  }
  return { messages };
}

/** Those of a document that begins with its first delimiter; [] when it is none. */
export function messagesOf(text: string): readonly PartMessage[] {
  const boundary = delimiterOf(text);
  return (boundary === undefined ? undefined : messagesIn(text, boundary).messages) ?? [];
}

/** The document anew, with messages that were changed; `undefined` when it was none. Lengths are those of what is in it now. */
export function rewritten(text: string, change: (message: PartMessage) => PartMessage): string | undefined {
  const boundary = delimiterOf(text);
  const messages = messagesOf(text);
  if (messages.length === 0) return undefined;
  const parts = messages.map((message) => {
    const { startLine, headers, body } = change(message);
    const lines = headers.map(([name, value]) => `${name}: ${/^content-length$/i.test(name) ? Buffer.byteLength(body) : value}`);
    const inner = [startLine, ...lines, '', body].join('\r\n');
    return `--${boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n${inner}\r\n`;
  });
  return `${parts.join('')}--${boundary}--\r\n`;
}

function delimiterOf(text: string): string | undefined {
  return /^--([^\r\n]*[^\r\n\t -])[\t ]*\r?\n/.exec(text)?.[1];
}

/** What stands between the delimiters; `undefined` without the one that closes. */
function segmentsOf(text: string, boundary: string): string[] | undefined {
  const name = boundary.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const delimiter = new RegExp(`(?:^|\\r?\\n)--${name}(--)?[ \\t]*(?=\\r?\\n|$)`, 'g');
  const segments: string[] = [];
  let from: number | undefined;
  for (let cut = delimiter.exec(text); cut; cut = delimiter.exec(text)) {
    if (from !== undefined) segments.push(text.slice(from, cut.index));
    if (cut[1] !== undefined) return from === undefined ? undefined : segments;
    from = delimiter.lastIndex;
  }
  return undefined;
}

function messageOf(segment: string): PartMessage | undefined {
  const [head = '', inner] = splitOnce(segment.replace(/^\r?\n/, ''));
  const type = headersIn(head)?.find(([name]) => name === 'content-type')?.[1];
  if (inner === undefined || !/^application\/http\b/i.test(type ?? '')) return undefined;
  // A message without a body may end with its headers.
  const [lines = '', body = ''] = splitOnce(inner);
  const [startLine = '', ...rest] = lines.replace(/(?:\r?\n)+$/, '').split(/\r?\n/);
  const headers = headersIn(rest.join('\n'));
  return startLine === '' || headers === undefined ? undefined : { startLine, headers, body };
}

function splitOnce(text: string): [string, string | undefined] {
  const found = BLANK_LINE.exec(text);
  return found ? [text.slice(0, found.index), text.slice(found.index + found[0].length)] : [text, undefined];
}

/** Names in lower case; `undefined` when a line is none. */
function headersIn(text: string): Array<readonly [string, string]> | undefined {
  if (text === '') return [];
  const lines = text.split(/\r?\n/).map((line) => /^([!#$%&'*+.^`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line));
  if (lines.includes(null)) return undefined;
  return lines.map((line) => [(line?.[1] ?? '').toLowerCase(), line?.[2] ?? '']);
}
