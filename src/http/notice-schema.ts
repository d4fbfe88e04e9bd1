// What a notice looks like on the wire, for people who read the API. call/notices.ts says what there is; the compiler
// refuses this file when it falls behind.
import { z } from 'zod';
import type { Notice } from '../call/notices.ts';
import { usage } from '../records/record.ts';
import { SECRET_KINDS } from '../tools/secrets.ts';

const ms = z.number();
const turn = z.int().nonnegative().describe('Counts the turns of the agent in this call.');
const direction = z.enum(['inbound', 'outbound']);

/** What every notice has. */
const told = z.object({
  callId: z.string().describe("The call, by the carrier's id."),
  atMs: ms.describe('Since the call was answered.'),
});

const said = { n: z.int().nonnegative(), atMs: ms, text: z.string() };
const entry = z
  .discriminatedUnion('who', [
    z.object({ ...said, who: z.literal('caller'), state: z.enum(['open', 'done']) }),
    z.object({
      ...said,
      who: z.literal('agent'),
      turn,
      state: z.enum(['open', 'done', 'cut']).describe('cut: the caller interrupted.'),
      heard: z.string().describe('What was heard of it so far.'),
    }),
  ])
  .meta({ id: 'TranscriptEntry' });

const trouble = z.enum([
  'no answer',
  'late greeting',
  'no first word',
  'empty turn',
  'stalled',
  'noise',
  'said twice',
]);
const remedy = z.enum(['reminded', 'renewed', 'gave up', 'let be', 'dropped']);

const call = {
  profile: z.string(),
  profileVersion: z.string(),
  model: z.string(),
  from: z.string(),
  to: z.string(),
  direction,
  startedMs: ms.describe('Since the epoch: what atMs counts from.'),
  keepDays: z.union([z.number(), z.literal('forever')]).describe('How long its record is kept; 0: not.'),
  logCalls: z.boolean().describe('Whether the CRM is told of it once it has ended.'),
};

const PERSON_IS = [
  'called',
  'briefed',
  'joined',
  'left',
  'gone',
  'busy',
  'no-answer',
  'failed',
  'declined',
  'hung-up',
  'closed',
  'refused',
  'queue-full',
  'queue-long',
] as const;

const SECRET_IS = [
  'opened',
  'typing',
  'received',
  'late',
  'cancelled',
  'timed-out',
  'not-valid',
  'hung-up',
  'elsewhere',
  'busy',
] as const;

