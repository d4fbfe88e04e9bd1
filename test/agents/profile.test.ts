import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { profileSchema } from '../../src/agents/profile.ts';
import type { Plan } from '../../src/ivr/plan.ts';
import { DEFAULT_MODEL } from '../../src/live/session.ts';

const least = { name: 'Desk', numbers: '*', instructions: 'Help.', greeting: 'Hello.' };

const WORK = [{ startMinute: 540, endMinute: 1_020 }];

test('the least that a file needs, and what the rest then is', () => {
  expect(profileSchema().parse(least)).toEqual({
    ...least,
    language: 'en-US',
    model: 'gemini-3.8-live',
    looksUpCaller: true,
    logsCalls: true,
    tools: [],
    timeZone: 'UTC',
    voiceActivity: {},
    googleSearch: false,
    codeExecution: false,
    history: [],
    bargeIn: {
      callerInterrupts: true,
      greetingInterruptible: true,
      greetingGuardMs: 0,
      minHeardMs: 0,
      lowerVoiceDb: 12,
    },
    deadAirMs: 4_000,
    watchdog: { noiseAfterMs: 15_000, repeatedWords: 6 },
    version: '',
    direction: 'both',
    languages: [],
    destinations: [],
    handOverTo: [],
    onVoicemail: { do: 'hang-up' },
    outcomes: [],
    keypad: { shortcuts: {}, pauseMs: 2_500, finishKey: '#' },
    fallback: { withinMs: 0, steps: [{ do: 'apology' }], isWritten: false },
    silence: { askAfterMs: 20_000 },
    rejoin: { phrase: 'Sorry, we were cut off for a moment.', most: 5 },
    recording: false,
    limits: {},
    keepRecordsDays: 90,
  });
});

