/** Answers `$batch` with reads in it, in the form of SAP Gateway: lengths of both the part and the message in it. */
import { Refusal, type SimAnswer, type SimRequest } from '../../dialect.ts';
import { encode } from '../../send-answer.ts';

const BOUNDARY = '0F2C6E5E2A7B4D5C9E3E1B6A8D9F7C10';

/** `answer` gets each part as the request it would be by itself. Version 4 stops at the first that fails, unless it is told not to. */
export function answerBatch(request: SimRequest, version: 2 | 4, answer: (part: SimRequest) => SimAnswer): SimAnswer {
  const boundary = /^multipart\/mixed;\s*boundary=(\S+)$/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) throw new Refusal({ status: 415, text: 'A batch is multipart/mixed' });
  const isPatient = version === 2 || /odata\.continue-on-error/.test(request.headers.prefer ?? '');
  const parts: string[] = [];
  for (const text of partsOf(request.body.toString('utf8'), boundary)) {
    const { status, headers, body } = encode(answered(partOf(text, request), answer));
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
    const message = `HTTP/1.1 ${status} ${status < 400 ? 'OK' : 'Not OK'}\r\n${lines.join('')}\r\n${body.toString('utf8')}`;
    const head = `Content-Type: application/http\r\nContent-Length: ${Buffer.byteLength(message)}\r\ncontent-transfer-encoding: binary`;
    parts.push(`--${BOUNDARY}\r\n${head}\r\n\r\n${message}\r\n`);
    if (status >= 400 && !isPatient) break;
  }
  const type = { 'content-type': `multipart/mixed; boundary=${BOUNDARY}` };
  return { status: version === 2 ? 202 : 200, headers: type, text: `${parts.join('')}--${BOUNDARY}--\r\n` };
}

function answered(part: SimRequest, answer: (part: SimRequest) => SimAnswer): SimAnswer {
  try {
    return answer(part);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

function partsOf(text: string, boundary: string): string[] {
  const [, ...parts] = `\r\n${text}`.split(`\r\n--${boundary}`);
  if (parts.pop()?.startsWith('--') !== true) throw new Refusal({ status: 400, text: 'The batch has no end' });
  return parts;
}

/** The request line is relative to the service: its path stands before `/$batch`. */
function partOf(text: string, { path, headers }: SimRequest): SimRequest {
  const [, own, address = '', lines = ''] =
    /^\r\nContent-Type: application\/http\r\n(?:[\w-]+: .*\r\n)*\r\n(\w+) (\S+) HTTP\/1\.1\r\n((?:[\w-]+: .*\r\n)*)\r\n/i.exec(text) ?? [];
  if (own !== 'GET') throw new Refusal({ status: 400, text: `A part is no read: ${text.slice(0, 200)}` });
  const [inside = '', query = ''] = address.split('?');
  const given = Object.fromEntries([...lines.matchAll(/^([\w-]+): (.*)\r$/gm)].map(([, name = '', value]) => [name.toLowerCase(), value]));
  return {
    method: 'GET',
    path: path.replace(/\$batch$/, inside),
    query: new URLSearchParams(query),
    headers: { authorization: headers.authorization, ...given },
    body: Buffer.alloc(0),
    json: () => {
      throw new Refusal({ status: 400, text: 'The body is not JSON' });
    },
  };
}
