// The media socket of the console's phone: who may open one is another matter than at the carrier's; from there on it is the same.
import type { ConsolePhone } from '../console/phone.ts';
import { streamSocket, type StreamSocketOptions } from './media-socket.ts';
import { whoAsks, type OperatorOptions } from './operator.ts';
import type { Upgrade } from './server.ts';

export interface PhoneSocketOptions extends Omit<StreamSocketOptions, 'path' | 'verify' | 'onAttached'> {
  readonly phone: Pick<ConsolePhone, 'attend'>;
  readonly operator: OperatorOptions;
}

export const phoneSocket = ({ phone, operator, ...rest }: PhoneSocketOptions): Upgrade =>
  streamSocket({
    ...rest,
    path: '/console/phone',
    verify: async (request) => {
      await whoAsks(request, operator, { role: 'operator', isChange: true });
    },
    onAttached: (id) => phone.attend(id),
  });