test('everything that a file may say', () => {
  expect(
    profileSchema().parse({
      ...least,
      numbers: ['+1 (555) 010-0100', '+15550100101'],
      first_words: { identity: 'We.', assistant: 'An AI.', callback: 'Call us.', opt_out: 'Say stop.' },
      on_voicemail: { leave_message: 'Hi.' },
      outcomes: ['wants_offer'],
      voice: 'Kore',
      language: 'de-DE',
      model: 'gemini-3.1-flash-live-preview',
      voice_activity: {
        start_sensitivity: 'low',
        end_sensitivity: 'high',
        prefix_padding_ms: 40,
        silence_ms: 0,
      },
      turn_taking: 'local',
      barge_in: {
        caller_interrupts: false,
        greeting_interruptible: false,
        greeting_guard_ms: 10_000,
        min_heard_ms: 300,
        lower_voice_db: 0,
      },
      dead_air_ms: 30_000,
      watchdog: {
        answer_within_ms: 1_000,
        word_within_ms: 2_000,
        rest_within_ms: 3_000,
        noise_after_ms: 3_000,
        repeated_words: 3,
      },
      turn_coverage: 'all-input',
      transcription: { caller: { languages: ['de-DE', 'en'], vocabulary: ['Liveline'] }, agent: 'off' },
      compression: { trigger_tokens: 60_000, target_tokens: 20_000 },
      media_resolution: 'low',
      thinking: { level: 'minimal' },
      generation: {
        temperature: 0.6,
        top_p: 0.9,
        top_k: 40,
        max_output_tokens: 500,
        presence_penalty: -2,
        frequency_penalty: 1.5,
        seed: 7,
      },
      google_search: true,
      code_execution: true,
      tools: ['end_call', { name: 'take_message', behavior: 'non-blocking', scheduling: 'silent' }],
      history: [{ caller: 'I am {{caller}}.' }, { agent: 'Welcome back.' }],
      comfort_sound: 'sounds/keys.wav',
      time_zone: 'Europe/Berlin',
      languages: ['en-GB', 'tr'],
      direction: 'inbound',
      hours: { weekdays: '09:00-17:00', dates: { '2026-12-25': 'closed' } },
      hand_over_to: { billing: { agent: 'Billing', description: 'Invoices' } },
      keypad: {
        shortcuts: {
          0: { destination: 'front_desk' },
          3: { agent: 'billing' },
          8: 'voicemail',
          9: { tool: 'opt_out' },
        },
        pause_ms: 900,
        finish_key: 'none',
      },
      destinations: {
        desk: { to: '+1 555 010 0111', description: 'The desk.', hours: { sun: '22:00-6:00' } },
        dentist: { to: 'sip:dentist@example.com;transport=tls', description: 'Pain.', transfer: 'refer' },
        our_books: {
          to: '+12025550112',
          description: 'Bills.',
          spoken: ' Billing ',
          transfer: 'queue',
          ring_s: 60,
          caller_id: 'ours',
          screen_pop: 'https://example.com/pop',
          longest_wait_min: 60,
          minutes_a_call: 1,
          callback: 'off',
        },
      },
      fallback: { within_s: 60, steps: ['menu', { destination: 'desk' }, 'voicemail', 'apology'] },
      closed: { greeting: 'Closed, {{caller}}.', then: { destination: 'dentist' } },
      silence: { ask_after_s: 5 },
      hold_music: 'music.wav',
      voicemail: {
        greeting: 'After the beep, {{caller}}.',
        deliver_to: ['a@example.com', 'https://example.com/in'],
        transcribe: 'on',
      },
      rejoin: { phrase: 'Da bin ich wieder.', most: 2 },
      recording: { announcement: 'We record.' },
      limits: { calls_at_once: 3, call_minutes: 30 },
      keep_records_days: 'forever',
    }),
  ).toEqual({
    ...least,
    numbers: ['+15550100100', '+15550100101'],
    voice: 'Kore',
    language: 'de-DE',
    model: 'gemini-3.1-flash-live-preview',
    voiceActivity: {
      detector: 'local',
      startSensitivity: 'low',
      endSensitivity: 'high',
      prefixPaddingMs: 40,
      silenceMs: 0,
    },
    turnCoverage: 'all-input',
    callerTranscription: { languages: ['de-DE', 'en'], vocabulary: ['Liveline'] },
    agentTranscription: false,
    compression: { triggerTokens: 60_000, targetTokens: 20_000 },
    mediaResolution: 'low',
    thinking: { level: 'minimal' },
    generation: {
      temperature: 0.6,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 500,
      presencePenalty: -2,
      frequencyPenalty: 1.5,
      seed: 7,
    },
    googleSearch: true,
    codeExecution: true,
    bargeIn: {
      callerInterrupts: false,
      greetingInterruptible: false,
      greetingGuardMs: 10_000,
      minHeardMs: 300,
      lowerVoiceDb: 0,
    },
    deadAirMs: 30_000,
    watchdog: {
      answerWithinMs: 1_000,
      wordWithinMs: 2_000,
      restWithinMs: 3_000,
      noiseAfterMs: 3_000,
      repeatedWords: 3,
    },
    looksUpCaller: true,
    logsCalls: true,
    tools: [
      { is: 'named', name: 'end_call' },
      { is: 'named', name: 'take_message', behavior: 'non-blocking', scheduling: 'silent' },
    ],
    history: [
      { who: 'caller', text: 'I am {{caller}}.' },
      { who: 'agent', text: 'Welcome back.' },
    ],
    comfortSound: 'sounds/keys.wav',
    timeZone: 'Europe/Berlin',
    version: '',
    languages: ['en-GB', 'tr'],
    direction: 'inbound',
    hours: { week: [[], WORK, WORK, WORK, WORK, WORK, []], dates: { '2026-12-25': [] } },
    firstWords: { identity: 'We.', assistant: 'An AI.', callback: 'Call us.', optOut: 'Say stop.' },
    onVoicemail: { do: 'leave-message', text: 'Hi.' },
    outcomes: ['wants_offer'],
    handOverTo: [{ name: 'billing', agent: 'Billing', description: 'Invoices' }],
    keypad: {
      shortcuts: {
        0: { do: 'destination', name: 'front_desk' },
        3: { do: 'agent', name: 'billing' },
        8: { do: 'voicemail' },
        9: { do: 'tool', name: 'opt_out' },
      },
      pauseMs: 900,
      finishKey: undefined,
    },
    destinations: [
      {
        ...{ name: 'desk', to: '+15550100111', description: 'The desk.', spoken: 'desk' },
        ...{ by: 'cold', ringS: 20, callerId: 'caller' },
        hours: { week: [[{ startMinute: 1_320, endMinute: 1_800 }], [], [], [], [], [], []], dates: {} },
        queue: { longestWaitMin: 10, minutesACall: 4, callback: true },
      },
      {
        ...{ name: 'dentist', to: 'sip:dentist@example.com;transport=tls' },
        ...{ description: 'Pain.', spoken: 'dentist', by: 'refer', ringS: 20, callerId: 'caller' },
        queue: { longestWaitMin: 10, minutesACall: 4, callback: true },
      },
      {
        ...{ name: 'our_books', to: '+12025550112', description: 'Bills.', spoken: 'Billing' },
        ...{ by: 'queue', ringS: 60, callerId: 'ours', screenPop: 'https://example.com/pop' },
        queue: { longestWaitMin: 60, minutesACall: 1, callback: false },
      },
    ],
    fallback: {
      withinMs: 60_000,
      steps: [{ do: 'menu' }, { do: 'destination', name: 'desk' }, { do: 'voicemail' }, { do: 'apology' }],
      isWritten: true,
    },
    closed: { greeting: 'Closed, {{caller}}.', then: { do: 'destination', name: 'dentist' } },
    silence: { askAfterMs: 5_000 },
    holdMusic: 'music.wav',
    voicemail: {
      greeting: 'After the beep, {{caller}}.',
      maxSeconds: 120,
      deliverTo: ['a@example.com', 'https://example.com/in'],
      transcribe: true,
    },
    rejoin: { phrase: 'Da bin ich wieder.', most: 2 },
    recording: { announcement: 'We record.' },
    limits: { callsAtOnce: 3, callMinutes: 30 },
    keepRecordsDays: 'forever',
  });
});

