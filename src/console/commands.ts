// What operators ask of calls, carried out. Take-over and listening are sockets (take-over.ts, listen.ts).
import type { ActRefusal, OperatorDesk } from '../call/operator-desk.ts';
import type { Switchboard } from '../call/switchboard.ts';
import type { CallCommand, CommandAnswer, CommandFault } from './call-commands.ts';

export interface Commands {
  carryOut(command: CallCommand): CommandAnswer | Promise<CommandAnswer>;
}

/** For people: why an act was not done. */
export const WHY_NOT: Readonly<Record<CommandFault | ActRefusal, string>> = {
  'no-such-call': 'no call of this id is in progress',
  over: 'the call is over',
  taken: 'another operator has this call: they have to give it back first',
  leaving: 'the caller is just being let go: wait for what becomes of that',
  'without-model':
    'the model of this call is gone for good, and the caller is being told so: transfer them instead',
  elsewhere: 'the caller is with somebody else, or on the way there',
  'no-line': 'the caller has no open line just now: try again once they are there',
  'typing-secret': 'the caller is typing a secret: try again in a moment',
  'no-such-destination': 'the profile of this call has no destination of this name',
  'out-of-reach':
    'this server has no such call, and cannot ask the others just now: the database between them does not answer',
  'no-way-there':
    'this call is at another server, which cannot be reached from here for its sound: NODE_ADDRESS there says where it can',
  'no-answer':
    'another server has this call and did not answer in time: it may have been done; look before you ask again',
};

/** For the calls of this process. */
export function commandsOf(switchboard: Pick<Switchboard, 'operator'>): {
  carryOut(command: CallCommand): CommandAnswer;
} {
  return {
    carryOut(command) {
      const desk = switchboard.operator(command.callId);
      if (!desk) return { fault: 'no-such-call' };
      if (command.act === 'look') return { ok: true, now: { listen: null, ...desk.actsNow } };
      const fault = done(desk, command);
      return fault === undefined ? { ok: true } : { fault };
    },
  };
}

function done(desk: OperatorDesk, command: Exclude<CallCommand, { act: 'look' }>): ActRefusal | undefined {
  switch (command.act) {
    case 'hang-up':
      return desk.hangUp();
    case 'transfer':
      return desk.transfer(command.destination);
    case 'open':
      return command.way === 'listen' ? undefined : (desk.actsNow.takeOver ?? undefined);
    case 'whisper':
      return desk.tell(command.text, command.answer);
  }
}
