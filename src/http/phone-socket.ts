// The media socket of the console's phone: who may open one is another matter than at the carrier's; from there on it is the same.
import type { ConsolePhone } from '../console/phone.ts';
import { streamSocket, type StreamSocketOptions } from './media-socket.ts';
import type { Upgrade } from './server.ts';

export interface PhoneSocketOptions extends Omit<StreamSocketOptions, 'path' | 'onAttached'> {
  readonly phone: Pick<ConsolePhone, 'attend'>;
}

export const phoneSocket = ({ phone, ...rest }: PhoneSocketOptions): Upgrade =>
  streamSocket({ ...rest, path: '/console/phone', onAttached: (id) => phone.attend(id) });