test('destinations are what the plan of a call has', () => {
  const { destinations, fallback } = profileSchema().parse({
    ...least,
    destinations: { front_desk: { to: '+12025550111', description: 'D' } },
  });
  // The compiler holds it: a profile knows nothing of plans.
  const plan: Pick<Plan, 'destinations' | 'ladder'> = { destinations, ladder: fallback.steps };
  expect(plan.destinations[0]).toMatchObject({ name: 'front_desk', spoken: 'front desk' });
});

test.each<[string, object, object]>([
  ['nothing', {}, { withinMs: 0, steps: [{ do: 'apology' }], isWritten: false }],
  [
    'a voicemail alone',
    { voicemail: {} },
    { withinMs: 0, steps: [{ do: 'voicemail' }, { do: 'apology' }], isWritten: false },
  ],
  [
    'a time alone',
    { fallback: { within_s: 2 }, voicemail: 'off' },
    { withinMs: 2_000, steps: [{ do: 'apology' }], isWritten: true },
  ],
  [
    'no time',
    { fallback: { steps: ['voicemail'] }, voicemail: {} },
    { withinMs: 8_000, steps: [{ do: 'voicemail' }], isWritten: true },
  ],
])('the ladder of %s', (_, file, fallback) =>
  expect(profileSchema().parse({ ...least, ...file }).fallback).toEqual(fallback),
);

test.each(['off', false])('silence: %j is never asked about', (ask_after_s) =>
  expect(profileSchema().parse({ ...least, silence: { ask_after_s } }).silence).toEqual({ askAfterMs: 0 }),
);

test('who is closed is with the agent unless it is said otherwise', () => {
  const then = (written: unknown) =>
    profileSchema().parse({ ...least, closed: { greeting: 'Closed.', then: written } }).closed?.then;
  expect([undefined, 'agent', 'voicemail', 'hang_up'].map(then)).toEqual([
    { do: 'agent' },
    { do: 'agent' },
    { do: 'voicemail' },
    { do: 'hang-up' },
  ]);
});

