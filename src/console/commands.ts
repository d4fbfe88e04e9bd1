// What operators ask of calls, as plain data: it may come from a page, the API, or another node. Take-over and listening are
// sockets (take-over.ts, listen.ts).
import { z } from 'zod';
import { callId } from '../base/ids.ts';
import type { ActRefusal, OperatorDesk } from '../call/operator-desk.ts';
import type { Switchboard } from '../call/switchboard.ts';

const id = z.string().min(1).max(200).transform(callId);

export const COMMAND_FAULTS = [
  ...(['no-such-call', 'over', 'taken', 'leaving', 'without-model', 'elsewhere', 'no-line'] as const),
  ...(['typing-secret', 'no-such-destination'] as const),
] as const;
export type CommandFault = (typeof COMMAND_FAULTS)[number];

const fault = z.enum(COMMAND_FAULTS).nullable();
/** What may be done to a call just now. */
export const actsNow = z
  .object({
    takeOver: fault.describe('Why nobody can speak in the agent’s place just now; null: they can.'),
    transfer: fault.describe('Why the caller cannot be sent to somebody just now; null: they can.'),
    destinations: z
      .array(z.object({ name: z.string(), spoken: z.string().describe('As callers hear it called.') }))
      .readonly(),
    operator: z.string().nullable().describe('Who speaks in the agent’s place; null: nobody does.'),
  })
  .meta({ id: 'ActsNow' });
export type ActsNow = z.output<typeof actsNow>;

export const callCommand = z.discriminatedUnion('act', [
  /** Changes nothing, and answers what may be done. */
  z.object({ callId: id, act: z.literal('look') }),
  z.object({ callId: id, act: z.literal('hang-up') }),
  z.object({ callId: id, act: z.literal('transfer'), destination: z.string() }),
  z.object({ callId: id, act: z.literal('whisper'), text: z.string(), answer: z.boolean() }),
]);
export type CallCommand = z.output<typeof callCommand>;

export const commandAnswer = z.union([
  /** `now`: where that was asked. */
  z.object({ ok: z.literal(true), now: actsNow.optional() }),
  z.object({ fault: z.enum(COMMAND_FAULTS) }),
]);
export type CommandAnswer = z.output<typeof commandAnswer>;

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
};

/** For the calls of this process. */
export function commandsOf(switchboard: Pick<Switchboard, 'operator'>): {
  carryOut(command: CallCommand): CommandAnswer;
} {
  return {
    carryOut(command) {
      const desk = switchboard.operator(command.callId);
      if (!desk) return { fault: 'no-such-call' };
      if (command.act === 'look') return { ok: true, now: desk.actsNow };
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
    case 'whisper':
      desk.tell(command.text, command.answer);
      return undefined;
  }
}
