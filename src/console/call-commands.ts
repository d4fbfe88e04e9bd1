// What operators ask of calls, and are answered, as plain data: it may come from a page, the API, or another node.
import { z } from 'zod';
import { callId } from '../base/ids.ts';

const id = z.string().min(1).max(200).transform(callId);

export const COMMAND_FAULTS = [
  ...(['no-such-call', 'over', 'taken', 'leaving', 'without-model', 'elsewhere', 'no-line'] as const),
  ...(['typing-secret', 'no-such-destination', 'out-of-reach', 'no-answer', 'no-way-there'] as const),
] as const;
export type CommandFault = (typeof COMMAND_FAULTS)[number];

const fault = z.enum(COMMAND_FAULTS).nullable();
/** What may be done to a call just now. */
export const actsNow = z
  .object({
    listen: fault.describe('Why nobody can listen in; null: they can.'),
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
  /** Of another process's: to let an operator in, as `way` says. */
  z.object({
    ...{ callId: id, act: z.literal('open'), way: z.enum(['listen', 'take-over']), name: z.string() },
  }),
]);
export type CallCommand = z.output<typeof callCommand>;

export const commandAnswer = z.union([
  /** `now`: where that was asked. `door`: of another process, and with a ticket for it where one was asked for. */
  z.object({
    ok: z.literal(true),
    now: actsNow.optional(),
    door: z.object({ node: z.string(), address: z.string(), ticket: z.string().optional() }).optional(),
  }),
  z.object({ fault: z.enum(COMMAND_FAULTS) }),
]);
export type CommandAnswer = z.output<typeof commandAnswer>;
