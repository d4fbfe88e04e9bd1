import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contradictionsOf } from '../../src/agents/contradictions.ts';
import { profileSchema } from '../../src/agents/profile.ts';
import { DEAD_AIR_MS, WAITS_MS } from '../../src/agents/turn-taking.ts';
import { Watchdog } from '../../src/live/gemini/watchdog.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

type File = Readonly<Record<string, unknown>>;

const LEAST = { name: 'Desk', numbers: '*', instructions: 'Help.', greeting: 'Hello.' };

const found = (file: unknown): string[] =>
  contradictionsOf(file).map(({ path, against }) => `${path.join('.')} / ${against.path.join('.')}`);

const SIP_DESK = { to: 'sip:desk@example.com' };

describe('named, with both fields', () => {
  test.each<[string, File, ...string[]]>([
    [
      'voice_activity.start_sensitivity / turn_taking',
      { turn_taking: 'local', voice_activity: { start_sensitivity: 'low' } },
    ],
    [
      'voice_activity.end_sensitivity / turn_taking',
      { turn_taking: 'local', voice_activity: { end_sensitivity: 'high' } },
    ],
    [
      'voice_activity.prefix_padding_ms / turn_taking',
      { turn_taking: 'local', voice_activity: { prefix_padding_ms: 301 } },
    ],
    [
      'voice_activity.silence_ms / turn_taking',
      { turn_taking: 'local', voice_activity: { silence_ms: 199 } },
    ],
    [
      'barge_in.greeting_guard_ms / barge_in.caller_interrupts',
      { barge_in: { greeting_guard_ms: 1, caller_interrupts: false } },
    ],
    [
      'barge_in.greeting_guard_ms / barge_in.greeting_interruptible',
      { barge_in: { greeting_guard_ms: 1, greeting_interruptible: false } },
    ],
    [
      'barge_in.min_heard_ms / barge_in.caller_interrupts',
      { barge_in: { min_heard_ms: 1, caller_interrupts: false } },
    ],
    [
      'barge_in.lower_voice_db / barge_in.caller_interrupts',
      { turn_taking: 'local', barge_in: { lower_voice_db: 1, caller_interrupts: false } },
    ],
    [
      'first_words / transcription.agent',
      {
        first_words: { identity: 'We.', assistant: 'An AI.', callback: 'Call us.', opt_out: 'Say stop.' },
        transcription: { agent: 'off' },
      },
    ],
    ['barge_in.lower_voice_db / turn_taking', { turn_taking: 'server', barge_in: { lower_voice_db: 12 } }],
    ['barge_in.lower_voice_db / turn_taking', { barge_in: { lower_voice_db: 12 } }],
    [
      'watchdog.answer_within_ms / voice_activity.silence_ms',
      { watchdog: { answer_within_ms: 1_800 }, voice_activity: { silence_ms: 800 } },
    ],
    [
      'dead_air_ms / voice_activity.silence_ms',
      { dead_air_ms: 1_500, voice_activity: { silence_ms: 1_500 } },
    ],
    [
      'voice_activity.silence_ms / watchdog.answer_within_ms',
      { voice_activity: { silence_ms: WAITS_MS.answer - 1_000 } },
    ],
    [
      'voice_activity.silence_ms / watchdog.answer_within_ms',
      { watchdog: { rest_within_ms: 9_000 }, voice_activity: { silence_ms: 5_000 }, dead_air_ms: 9_000 },
    ],
    [
      'voice_activity.silence_ms / watchdog.answer_within_ms',
      { voice_activity: { silence_ms: 5_000 }, comfort_sound: 'none' },
    ],
    [
      'voice_activity.silence_ms / dead_air_ms',
      { watchdog: 'off', voice_activity: { silence_ms: DEAD_AIR_MS } },
    ],
    ['dead_air_ms / comfort_sound', { dead_air_ms: 4_000, comfort_sound: 'none' }],
    [
      'dead_air_ms / comfort_sound',
      { dead_air_ms: 1_000, comfort_sound: 'none', voice_activity: { silence_ms: 1_500 } },
    ],
    ['dead_air_ms / comfort_sound', { dead_air_ms: 4_000, comfort_sound: ' none ' }],
    ['numbers / direction', { direction: 'outbound', numbers: '*' }],
    ['greeting / direction', { direction: 'inbound', greeting: 'Hi {{campaign.who | you}}.' }],
    ['instructions / hours', { instructions: 'We are {{ open_now }}.' }],
    ['history.1.caller / hours', { history: [{ agent: 'Hi.' }, { caller: '{{opening_hours}}?' }] }],
    [
      'transcription.caller.languages / languages',
      { languages: ['es'], transcription: { caller: { languages: ['en-GB'] } } },
    ],
    [
      'transcription.caller.languages / languages',
      { language: 'de-DE', languages: ['es'], transcription: { caller: { languages: ['es-US'] } } },
    ],
    ['recording / keep_records_days', { recording: { announcement: 'Rec.' }, keep_records_days: 'off' }],
    ['voicemail / keep_records_days', { voicemail: {}, keep_records_days: false }],
    [
      'destinations.desk.to / numbers.1',
      { numbers: ['+15550100101', '+1 555 010 0102'], destinations: { desk: { to: '+15550100102' } } },
    ],
    ['closed.greeting / hours', { closed: { greeting: '{{open_now}}' }, voicemail: {} }, 'closed / hours'],
    ['voicemail.greeting / hours', { voicemail: { greeting: '{{opening_hours}}' } }],
    ['closed / hours', { closed: { greeting: 'Closed.' } }],
    ['closed.then / voicemail', { hours: {}, closed: { then: 'voicemail' } }],
    ['closed.then / voicemail', { hours: {}, closed: { then: 'voicemail' }, voicemail: 'off' }],
    ['closed.then.destination / destinations', { hours: {}, closed: { then: { destination: 'desk' } } }],
    [
      'fallback.steps.1.destination / destinations',
      { destinations: { desk: SIP_DESK }, fallback: { steps: ['menu', { destination: 'dsk' }, 'apology'] } },
    ],
    ['fallback.steps.0 / destinations', { destinations: {}, fallback: { steps: ['menu', 'apology'] } }],
    ['fallback.steps.0 / voicemail', { fallback: { steps: ['voicemail', 'apology'] } }],
    ['fallback.steps.0 / voicemail', { voicemail: false, fallback: { steps: ['voicemail', 'apology'] } }],
    [
      'destinations.desk.transfer / destinations.desk.to',
      { destinations: { desk: { to: '+1 202 555 0111', transfer: 'refer' } } },
    ],
    [
      'destinations.desk.longest_wait_min / destinations.desk.transfer',
      { destinations: { desk: { ...SIP_DESK, longest_wait_min: 10 } } },
    ],
    [
      'destinations.desk.minutes_a_call / destinations.desk.transfer',
      { destinations: { desk: { ...SIP_DESK, transfer: 'warm', minutes_a_call: 1 } } },
    ],
    [
      'destinations.desk.callback / destinations.desk.transfer',
      { destinations: { desk: { ...SIP_DESK, transfer: 'refer', callback: 'on' } } },
    ],
    [
      'destinations.desk.screen_pop / destinations.desk.transfer',
      { destinations: { desk: { ...SIP_DESK, screen_pop: 'https://a.example' } } },
    ],
    [
      'destinations.desk.longest_wait_min / destinations.desk.minutes_a_call',
      { destinations: { desk: { ...SIP_DESK, transfer: 'queue', longest_wait_min: 3 } } },
    ],
    [
      'destinations.desk.minutes_a_call / destinations.desk.longest_wait_min',
      { destinations: { desk: { ...SIP_DESK, transfer: 'queue', minutes_a_call: 11 } } },
    ],
    ['tools.1 / hand_over_to', { tools: ['end_call', 'hand_over'] }],
    ['tools.0 / hand_over_to', { tools: [{ name: 'hand_over' }], hand_over_to: {} }],
    [
      'keypad.shortcuts.3.agent / hand_over_to',
      {
        hand_over_to: { billing: { agent: 'B', description: 'b' } },
        keypad: { shortcuts: { 3: { agent: 'biling' }, 4: { agent: 'billing' } } },
      },
    ],
    ['tools.1 / destinations', { tools: ['end_call', 'transfer_call'] }],
    ['tools.0 / destinations', { destinations: {}, tools: [{ name: 'call_back' }] }],
    ['tools.0 / voicemail', { tools: ['take_voicemail'], voicemail: 'off' }],
  ])('%s', (both, file, ...others) => expect(found(file)).toEqual([both, ...others]));

  test('several of one file, all of them', () => {
    const file = {
      turn_taking: 'server',
      barge_in: {
        caller_interrupts: false,
        greeting_interruptible: false,
        greeting_guard_ms: 500,
        lower_voice_db: 6,
      },
    };
    expect(found(file)).toEqual([
      'barge_in.greeting_guard_ms / barge_in.caller_interrupts',
      'barge_in.lower_voice_db / barge_in.caller_interrupts',
      'barge_in.greeting_guard_ms / barge_in.greeting_interruptible',
      'barge_in.lower_voice_db / turn_taking',
    ]);
  });
});

