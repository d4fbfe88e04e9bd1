// Contradictions among the fields that say where callers can be sent, and when: destinations, fallback, closed, voicemail, and
// the tools that lead there. It is read as far as it can be read, so that other faults of the file hide none of these.
import { z } from 'zod';
import { parsePhoneNumber } from '../base/phone-number.ts';
import { contradiction, isOff, type Contradiction, type Path } from './contradiction.ts';
import { QUEUE } from './destinations-field.ts';

const text = z.string().optional().catch(undefined);
const anything = z.unknown().optional();
const minutes = z.number().optional().catch(undefined);

const destination = z
  .object({
    to: text,
    transfer: z.unknown().optional(),
    screen_pop: anything,
    longest_wait_min: minutes,
    minutes_a_call: minutes,
    callback: anything,
  })
  .catch({});

const written = z.object({
  numbers: anything,
  hours: anything,
  destinations: z.record(z.string(), destination).optional(),
  hand_over_to: z.record(z.string(), z.unknown()).optional().catch(undefined),
  fallback: z
    .object({ steps: z.array(z.unknown()).catch([]) })
    .optional()
    .catch(undefined),
  closed: z.object({ then: anything }).optional().catch(undefined),
  voicemail: anything,
  keypad: z
    .object({ shortcuts: z.record(z.string(), z.unknown()).catch({}) })
    .optional()
    .catch(undefined),
  tools: z.array(z.unknown()).catch([]),
});

type Written = z.output<typeof written>;

/** Of the value of a file, whatever it is; where its destinations cannot be read, nothing is judged by them. */
export function peopleContradictionsOf(value: unknown): Contradiction[] {
  const { data } = written.safeParse(value);
  if (data === undefined) return [];
  return [
    ...ofOwnNumbers(data),
    ...ofTransfers(data),
    ...ofFallback(data),
    ...ofClosed(data),
    ...ofTools(data),
    ...ofKeypad(data),
  ];
}

/** Who is sent to a number that this very profile answers is back where they were. */
function* ofOwnNumbers({ destinations = {}, numbers }: Written): Generator<Contradiction> {
  const own = new Map(
    (Array.isArray(numbers) ? numbers : []).flatMap((item: unknown, at) => {
      const number = typeof item === 'string' ? parsePhoneNumber(item) : undefined;
      return number === undefined ? [] : [[number, at] as const];
    }),
  );
  for (const [name, { to = '' }] of Object.entries(destinations)) {
    const number = parsePhoneNumber(to);
    const at = number === undefined ? undefined : own.get(number);
    if (number !== undefined && at !== undefined)
      yield contradiction(
        ['destinations', name, 'to'],
        ['numbers', at],
        number,
        'callers would be back at this agent',
      );
  }
}

const OF_QUEUES = ['longest_wait_min', 'minutes_a_call', 'callback'] as const;

function* ofTransfers({ destinations = {} }: Written): Generator<Contradiction> {
  for (const [name, fields] of Object.entries(destinations)) {
    const { to, transfer = 'cold' } = fields;
    // What it says there is another fault.
    if (typeof transfer !== 'string') continue;
    const at = (field: string): Path => ['destinations', name, field];
    const isWritten = fields.transfer !== undefined;
    if (transfer === 'refer' && to !== undefined && parsePhoneNumber(to) !== undefined)
      yield contradiction(at('transfer'), at('to'), to, 'only a sip: address can be referred to');
    if (transfer !== 'queue')
      for (const field of OF_QUEUES)
        if (fields[field] !== undefined)
          yield contradiction(at(field), at('transfer'), transfer, 'nobody waits in a queue then', isWritten);
    if ((transfer === 'cold' || transfer === 'refer') && fields.screen_pop !== undefined)
      yield contradiction(
        at('screen_pop'),
        at('transfer'),
        transfer,
        'nobody is asked whether they take the call, so nothing is posted; set transfer: warm or queue',
        isWritten,
      );
    if (transfer === 'queue') yield* ofWaiting(at, fields);
  }
}

/** Whoever is second in the queue is reckoned to wait for as long as one call takes. */
function* ofWaiting(
  at: (field: string) => Path,
  fields: z.output<typeof destination>,
): Generator<Contradiction> {
  const { longest_wait_min: longest = QUEUE.longestWaitMin, minutes_a_call: each = QUEUE.minutesACall } =
    fields;
  if (longest >= each) return;
  const why = 'nobody would be let wait for a second place';
  if (fields.longest_wait_min === undefined)
    yield contradiction(at('minutes_a_call'), at('longest_wait_min'), String(longest), why, false);
  else
    yield contradiction(
      at('longest_wait_min'),
      at('minutes_a_call'),
      String(each),
      why,
      fields.minutes_a_call !== undefined,
    );
}