export const noticeSchema = z
  .discriminatedUnion('type', [
    told.extend({ type: z.literal('call-started'), ...call }),
    told
      .extend({
        type: z.literal('call-refused'),
        why: z.enum(['not-in-service', 'lines-busy', 'no-session', 'server-stopping', 'missed', 'closed']),
        ...call,
      })
      .describe('Nobody answers; without a profile its name, version and model are empty.'),
    told
      .extend({
        type: z.literal('call-rejoined'),
        node: z.string().describe('Which process has it now.'),
        planned: z.boolean().describe('It was handed on, by a process that stops.'),
        gapMs: ms.describe('For how long no process had it.'),
        rejoins: z.int().nonnegative().describe('How often its process was gone so far.'),
        fence: z.int().nonnegative().describe('Higher with every process that has it.'),
        ...call,
      })
      .describe('Another process goes on with the call, in the same conversation.'),
    told
      .extend({ type: z.literal('call-moved') })
      .describe('Another process has the call: this one tells nothing more of it.'),
    told
      .extend({
        type: z.literal('caller-looked-up'),
        found: z.boolean(),
        inTime: z.boolean(),
        tookMs: ms,
        name: z.string().optional(),
        cause: z.string().optional(),
      })
      .describe('Whether the number is in the records; inTime: before the first word.'),
    told.extend({ type: z.literal('line-opened') }),
    told.extend({ type: z.literal('line-lost') }),
    told
      .extend({ type: z.literal('departed'), to: z.string(), reason: z.string() })
      .describe('The caller goes to a destination of the profile, by its name.'),
    told
      .extend({
        type: z.literal('handed-over'),
        from: z.string(),
        to: z.string(),
        model: z.string(),
        reason: z.string(),
      })
      .describe('Another agent goes on with the call: by the names of both profiles; model: of the new one.'),
    told
      .extend({ type: z.literal('returned'), why: z.string() })
      .describe('Nobody was there, and the caller comes back to the agent; why: as the agent is told.'),
    told
      .extend({ type: z.literal('caller-silent'), times: z.union([z.literal(1), z.literal(2)]) })
      .describe('They said nothing for long: they are asked, and the second time said goodbye to.'),
    told
      .extend({
        type: z.literal('placed-call'),
        is: z.enum([
          'answered-by-human',
          'answered-by-machine',
          'answered-by-fax',
          'answered-by-unknown',
          'message-left',
          'message-not-left',
          'first-words-missing',
        ]),
        why: z.string(),
      })
      .describe(
        'Of a call that we placed: who answered it, and what came of a machine and of the first words.',
      ),
    told
      .extend({ type: z.literal('routed'), to: z.string(), why: z.string() })
      .describe(
        'The caller is sent somewhere in the telephone network: a destination, the menu, the voicemail.',
      ),
    told
      .extend({ type: z.literal('person'), destination: z.string(), is: z.enum(PERSON_IS) })
      .describe('What became of a person who is called for the caller.'),
    told.extend({ type: z.literal('greeting-played'), from: z.enum(['cache', 'file']), ms }),
    told
      .extend({ type: z.literal('recording'), is: z.enum(['began', 'broke-off', 'left-behind']) })
      .describe(
        'Of the call itself. broke-off: the disk has refused it; left-behind: another process goes on with the call, and records nothing of it. What was written is kept.',
      ),
    told.extend({ type: z.literal('session-ready'), afterMs: ms }),
    told.extend({ type: z.literal('session-failed'), code: z.string(), message: z.string() }),
    told.extend({ type: z.literal('session-switching'), planned: z.boolean(), why: z.string() }),
    told.extend({
      type: z.literal('session-switched'),
      memory: z.enum(['kept', 'told']),
      gapMs: ms,
      setupMs: ms,
    }),
    told.extend({ type: z.literal('watchdog'), saw: trouble, did: remedy }),
    told.extend({
      type: z.literal('sound-over-agent'),
      is: z.enum(['speech', 'echo', 'backchannel', 'other']),
      afterMs: ms,
    }),
    told.extend({ type: z.literal('told'), text: z.string(), answer: z.boolean() }),
    told
      .extend({ type: z.literal('operator-took-over'), by: z.string() })
      .describe('An operator speaks with the caller in the agent’s place: the model hears silence.'),
    told
      .extend({ type: z.literal('operator-gave-back'), by: z.string(), forMs: ms, note: z.string() })
      .describe('The agent has the caller again, or the call is over.'),
    told.extend({ type: z.literal('tokens-used'), turn, usage }),
    told.extend({
      type: z.literal('transcript'),
      entry: entry.describe('As it is now; it replaces the one of the same n.'),
    }),
    told.extend({ type: z.literal('barge-in'), turn, heardMs: ms, sentMs: ms }),
    told.extend({ type: z.literal('digit'), digit: z.string() }),
    told
      .extend({
        type: z.literal('secret-keys'),
        kind: z.enum(SECRET_KINDS),
        is: z.enum(SECRET_IS),
        keys: z.int().nonnegative().describe('How many so far, or in all.'),
      })
      .describe('The caller types something secret for a tool; which keys, nobody is told.'),
    told.extend({ type: z.literal('tool-called'), id: z.string(), tool: z.string(), args: z.unknown() }),
    told
      .extend({
        type: z.literal('tool-done'),
        id: z.string(),
        tool: z.string(),
        response: z.unknown(),
        cause: z.string().optional(),
        repeated: z.literal(true).optional(),
      })
      .describe('cause: of a failure. repeated: it was done before, and its first result was given again.'),
    told
      .extend({
        type: z.literal('tool-late'),
        id: z.string(),
        tool: z.string(),
        response: z.unknown(),
        cause: z.string().optional(),
        after: z.enum(['cancelled', 'timed-out']),
        told: z.boolean(),
      })
      .describe('What came of a call after the model waited for it no longer; told: it knows now.'),
    told.extend({ type: z.literal('tool-cancelled'), id: z.string() }),
    told.extend({
      type: z.literal('call-ended'),
      reason: z.enum([
        'caller-hung-up',
        'agent-hung-up',
        'operator-hung-up',
        'model-failed',
        'line-never-opened',
        'line-lost',
        'shut-down',
        'time-limit',
        'transferred',
        'voicemail',
        'caller-silent',
      ]),
      durationMs: ms,
      watchdog: z
        .partialRecord(trouble, z.partialRecord(remedy, z.number()))
        .describe('How often which trouble was met with which remedy.'),
    }),
  ])
  .meta({ id: 'Notice', description: 'Something that happened in a call.' });
type Documented = z.output<typeof noticeSchema>;

/** Each must hold for `documents` to compile: what is sent fits what is said of it, and nothing more is said. */
type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Sent = Notice extends Documented ? true : never;
export const documents: readonly [Sent, Equal<Documented['type'], Notice['type']>] = [true, true];