test.each<[string, File]>([
  [
    'nobody interrupts, and our own detector',
    { turn_taking: 'local', barge_in: { caller_interrupts: false } },
  ],
  [
    'the last values that are fine',
    { turn_taking: 'local', voice_activity: { prefix_padding_ms: 300, silence_ms: 200 } },
  ],
  [
    'the last time that is fine',
    { watchdog: { answer_within_ms: 1_801 }, voice_activity: { silence_ms: 800 } },
  ],
  [
    'an answer is waited for from the end of the silence where we detect it',
    { turn_taking: 'local', watchdog: { answer_within_ms: 1_000 }, voice_activity: { silence_ms: 800 } },
  ],
  [
    'what is 0 asks for nothing',
    {
      barge_in: {
        caller_interrupts: false,
        greeting_interruptible: false,
        greeting_guard_ms: 0,
        min_heard_ms: 0,
        lower_voice_db: 0,
      },
    },
  ],
  ['a little more dead air than silence', { dead_air_ms: 1_501, voice_activity: { silence_ms: 1_500 } }],
  [
    'dead air counts from the end of the silence where we detect it',
    { turn_taking: 'local', dead_air_ms: 1_500, voice_activity: { silence_ms: 1_500 } },
  ],
  ['no comfort, and any dead air', { dead_air_ms: 'off', comfort_sound: 'none' }],
  ['no comfort: the default of dead air does not count', { comfort_sound: 'none' }],
  [
    'long silences, and nobody who would break them',
    { voice_activity: { silence_ms: 9_000 }, watchdog: false, dead_air_ms: 'off' },
  ],
  ['the longest silence that the defaults bear', { voice_activity: { silence_ms: WAITS_MS.answer - 1_001 } }],
  ['long silences where we detect them', { turn_taking: 'local', voice_activity: { silence_ms: 9_000 } }],
  [
    'limits with other faults are not taken for left out',
    {
      voice_activity: { silence_ms: 9_000 },
      watchdog: { answer_within_ms: '20 s' },
      dead_air_ms: '20 s',
    },
  ],
  ['nor is a watchdog', { voice_activity: { silence_ms: 9_000 }, watchdog: 'on', dead_air_ms: null }],
  [
    'a field with another fault is not judged by it',
    { turn_taking: 'locl', barge_in: { lower_voice_db: 12 } },
  ],
  [
    'all that may be together',
    {
      direction: 'outbound',
      instructions: '{{open_now | open}} {{campaign.who | you}}',
      languages: ['es'],
      transcription: { caller: { languages: ['en-GB', 'es-US'] } },
      keep_records_days: 'off',
      recording: 'off',
      voicemail: { deliver_to: ['a@example.com'] },
      destinations: { desk: { to: '+15550100102' } },
    },
  ],
  ['what is told of hours that there are', { instructions: '{{open_now}}', hours: {} }],
  [
    'people of every kind',
    {
      hours: {},
      voicemail: {},
      destinations: {
        cold: { to: '+12025550111' },
        warm: { to: '+12025550112', transfer: 'warm', screen_pop: 'https://a.example' },
        queue: {
          to: '+12025550113',
          transfer: 'queue',
          longest_wait_min: 4,
          screen_pop: 'https://a.example',
        },
        refer: { ...SIP_DESK, transfer: 'refer' },
      },
      fallback: { steps: ['menu', { destination: 'cold' }, 'voicemail', 'apology'] },
      closed: { then: { destination: 'warm' } },
      tools: ['transfer_call', 'take_voicemail', { name: 'call_back' }],
    },
  ],
  ['closed for ever, with the agent', { hours: {}, closed: { then: 'agent' } }],
  [
    'destinations that cannot be read are not taken for none',
    {
      destinations: ['desk'],
      fallback: { steps: ['menu', { destination: 'desk' }, 'apology'] },
      tools: ['transfer_call'],
    },
  ],
  [
    'a kind of transfer that there is not',
    { destinations: { desk: { ...SIP_DESK, transfer: 7, callback: 'on' } } },
  ],
  ['a voicemail that is none', { voicemail: 'off', keep_records_days: 'off' }],
])('none: %s', (_, file) => expect(found(file)).toEqual([]));