const named = z.object({ destination: z.string() });

/** A destination that is meant, and is none. */
function* ofName(path: Path, meant: unknown, { destinations = {} }: Written): Generator<Contradiction> {
  const { data } = named.safeParse(meant);
  if (data === undefined || Object.hasOwn(destinations, data.destination)) return;
  const names = Object.keys(destinations);
  yield contradiction(
    [...path, 'destination'],
    ['destinations'],
    names.join(', ') || 'none',
    `there is no destination "${data.destination}"`,
    names.length > 0,
  );
}

const toAgent = z.object({ agent: z.string() });

/** An agent to be handed to that is meant, and is none. */
function* ofAgent(path: Path, meant: unknown, { hand_over_to = {} }: Written): Generator<Contradiction> {
  const { data } = toAgent.safeParse(meant);
  if (data === undefined || Object.hasOwn(hand_over_to, data.agent)) return;
  const names = Object.keys(hand_over_to);
  yield contradiction(
    [...path, 'agent'],
    ['hand_over_to'],
    names.join(', ') || 'none',
    `there is no agent "${data.agent}" to hand callers to`,
    names.length > 0,
  );
}

const hasVoicemail = ({ voicemail }: Written): boolean => voicemail !== undefined && !isOff(voicemail);

const againstNoVoicemail = (path: Path, file: Written, why: string): Contradiction =>
  contradiction(
    path,
    ['voicemail'],
    file.voicemail === undefined ? 'none' : 'off',
    why,
    file.voicemail !== undefined,
  );

function* ofFallback(file: Written): Generator<Contradiction> {
  for (const [at, step] of (file.fallback?.steps ?? []).entries()) {
    const path: Path = ['fallback', 'steps', at];
    yield* ofName(path, step, file);
    if (step === 'voicemail' && !hasVoicemail(file))
      yield againstNoVoicemail(
        path,
        file,
        'there is no voicemail to be left; write voicemail, or leave it out',
      );
    if (step === 'menu' && Object.keys(file.destinations ?? {}).length === 0)
      yield contradiction(
        path,
        ['destinations'],
        'none',
        'there is nobody to choose from; leave it out',
        file.destinations !== undefined,
      );
  }
}

function* ofClosed(file: Written): Generator<Contradiction> {
  const { closed, hours } = file;
  if (closed === undefined) return;
  if (hours === undefined)
    yield contradiction(['closed'], ['hours'], 'none', 'it is never closed then; write hours', false);
  yield* ofName(['closed', 'then'], closed.then, file);
  if (closed.then === 'voicemail' && !hasVoicemail(file))
    yield againstNoVoicemail(['closed', 'then'], file, 'there is no voicemail to be left; write voicemail');
}

function* ofKeypad(file: Written): Generator<Contradiction> {
  for (const [key, action] of Object.entries(file.keypad?.shortcuts ?? {})) {
    const path: Path = ['keypad', 'shortcuts', key];
    yield* ofName(path, action, file);
    yield* ofAgent(path, action, file);
    if (action === 'voicemail' && !hasVoicemail(file))
      yield againstNoVoicemail(path, file, 'there is no voicemail to be left; write voicemail');
  }
}

const tool = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);

function* ofTools(file: Written): Generator<Contradiction> {
  for (const [at, one] of file.tools.entries()) {
    const name = tool.safeParse(one).data;
    const path: Path = ['tools', at];
    if (name === 'hand_over' && Object.keys(file.hand_over_to ?? {}).length === 0)
      yield contradiction(
        path,
        ['hand_over_to'],
        'none',
        'there is no agent to hand callers to; write hand_over_to, or leave it out',
        file.hand_over_to !== undefined,
      );
    if (name === 'take_voicemail' && !hasVoicemail(file))
      yield againstNoVoicemail(
        path,
        file,
        'there is no voicemail to be left; write voicemail, or leave it out',
      );
    if (
      (name === 'transfer_call' || name === 'call_back') &&
      Object.keys(file.destinations ?? {}).length === 0
    )
      yield contradiction(
        path,
        ['destinations'],
        'none',
        'there is nobody to connect callers with; write destinations, or leave it out',
        file.destinations !== undefined,
      );
  }
}
