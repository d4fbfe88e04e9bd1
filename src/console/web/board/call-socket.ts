// A socket of the console into one call, and what its end means.
import { withParameters } from '../api.ts';

/** Its messages are strings and ArrayBuffers. */
export function socketTo(what: 'listen' | 'take-over', callId: string): WebSocket {
  const url = new URL(withParameters(`/console/${what}`, { call: callId }), location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  return socket;
}

/** RFC 6455 §7.4.1: nobody said why. */
const ABNORMAL = 1006;

/** For people. */
export const whyClosed = ({ code, reason }: CloseEvent): string =>
  reason !== ''
    ? reason
    : code === ABNORMAL
      ? 'The connection to the server is gone, or it takes none from this page: try again.'
      : 'The server has closed the connection.';