test('what is left out is as long as the session and the schema have it', () => {
  for (const owed of ['answer', 'word', 'rest'] as const) {
    const clock = new ManualClock();
    const alarms: string[] = [];
    const limits = profileSchema().parse(LEAST).watchdog;
    new Watchdog({ clock, limits, onAlarm: (what) => alarms.push(what) }).owes(owed);
    clock.advance(WAITS_MS[owed] - 1);
    expect(alarms).toEqual([]);
    clock.advance(1);
    expect(alarms).toEqual([owed]);
  }
  expect(profileSchema().parse(LEAST).deadAirMs).toBe(DEAD_AIR_MS);
});

const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const whole = (least: number, most: number) => optional(fc.integer({ min: least, max: most }));
const sensitivity = optional(fc.constantFrom('high', 'low'));
const sane: fc.Arbitrary<Record<string, unknown>> = fc.record({
  turn_taking: optional(fc.constantFrom('server', 'local')),
  voice_activity: optional(
    fc.record({
      start_sensitivity: sensitivity,
      end_sensitivity: sensitivity,
      prefix_padding_ms: whole(0, 1_000),
      silence_ms: whole(0, 5_000),
    }),
  ),
  barge_in: optional(
    fc.record({
      caller_interrupts: optional(fc.boolean()),
      greeting_interruptible: optional(fc.boolean()),
      greeting_guard_ms: whole(0, 10_000),
      min_heard_ms: whole(0, 1_000),
      lower_voice_db: whole(0, 30),
    }),
  ),
  watchdog: optional(fc.oneof(fc.constant('off'), fc.record({ answer_within_ms: whole(1_000, 6_000) }))),
  dead_air_ms: optional(fc.oneof(fc.constantFrom('off', false), fc.integer({ min: 1_000, max: 30_000 }))),
  comfort_sound: optional(fc.constantFrom('none', 'keys.wav')),
});