test('a ladder is climbed once, and ends', () => {
  const faults = (...steps: unknown[]): string[] =>
    (profileSchema().safeParse({ ...least, fallback: { steps } }).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
  const noEnd = (what: string): string =>
    `the ladder has no end: after ${what} callers would be left in silence; end it with voicemail or apology`;
  for (const fine of [
    ['voicemail'],
    ['apology'],
    ['voicemail', 'apology'],
    ['menu', { destination: 'a' }, 'apology'],
  ])
    expect(faults(...fine)).toEqual([]);
  expect(faults()).toEqual([
    'fallback.steps: expected a list of steps: menu, voicemail, apology, or a destination',
  ]);
  expect(faults('menu')).toEqual([`fallback.steps.0: ${noEnd('menu')}`]);
  expect(faults('menu', { destination: 'a' })).toEqual([`fallback.steps.1: ${noEnd('a')}`]);
  expect(faults('apology', 'voicemail')).toEqual([
    'fallback.steps.1: nothing comes after apology; leave it out',
  ]);
  expect(faults('voicemail', { destination: 'a' }, 'apology')).toEqual([
    'fallback.steps.1: nothing comes after voicemail; leave it out',
  ]);
  expect(
    faults('menu', { destination: 'a' }, { destination: 'b' }, { destination: 'a' }, 'menu', 'apology'),
  ).toEqual([
    'fallback.steps.3: a is step 2 already; a step is taken once',
    'fallback.steps.4: menu is step 1 already; a step is taken once',
  ]);
});

test('countries that may be dialled, where there is a list', () => {
  const schema = profileSchema(undefined, undefined, new Set(['DE']));
  const to = (number: string) =>
    schema.safeParse({ ...least, destinations: { desk: { to: number, description: 'D' } } }).success;
  expect(['+4930901820', 'sip:desk@example.com', '+12025550111', '+15550100111'].map(to)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('the default model can be another one; a model that the file names stays', () => {
  expect(DEFAULT_MODEL).toBe('gemini-3.8-live');
  const schema = profileSchema('gemini-next');
  expect(schema.parse(least).model).toBe('gemini-next');
  expect(schema.parse({ ...least, model: 'gemini-mine' }).model).toBe('gemini-mine');
});

test('"off" and false are the same', () => {
  for (const off of ['off', false])
    expect(
      profileSchema().parse({
        ...least,
        compression: off,
        transcription: { caller: off },
        dead_air_ms: off,
        watchdog: off,
      }),
    ).toMatchObject({
      deadAirMs: 0,
      watchdog: { answerWithinMs: 0, wordWithinMs: 0, restWithinMs: 0, noiseAfterMs: 0, repeatedWords: 0 },
      compression: false,
      callerTranscription: false,
      agentTranscription: undefined,
    });
});

test.each(['off', false, 0])('repeated_words: %j is never', (repeated_words) => {
  const { watchdog } = profileSchema().parse({ ...least, watchdog: { repeated_words } });
  expect(watchdog).toEqual({ noiseAfterMs: 15_000, repeatedWords: 0 });
});

test.each(['off', false, 0])('noise_after_ms: %j is never', (noise_after_ms) => {
  const { watchdog } = profileSchema().parse({ ...least, watchdog: { noise_after_ms } });
  expect(watchdog).toEqual({ noiseAfterMs: 0, repeatedWords: 6 });
});

test('who takes turns by the server of the model leaves the detector out, so that setups stay as they were', () => {
  for (const file of [least, { ...least, turn_taking: 'server' }])
    expect(profileSchema().parse(file).voiceActivity).not.toHaveProperty('detector');
  const local = { ...least, turn_taking: 'local', voice_activity: { silence_ms: 600 } };
  expect(profileSchema().parse(local).voiceActivity).toEqual({ silenceMs: 600, detector: 'local' });
});

describe('refused', () => {
  test.each<[string, object]>([
    ['', { nickname: 'D' }],
    ['voice_activity', { voice_activity: { silenceMs: 1 } }],
    ['barge_in', { barge_in: { rude: true } }],
    ['name', { name: ' ' }],
    ['numbers', { numbers: [] }],
    ['numbers', { numbers: '+15550100100' }],
    ['numbers', { numbers: [15550100100] }],
    ['numbers.0', { numbers: ['555 0100'] }],
    ['instructions', { instructions: '{{weather}}' }],
    ['greeting', { greeting: 'Hello {{caller' }],
    ['language', { language: 'english' }],
    ['language', { language: 'en_US' }],
    ['time_zone', { time_zone: 'Mars/Olympus' }],
    ['time_zone', { time_zone: '+01:00' }],
    ['time_zone', { time_zone: '' }],
    ['voice_activity.silence_ms', { voice_activity: { silence_ms: -1 } }],
    ['voice_activity.prefix_padding_ms', { voice_activity: { prefix_padding_ms: 1.5 } }],
    ['voice_activity.start_sensitivity', { voice_activity: { start_sensitivity: 'medium' } }],
    ['barge_in.min_heard_ms', { barge_in: { min_heard_ms: '300' } }],
    ['barge_in.caller_interrupts', { barge_in: { caller_interrupts: 'yes' } }],
    ['tools', { tools: ['end_call', 'make_coffee'] }],
    ['tools', { tools: ['end_call', 'end_call'] }],
    ['tools', { tools: ['end_call', { name: 'end_call' }] }],
    ['tools', { tools: [7] }],
    ['voice_activity', { voice_activity: { detector: 'local' } }],
    ['turn_taking', { turn_taking: 'caller' }],
    ['turn_taking', { turn_taking: true }],
    ['barge_in.greeting_guard_ms', { barge_in: { greeting_guard_ms: 10_001 } }],
    ['barge_in.greeting_guard_ms', { barge_in: { greeting_guard_ms: -1 } }],
    ['barge_in.lower_voice_db', { barge_in: { lower_voice_db: 31 } }],
    ['barge_in.lower_voice_db', { barge_in: { lower_voice_db: -1 } }],
    ['dead_air_ms', { dead_air_ms: 999 }],
    ['dead_air_ms', { dead_air_ms: 30_001 }],
    ['dead_air_ms', { dead_air_ms: 'on' }],
    ['dead_air_ms', { dead_air_ms: 0 }],
    ['watchdog', { watchdog: 'on' }],
    ['watchdog', { watchdog: { noise_after_ms: 2_999 } }],
    ['watchdog', { watchdog: { noise_after_ms: -1 } }],
    ['watchdog', { watchdog: { repeated_words: 2 } }],
    ['turn_coverage', { turn_coverage: 'everything' }],
    ['transcription', { transcription: 'off' }],
    ['transcription.caller', { transcription: { caller: true } }],
    ['transcription.caller.languages.0', { transcription: { caller: { languages: ['german'] } } }],
    ['transcription.agent.vocabulary', { transcription: { agent: { vocabulary: [] } } }],
    ['compression', { compression: 'on' }],
    ['media_resolution', { media_resolution: 'ultra' }],
    ['thinking.level', { thinking: { level: 'most' } }],
    ['thinking.budget_tokens', { thinking: { budget_tokens: -2 } }],
    ['thinking.budget_tokens', { thinking: { level: 'low', budget_tokens: 0 } }],
    ['generation.temperature', { generation: { temperature: 2.1 } }],
    ['generation.top_p', { generation: { top_p: 1.1 } }],
    ['generation.top_k', { generation: { top_k: 0 } }],
    ['generation.max_output_tokens', { generation: { max_output_tokens: 0 } }],
    ['generation.presence_penalty', { generation: { presence_penalty: 2 } }],
    ['generation.frequency_penalty', { generation: { frequency_penalty: -2.1 } }],
    ['generation.seed', { generation: { seed: 2 ** 31 } }],
    ['generation', { generation: { topP: 1 } }],
    ['google_search', { google_search: 'yes' }],
    ['code_execution', { code_execution: 1 }],
    ['history.0', { history: [{}] }],
    ['history.0', { history: [{ caller: 'a', agent: 'b' }] }],
    ['history.0.agent', { history: [{ agent: '{{weather}}' }] }],
    ['comfort_sound', { comfort_sound: ' ' }],
    ['languages.0', { languages: ['german'] }],
    ['languages', { languages: ['en-us', 'en-US'] }],
    ['languages', { languages: 'de' }],
    ['direction', { direction: 'out' }],
    ['hours', { hours: '09:00-17:00' }],
    ['destinations.desk.description', { destinations: { desk: { to: '+15550100111' } } }],
    ['destinations.desk.to', { destinations: { desk: { to: 'sip:desk', description: 'D' } } }],
    ['destinations.desk.to', { destinations: { desk: { to: 15550100111, description: 'D' } } }],
    ['destinations.front-desk', { destinations: { 'front-desk': { to: '+15550100111', description: 'D' } } }],
    ['voicemail', { voicemail: 'on' }],
    ['voicemail', { voicemail: { transcribe: 'maybe' } }],
    [
      'destinations.desk.transfer',
      { destinations: { desk: { to: '+15550100111', description: 'D', transfer: 'hot' } } },
    ],
    [
      'destinations.desk.ring_s',
      { destinations: { desk: { to: '+15550100111', description: 'D', ring_s: 4 } } },
    ],
    ['destinations.desk.to', { destinations: { desk: { to: '+1911', description: 'D' } } }],
    [
      'destinations.desk.screen_pop',
      { destinations: { desk: { to: '+15550100111', description: 'D', screen_pop: 'http://a.example' } } },
    ],
    ['fallback.within_s', { fallback: { within_s: 1 } }],
    ['fallback.steps.0', { fallback: { steps: [{ destination: 'Front Desk' }, 'apology'] } }],
    ['fallback.steps.0', { fallback: { steps: ['sing', 'apology'] } }],
    ['closed.greeting', { closed: {} }],
    ['closed.then', { closed: { greeting: 'C', then: 'sing' } }],
    ['silence.ask_after_s', { silence: { ask_after_s: 4 } }],
    ['silence', { silence: 'off' }],
    ['hold_music', { hold_music: '' }],
    ['recording', { recording: {} }],
    ['limits.calls_at_once', { limits: { calls_at_once: 1.5 } }],
    ['limits.call_minutes', { limits: { call_minutes: '30' } }],
  ])('"%s" of %j', (field, fault) => {
    const checked = profileSchema().safeParse({ ...least, ...fault });
    expect(checked.success).toBe(false);
    expect(checked.error?.issues).toHaveLength(1);
    expect(checked.error?.issues[0]?.path.join('.')).toBe(field);
  });
});

test('every field is described for the author, and every name is snake_case', () => {
  interface Schema {
    description?: string;
    properties?: Record<string, Schema>;
    additionalProperties?: Schema | boolean;
    items?: Schema;
    anyOf?: Schema[];
  }
  const fields: string[] = [];
  const visit = (schema: Schema, path: string): void => {
    const { anyOf = [], items, additionalProperties: named } = schema;
    for (const inner of [...anyOf, ...(items ? [items] : []), ...(typeof named === 'object' ? [named] : [])])
      visit(inner, path);
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      const whole = `${path}${name}`;
      fields.push(whole);
      expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(field.description, whole).toMatch(/^[A-Z].*\.$/);
      visit(field, `${whole}.`);
    }
  };
  visit(z.toJSONSchema(profileSchema(), { io: 'input' }) as Schema, '');
  expect(fields).toEqual(
    expect.arrayContaining([
      'tools.scheduling',
      'transcription.agent.vocabulary',
      'destinations.hours.dates',
      'fallback.steps.destination',
    ]),
  );
});

test('the README names no field that there is not, and the ones that are required', () => {
  const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8').split('\n');
  const rowsUnder = (head: string): string[][] => {
    const start = readme.findIndex((line) => line.startsWith(head)) + 2;
    const end = readme.findIndex((line, at) => at >= start && !line.startsWith('|'));
    return readme.slice(start, end).map((line) => line.split('|').slice(1, -1));
  };
  const namesIn = (cell = ''): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
  const { properties = {}, required = [] } = z.toJSONSchema(profileSchema(), { io: 'input' });
  const fields = Object.keys(properties);
  const told = rowsUnder('| field |').flatMap(([first]) => namesIn(first));
  expect(fields).toEqual(expect.arrayContaining(told));
  expect(told).toEqual(expect.arrayContaining(['numbers', ...required]));
  const features = rowsUnder('| Live API |').map(([, second]) => namesIn(second?.split(':')[0]));
  expect(features.length).toBeGreaterThan(10);
  for (const names of features) expect(fields).toEqual(expect.arrayContaining(names));
});
