/** Node's own requests, watched: whether a byte can have left decides whether a write may be sent again. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { Socket } from 'node:net';

/** What became of one request on its way, as far as we can see. */
export interface Trace {
  /** The connection stood: a byte of the request may have left. */
  connected: boolean;
  /** It stood when the request could no longer be sent. */
  tooLate: boolean;
}

type OnAnswer = (answer: IncomingMessage) => void;

interface Watch {
  readonly trace: Trace;
  isTooLate(): boolean;
}

/** On a new connection everything waits in the corked socket until it stands: a process that was stopped meanwhile looks at the clock once more. */
export function traced(
  { request }: { request(options: RequestOptions, onAnswer: OnAnswer): ClientRequest },
  standing: 'connect' | 'secureConnect',
  { trace, isTooLate }: Watch,
  certificates: object = {},
): { request(options: RequestOptions, onAnswer: OnAnswer): ClientRequest } {
  return {
    request(options, onAnswer) {
      const outgoing = request({ ...options, ...certificates }, onAnswer);
      outgoing.once('socket', (socket: Socket & { readonly secureConnecting?: boolean }) => {
        const stands = () => {
          trace.tooLate = isTooLate();
          trace.connected = !trace.tooLate;
          if (trace.tooLate) outgoing.destroy();
        };
        if (!socket.connecting && socket.secureConnecting !== true) return stands();
        socket.cork();
        socket.once(standing, () => {
          stands();
          socket.uncork();
        });
      });
      return outgoing;
    },
  };
}