/** Without one field, which may stand within another. */
function without(file: File, [name, inner]: readonly (string | number)[]): File {
  const { [name!]: field, ...rest } = file;
  if (inner === undefined || typeof field !== 'object' || field === null) return rest;
  return { ...rest, [name!]: without(field as File, [inner]) };
}

test('whatever contradicts is fine by itself: without the one or the other that is written, it is not named', () => {
  fc.assert(
    fc.property(sane, (file) => {
      expect(profileSchema().safeParse({ ...LEAST, ...file }).success).toBe(true);
      for (const { path, against } of contradictionsOf(file)) {
        const both = `${path.join('.')} / ${against.path.join('.')}`;
        expect(found(without(file, path))).not.toContain(both);
        // Where nothing is written of it, turns are taken by the server.
        if (against.isWritten && against.says !== 'server')
          expect(found(without(file, against.path))).not.toContain(both);
      }
    }),
    { numRuns: 500 },
  );
});

test('any value is read as far as it can be', () => {
  const names = fc.constantFrom(
    'turn_taking',
    'voice_activity',
    'barge_in',
    'watchdog',
    'dead_air_ms',
    'comfort_sound',
    'destinations',
    'fallback',
    'closed',
    'voicemail',
    'tools',
    'hours',
  );
  const nonsense = fc.oneof(fc.anything(), fc.dictionary(names, fc.anything()));
  fc.assert(fc.property(nonsense, (value) => void contradictionsOf(value)));
  expect(found({ barge_in: 7, watchdog: [], dead_air_ms: NaN, comfort_sound: 'none' })).toEqual([]);
});
