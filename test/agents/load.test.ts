import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PCM16_16K } from '../../src/audio/format.ts';
import { writeWav } from '../../src/audio/wav.ts';
import { chooseProfile } from '../../src/agents/choose.ts';
import { otherFilesOf } from '../../src/agents/holiday-files.ts';
import { isOpenAt } from '../../src/agents/hours.ts';
import { valuesFor } from '../../src/agents/instructions.ts';
import { loadProfiles, type LoadOptions } from '../../src/agents/load.ts';
import { LivelineError } from '../../src/base/errors.ts';
import { toolNames } from '../../src/tools/entries.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profiles-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (files: Record<string, string>): Promise<unknown> =>
  Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));

/** The lines of the refusal after the first, with the folder left out. */
async function faultsOf(files: Record<string, string>, options: LoadOptions = {}): Promise<string[]> {
  await write(files);
  const thrown: unknown = await loadProfiles(folder, options).catch((caught: unknown) => caught);
  expect(thrown).toBeInstanceOf(LivelineError);
  expect(thrown).toMatchObject({ code: 'PROFILE_INVALID' });
  const [head, ...lines] = (thrown as LivelineError).message.split('\n  ');
  expect(head).toBe(`the profiles in ${folder} have faults:`);
  return lines.map((line) => line.replaceAll(join(folder, '/'), ''));
}

const file = (name: string, numbers = "'*'"): string =>
  `name: ${name}\nnumbers: ${numbers}\ninstructions: Help {{caller}}.\ngreeting: Hello.\n`;

const TOOL_EXPECTED = `expected one of ${toolNames.map((name) => `"${name}"`).join('|')}, a file of tools such as "./tools/orders.yaml" or "./my-tools.ts", or fields`;

describe('the sample receptionist', () => {
  test('answers any number with the greeting that the rehearsal expects', async () => {
    const profiles = await loadProfiles(resolve(import.meta.dirname, '../../fixtures/agents'));
    expect(profiles.find(({ numbers }) => numbers === '*')).toMatchObject({
      greeting: 'Hello, this is Liveline at Harbour Dental. How can I help you?',
      tools: expect.arrayContaining([{ is: 'named', name: 'book_appointment' }]) as object,
    });
  });
});

describe('the samples', () => {
  const samples = loadProfiles(resolve(import.meta.dirname, '../../fixtures/agents'));

  test('a receptionist with three departments, who is reached by each kind of transfer', async () => {
    const sample = chooseProfile(await samples, { to: '+12025550100', direction: 'inbound' });
    expect(sample).toMatchObject({
      fallback: { steps: [{ do: 'menu' }, { do: 'voicemail' }, { do: 'apology' }] },
    });
    expect(sample?.destinations.map(({ name, by }) => [name, by])).toEqual([
      ['front_desk', 'warm'],
      ['billing', 'queue'],
      ['sales', 'cold'],
    ]);
  });

  test('a line that is closed at night and on holidays, and says what then', async () => {
    const sample = chooseProfile(await samples, { to: '+12025550101', direction: 'inbound' });
    const isOpen = (iso: string): boolean => isOpenAt(sample!.hours!, sample!.timeZone, Date.parse(iso));
    expect(
      [
        ...['2026-11-23T12:30:00-05:00', '2026-11-23T13:00:00-05:00', '2026-11-26T10:00:00-05:00'],
        ...['2027-11-25T10:00:00-05:00', '2026-12-30T14:00:00-05:00', '2026-12-24T11:00:00-05:00'],
      ].map(isOpen),
    ).toEqual([false, true, false, false, false, true]);
    expect(sample).toMatchObject({
      closed: { then: { do: 'voicemail' } },
      destinations: [{ name: 'on_call' }],
    });
  });

  test('every other number is the receptionist’s', async () => {
    expect(chooseProfile(await samples, { to: '+12025550199', direction: 'inbound' })?.name).toBe(
      'Harbour Dental reception',
    );
  });
});

test('every profile of the folder is read, in the order of their names; other files are not', async () => {
  await write({
    'b.yaml': file('B', '["+15550100101"]'),
    'a.yml': file('A'),
    '.c.yaml': 'swap file',
    'notes.txt': 'not a profile',
    'd.yaml.bak': 'not a profile',
  });
  const profiles = await loadProfiles(folder, { defaultModel: 'gemini-next' });
  expect(profiles.map(({ name, model }) => [name, model])).toEqual([
    ['A', 'gemini-next'],
    ['B', 'gemini-next'],
  ]);
});

test('Windows line ends and a byte order mark do no harm', async () => {
  await write({ 'a.yaml': `\ufeff${file('A').replaceAll('\n', '\r\n')}` });
  expect(await loadProfiles(folder)).toMatchObject([{ name: 'A', greeting: 'Hello.' }]);
});

describe('faults', () => {
  test('all of all files, each with file, line, column, field and what was expected', async () => {
    expect(
      await faultsOf({
        'a.yaml': [
          '# the desk',
          'name: Desk',
          'numbers: ["+15550100101", "101"]',
          'instructions: |',
          '  You speak with {{callr}}.',
          'barge_in:',
          '  min_heard_ms: 2s',
          '  rude: true',
          'nickname:',
          '  deep: true',
          'tools:',
          '  - end_call',
          '  - make_coffee',
        ].join('\n'),
        'b.yaml': '- name: list\n',
      }),
    ).toEqual([
      'a.yaml:2:1  greeting: expected text, but it is missing',
      'a.yaml:3:27  numbers[1]: expected a phone number with its country code, such as "+15550100100"',
      'a.yaml:4:1  instructions: there is no variable "{{callr}}"; there are caller, called, date, time, profile, open_now, opening_hours, contact.<field>, campaign.<field>',
      'a.yaml:7:3  barge_in.min_heard_ms: expected a number, not text',
      'a.yaml:8:3  barge_in.rude: there is no such field',
      'a.yaml:9:1  nickname: there is no such field',
      `a.yaml:13:5  tools[1]: ${TOOL_EXPECTED}`,
      'b.yaml:1:1  expected fields, not a list; a file of tools goes into a folder below this one, such as tools/',
    ]);
  });

  test.each([
    [
      'new fields, each with what was expected',
      `${file('A')}languages: [german]\ndirection: in\ncampaigns: '*'\nhours: { mon: 9-17, tue: ["09:00-12:00", "11:00-13:00"], dates: { 2026-02-30: closed, 2026-12-24: 7 } }\ndestinations: { Sales: { to: "+15550100111", description: S }, billing: { to: "911", description: B } }\nvoicemail: { max_seconds: 1, deliver_to: [desk] }\nrecording: loud\nlimits: { calls_at_once: 0, call_minutes: 241 }\n`,
      [
        'a.yaml:5:13  languages[0]: expected a language tag such as "en-US"',
        'a.yaml:6:1  direction: expected one of "inbound"|"outbound"|"both"',
        'a.yaml:7:1  campaigns: there is no such field',
        'a.yaml:8:10  hours.mon: expected hours such as "09:00-17:00", a list of them, or "closed"',
        'a.yaml:8:21  hours.tue: expected hours that do not overlap',
        'a.yaml:8:67  hours.dates["2026-02-30"]: expected a date such as 2026-12-25',
        'a.yaml:8:87  hours.dates["2026-12-24"]: expected hours such as "09:00-17:00", a list of them, or "closed"',
        'a.yaml:9:17  destinations.Sales: expected a name of small letters, digits and _, such as front_desk',
        'a.yaml:9:75  destinations.billing.to: this may be an emergency number, and those are never dialled: callers in an emergency must call them themselves',
        'a.yaml:10:14  voicemail.max_seconds: expected a whole number of seconds from 5 to 1800',
        'a.yaml:10:43  voicemail.deliver_to[0]: expected an e-mail address, or an https:// address',
        'a.yaml:11:1  recording: expected "off", or fields: announcement (what is said before, or "none")',
        'a.yaml:12:11  limits.calls_at_once: expected a whole number of calls, from 1 on',
        'a.yaml:12:29  limits.call_minutes: expected a whole number of minutes from 1 to 240; longer no carrier keeps a call',
      ],
    ],
    [
      'messages longer than can be fetched, and to an address that posts would go to without its password',
      `${file('A')}voicemail:\n  max_seconds: 1801\n  deliver_to:\n    - https://ada:hush@example.com/in\n    - https://example.com/in?to=x&to=y\n    - https://ada@example.com\n    - https://\n    - http://ada@example.com\n`,
      [
        'a.yaml:6:3  voicemail.max_seconds: expected a whole number of seconds from 5 to 1800',
        'a.yaml:8:7  voicemail.deliver_to[0]: an https:// address cannot hold a user or password: posts would go without them. Sign them with WEBHOOK_SECRET, or put a key into the query',
        'a.yaml:10:7  voicemail.deliver_to[2]: an https:// address cannot hold a user or password: posts would go without them. Sign them with WEBHOOK_SECRET, or put a key into the query',
        'a.yaml:11:7  voicemail.deliver_to[3]: expected an e-mail address, or an https:// address',
        'a.yaml:12:7  voicemail.deliver_to[4]: expected an e-mail address, or an https:// address',
      ],
    ],
    [
      'hours without a day, and a day without end',
      `${file('A')}hours: {}\ndestinations: { desk: { to: "sip:desk@example.com", description: D, hours: { fri: "10:00-10:00" } } }\n`,
      [
        'a.yaml:5:1  hours: expected a day that is open: every_day, weekdays, weekend, mon, … sun, or dates',
        'a.yaml:6:78  destinations.desk.hours.fri: expected an end that is not the start; the whole day is "00:00-24:00"',
      ],
    ],
    [
      'no numbers, for calls that come in',
      'name: A\ninstructions: Help.\ngreeting: Hi.\n',
      [
        'a.yaml:1:1  numbers: expected "*" or a list of phone numbers, but it is missing; only a profile with direction: outbound needs none',
      ],
    ],
    [
      'variables without a value',
      'name: A\nnumbers: "*"\ninstructions: "{{contact.name}} {{open_now}}"\ngreeting: Hi.\nhistory: [{ agent: "{{opening_hours}}" }]\n',
      [
        'a.yaml:3:1  instructions: "{{contact.name}}" has no value on some calls: write what is said then, as in "{{contact.name | there}}"',
        'a.yaml:3:1  instructions: contradicts hours: none (as it is when left out): "{{open_now}}" has no value then; write hours, or what is said without, as in "{{open_now | …}}"',
        'a.yaml:5:13  history[0].agent: contradicts hours: none (as it is when left out): "{{opening_hours}}" has no value then; write hours, or what is said without, as in "{{opening_hours | …}}"',
      ],
    ],
    [
      'a name that every object has',
      `${file('A')}__proto__: { numbers: "*" }\nconstructor: 1\nhours: { toString: "09:00-10:00", mon: closed, dates: { __proto__: closed } }\n`,
      [
        'a.yaml:5:1  __proto__: there is no such field',
        'a.yaml:6:1  constructor: there is no such field',
        'a.yaml:7:1  hours: expected a day that is open: every_day, weekdays, weekend, mon, … sun, or dates',
        'a.yaml:7:10  hours.toString: there is no such field',
      ],
    ],
    [
      'a list, and a date that is none, where names belong',
      `${file('A')}destinations: [desk]\nhours: { mon: 9:00-10:00, dates: { christmas: closed } }\n`,
      [
        'a.yaml:5:1  destinations: expected fields, not a list',
        'a.yaml:6:36  hours.dates.christmas: expected a date such as 2026-12-25',
      ],
    ],
    ['a merge', `${file('A')}<<: { voice: Kore }\n`, ['a.yaml:5:1  ["<<"]: there is no such field']],
    ['an empty file', '', ['a.yaml:1:1  the file is empty; expected a profile']],
    ['a file of comments', '# later\n', ['a.yaml:1:1  the file is empty; expected a profile']],
    [
      'a number and a truth where text belongs',
      `${file('42')}voice: yes\nlanguage: true\n`,
      ['a.yaml:1:1  name: expected text in quotes', 'a.yaml:6:1  language: expected text in quotes'],
    ],
    [
      'fields that hold nothing, or the wrong kind',
      `${file('A')}tools:\nbarge_in: []\nvoice_activity: { silence_ms: 0.5 }\n`,
      [
        'a.yaml:5:1  tools: expected a list, or a file of tools',
        'a.yaml:6:1  barge_in: expected fields, not a list',
        'a.yaml:7:19  voice_activity.silence_ms: expected a whole number',
      ],
    ],
    [
      'a watchdog that is neither off nor fields',
      `${file('A')}watchdog: on\n`,
      [
        'a.yaml:5:1  watchdog: expected "off", or fields: answer_within_ms, word_within_ms, rest_within_ms, noise_after_ms, repeated_words',
      ],
    ],
    [
      'limits of the watchdog, each at its place',
      `${file('A')}watchdog:\n  noise_after_ms: 2000\n  answer_within_ms: off\n  bark: true\n`,
      [
        'a.yaml:6:3  watchdog.noise_after_ms: expected a whole number of milliseconds from 3000 on, as callers cough and move about, or 0 for never',
        'a.yaml:7:3  watchdog.answer_within_ms: expected a number, not text',
        'a.yaml:8:3  watchdog.bark: there is no such field',
      ],
    ],
    ...['-1', '2999', '3000.5', 'soon'].map((written): [string, string, string[]] => [
      `noise for ${written}`,
      `${file('A')}watchdog: { noise_after_ms: ${written} }\n`,
      [
        'a.yaml:5:13  watchdog.noise_after_ms: expected a whole number of milliseconds from 3000 on, as callers cough and move about, or 0 for never',
      ],
    ]),
    [
      'a field that another has replaced, and one of its name elsewhere',
      `${file('A')}voice_activity:\n  detector: local\ndetector: local\n`,
      [
        'a.yaml:6:3  voice_activity.detector: there is no such field; turn_taking: local, outside of voice_activity, took the place of detector: local',
        'a.yaml:7:1  detector: there is no such field',
      ],
    ],
    [
      'a pause that outlasts what is left out',
      `${file('A')}voice_activity: { silence_ms: 5000 }\n`,
      [
        'a.yaml:5:19  voice_activity.silence_ms: contradicts watchdog.answer_within_ms: 4000 (as it is when left out): the model would be reminded before it can have answered; set watchdog.answer_within_ms to more than 6000',
        'a.yaml:5:19  voice_activity.silence_ms: contradicts dead_air_ms: 4000 (as it is when left out): sound would be played in pauses of the caller; set dead_air_ms to more than 5000',
      ],
    ],
    ['a text that is never closed', 'name: "Desk\n', ['a.yaml:2:1  Missing closing "quote']],
    [
      'a bad indent',
      'name: x\n  y: 1\n',
      [
        'a.yaml:1:7  Nested mappings are not allowed in compact mappings',
        'a.yaml:1:7  Implicit keys need to be on a single line',
      ],
    ],
    ['a tag', `${file('A')}voice: !env KEY\n`, ['a.yaml:5:8  Unresolved tag: !env']],
    [
      'a star without quotes',
      file('A', '*'),
      ['a.yaml:2:10  expected quotes around what starts with a star: "*"'],
    ],
    [
      'two documents',
      `${file('A')}---\n${file('B')}`,
      ['a.yaml:5:1  a file holds one profile, but "---" starts another'],
    ],
    [
      'an alias of nothing',
      `${file('A')}voice: *kore\n`,
      ['a.yaml:1:1  Unresolved alias (the anchor must be set before the alias): kore'],
    ],
    [
      'a number without quotes',
      file('A', '[+15550100101]'),
      ['a.yaml:2:11  numbers[0]: expected quotes around a phone number, such as "+15550100100"'],
    ],
    [
      'numbers of which each has another fault',
      file('A', '[+15550100101, "101", "+15550100102"]'),
      [
        'a.yaml:2:11  numbers[0]: expected quotes around a phone number, such as "+15550100100"',
        'a.yaml:2:25  numbers[1]: expected a phone number with its country code, such as "+15550100100"',
      ],
    ],
    [
      'one number, not a list',
      file('A', '"+15550100101"'),
      ['a.yaml:2:1  numbers: expected "*" or a list of phone numbers in quotes, such as ["+15550100100"]'],
    ],
  ])('%s', async (_, text, lines) => expect(await faultsOf({ 'a.yaml': text })).toEqual(lines));

  test('a field that is there twice does not hide the others', async () => {
    expect(await faultsOf({ 'a.yaml': `${file('A')}voice: Kore\nvoice: Puck\nvolume: 11\n` })).toEqual([
      'a.yaml:6:1  this field is there twice',
      'a.yaml:7:1  volume: there is no such field',
    ]);
  });

  test('aliases that multiply without end are refused, not followed', async () => {
    const rows = 'abcdefgh'.split('').map((letter, i, all) => {
      const inner = i === 0 ? 'x' : `*${all[i - 1]!}`;
      return `${letter}: &${letter} [${Array<string>(10).fill(inner).join(', ')}]`;
    });
    expect(await faultsOf({ 'a.yaml': rows.join('\n') })).toEqual([
      expect.stringContaining('Excessive alias count'),
    ]);
  });
});

test('of a field that may be several things, the fault is named inside the one that was meant', async () => {
  const text = [
    'tools:',
    '  - name: make_coffee',
    '  - nam: end_call',
    '    name: end_call',
    'compression: { trigger_tokens: 100, target_tokens: 100 }',
    'transcription: { caller: { languages: [german] } }',
    'history:',
    '  - caller: Hello.',
    '    agent: Hello.',
  ].join('\n');
  expect(await faultsOf({ 'a.yaml': `${file('A')}${text}` })).toEqual([
    `a.yaml:6:5  tools[0].name: ${TOOL_EXPECTED}`,
    'a.yaml:7:5  tools[1].nam: there is no such field',
    'a.yaml:9:37  compression.target_tokens: expected fewer than trigger_tokens',
    'a.yaml:10:40  transcription.caller.languages[0]: expected a language tag such as "en-US"',
    'a.yaml:12:5  history[0]: expected either caller or agent',
  ]);
});

test('fields that contradict each other: both are named with their lines, beside the other faults of all files', async () => {
  const contradicting = [
    'turn_taking: local',
    'voice_activity: { start_sensitivity: low }',
    'barge_in:',
    '  greeting_interruptible: false',
    '  greeting_guard_ms: 1500',
    '  rude: true',
    'dead_air_ms: 2000',
    'comfort_sound: none',
  ].join('\n');
  expect(
    await faultsOf({
      'a.yaml': `${file('A')}${contradicting}`,
      'b.yaml': `${file('B', '["+15550100101"]')}barge_in:\n  lower_voice_db: 6\n`,
    }),
  ).toEqual([
    'a.yaml:6:19  voice_activity.start_sensitivity: contradicts turn_taking: local (line 5): the model does not listen for speech then; leave it out',
    'a.yaml:9:3  barge_in.greeting_guard_ms: contradicts barge_in.greeting_interruptible: false (line 8): the whole greeting is protected then',
    'a.yaml:10:3  barge_in.rude: there is no such field',
    'a.yaml:11:1  dead_air_ms: contradicts comfort_sound: none (line 12): nothing could be played; set it to "off"',
    'b.yaml:6:3  barge_in.lower_voice_db: contradicts turn_taking: server (as it is when left out): only this server lowers the voice; set turn_taking: local',
  ]);
});

describe('local turn-taking', () => {
  const files = {
    'a.yaml': `${file('A')}turn_taking: local\n`,
    'b.yaml': `${file('B', '["+15550100101"]')}turn_taking: server\n`,
  };

  test('is there unless it is said that it is not', async () => {
    await write(files);
    for (const options of [{}, { localTurnTaking: { usable: true } } as const])
      expect(await loadProfiles(folder, options)).toMatchObject([
        { voiceActivity: { detector: 'local' } },
        { voiceActivity: {} },
      ]);
  });

  test('where it is not usable, profiles that ask for it are at fault, and no others', async () => {
    const localTurnTaking = { usable: false, reason: 'the judge is deaf' } as const;
    expect(await faultsOf(files, { localTurnTaking })).toEqual([
      'a.yaml:5:1  turn_taking: local turn-taking is not available on this machine: the judge is deaf',
    ]);
    await write({ 'a.yaml': file('A') });
    expect(await loadProfiles(folder, { localTurnTaking })).toHaveLength(2);
  });
});

describe('the comfort sound', () => {
  const naming = (path: string): string => `${file('A')}comfort_sound: ${path}\n`;
  const wav = (samples: number): Uint8Array =>
    writeWav({ format: PCM16_16K, channels: [new Int16Array(samples)] });

  test('is found from where the profile is, and becomes a whole path', async () => {
    await mkdir(join(folder, 'sounds'));
    await writeFile(join(folder, 'sounds', 'keys.wav'), wav(2 * 16_000));
    await write({ 'a.yaml': naming('sounds/keys.wav') });
    expect(await loadProfiles(folder)).toMatchObject([{ comfortSound: join(folder, 'sounds', 'keys.wav') }]);
  });

  test('"none" is no file, and nothing is nothing', async () => {
    await write({ 'a.yaml': naming('none'), 'b.yaml': file('B', '["+15550100101"]') });
    const profiles = await loadProfiles(folder);
    expect(profiles.map(({ comfortSound }) => comfortSound)).toEqual(['none', undefined]);
  });

  test.each([
    ['missing.wav', 'missing.wav does not exist'],
    ['.', ' is a folder'],
    ['a.yaml', 'a.yaml cannot be played: this WAV file cannot be used: it does not start as a WAV file does'],
    ['empty.wav', 'empty.wav holds no sound'],
    ['song.wav', 'song.wav lasts 20.0 s; at most 2 s, as the answer waits for its end'],
    ['over.wav', 'over.wav lasts 2.1 s; at most 2 s, as the answer waits for its end'],
  ])('%s is a fault with its place', async (path, words) => {
    await writeFile(join(folder, 'empty.wav'), wav(0));
    await writeFile(join(folder, 'song.wav'), wav(20 * 16_000));
    await writeFile(join(folder, 'over.wav'), wav(2 * 16_000 + 1));
    const [line, ...others] = await faultsOf({ 'a.yaml': naming(path) });
    expect(line).toMatch(/^a\.yaml:5:1 {2}comfort_sound: /);
    expect(line).toContain(words);
    expect(others).toEqual([]);
  });

  test('is looked for in a file with other faults too', async () => {
    expect(await faultsOf({ 'a.yaml': `${naming('missing.wav')}volume: 11\n` })).toEqual([
      'a.yaml:5:1  comfort_sound: missing.wav does not exist',
      'a.yaml:6:1  volume: there is no such field',
    ]);
  });
});

describe('hold music', () => {
  const naming = `${file('A')}hold_music: music.wav\n`;
  const wav = (samples: number): Uint8Array =>
    writeWav({ format: PCM16_16K, channels: [new Int16Array(samples)] });

  test('is found from where the profile is, may last, and may have 2 MB', async () => {
    await writeFile(join(folder, 'music.wav'), wav(60 * 16_000));
    await write({ 'a.yaml': naming });
    const [profile] = await loadProfiles(folder);
    expect(profile).toMatchObject({ holdMusic: join(folder, 'music.wav') });
    expect(otherFilesOf(profile!)).toEqual([join(folder, 'music.wav')]);
    await writeFile(join(folder, 'music.wav'), wav(1_000_000));
    expect(await faultsOf({})).toEqual(['a.yaml:5:1  hold_music: music.wav has 2.01 MB; at most 2 MB']);
    await writeFile(join(folder, 'music.wav'), 'RIFF');
    expect((await faultsOf({})).join()).toContain('hold_music: music.wav cannot be played');
  });
});

describe('holidays', () => {
  const ICS = [
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    'DTSTART;VALUE=DATE:20201225',
    'RRULE:FREQ=YEARLY',
    'END:VEVENT',
    'BEGIN:VEVENT',
    'DTSTART:20260710T120000',
    'DURATION:PT1H',
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\n');
  const naming = `${file('A')}time_zone: Europe/Berlin
hours: { every_day: "09:00-17:00", holidays: ./holidays.ics }
destinations:
  desk: { to: "+12025550111", description: D, hours: { every_day: "00:00-24:00", holidays: desk/free.ics } }
`;
  const write2 = async (ours: string, theirs = ICS): Promise<void> => {
    await mkdir(join(folder, 'desk'), { recursive: true });
    await write({ 'a.yaml': naming, 'holidays.ics': ours, 'desk/free.ics': theirs });
  };

  test('are read from where the profile is, of the office and of a destination, and close it', async () => {
    await write2(ICS);
    const [profile] = await loadProfiles(folder);
    const { hours, destinations, timeZone } = structuredClone(profile!);
    for (const each of [hours!, destinations[0]!.hours!]) {
      const isOpen = (iso: string): boolean => isOpenAt(each, timeZone, Date.parse(iso));
      expect(
        ['2031-12-25T12:00:00+01:00', '2026-07-10T12:30:00+02:00', '2026-07-10T13:00:00+02:00'].map(isOpen),
      ).toEqual([false, false, true]);
    }
    const { greeting } = profile!;
    const values = valuesFor(profile!, {
      ...{ caller: '', called: greeting, epochMs: Date.parse('2026-12-25T12:00:00+01:00') },
    });
    expect([values.get('open_now'), values.get('opening_hours')]).toEqual(['closed', 'closed']);
    expect(otherFilesOf(profile!)).toEqual([join(folder, 'holidays.ics'), join(folder, 'desk/free.ics')]);
  });

  test('are part of the version', async () => {
    const versionWith = async (ours: string, theirs = ICS): Promise<string | undefined> => {
      await write2(ours, theirs);
      return (await loadProfiles(folder))[0]?.version;
    };
    const other = ICS.replace('1225', '1226');
    const first = await versionWith(ICS);
    expect(await versionWith(ICS)).toBe(first);
    expect(new Set([first, await versionWith(other), await versionWith(ICS, other)]).size).toBe(3);
  });

  test.each([
    ['a line of theirs', ICS.replace('RRULE', 'RULE'), undefined],
    [
      'not followed',
      ICS.replace('YEARLY', 'HOURLY'),
      'holidays.ics:2: RRULE with FREQ=HOURLY is not followed; use DAILY or longer',
    ],
    ['cut off', ICS.slice(0, 57), 'holidays.ics:2: BEGIN:VEVENT has no END: is the file whole?'],
    ['not UTF-8', Buffer.from([0xff, 0xfe]), 'holidays.ics is not text in UTF-8; save it in that encoding'],
    ['large', Buffer.alloc(1_000_001, 32), 'holidays.ics has 1.01 MB; at most 1 MB'],
  ])('%s', async (_, content, words) => {
    await write2(ICS);
    await writeFile(join(folder, 'holidays.ics'), content);
    if (words === undefined) expect(await loadProfiles(folder)).toHaveLength(1);
    else expect(await faultsOf({})).toEqual([`a.yaml:6:36  hours.holidays: ${words}`]);
  });

  test('missing, of both: each with its place', async () => {
    expect(await faultsOf({ 'a.yaml': naming })).toEqual([
      'a.yaml:6:36  hours.holidays: holidays.ics does not exist',
      'a.yaml:8:82  destinations.desk.hours.holidays: desk/free.ics does not exist',
    ]);
  });
});

test('people and ladders: every fault with its place', async () => {
  const more = [
    'destinations:',
    '  desk: { to: "+12025550111", description: D, transfer: warm, callback: on }',
    '  hot: { to: "+1 900 555 1234", description: D }',
    'fallback:',
    '  within_s: 1',
    '  steps: [menu, { destination: sales }]',
    'closed: { greeting: Closed., then: voicemail }',
    '',
  ].join('\n');
  expect(await faultsOf({ 'a.yaml': file('A') + more })).toEqual([
    'a.yaml:6:63  destinations.desk.callback: contradicts destinations.desk.transfer: warm (line 6): nobody waits in a queue then',
    'a.yaml:7:10  destinations.hot.to: this is a premium-rate number, and those are never dialled, as calling them costs extra',
    'a.yaml:9:3  fallback.within_s: expected a whole number of seconds from 2 to 60',
    'a.yaml:10:17  fallback.steps[1]: the ladder has no end: after sales callers would be left in silence; end it with voicemail or apology',
    'a.yaml:10:19  fallback.steps[1].destination: contradicts destinations: desk, hot (line 5): there is no destination "sales"',
    'a.yaml:11:1  closed: contradicts hours: none (as it is when left out): it is never closed then; write hours',
    'a.yaml:11:30  closed.then: contradicts voicemail: none (as it is when left out): there is no voicemail to be left; write voicemail',
  ]);
});

test('countries that are not dialled', async () => {
  await write({ 'a.yaml': `${file('A')}destinations: { desk: { to: "+4930901820", description: D } }\n` });
  expect(await loadProfiles(folder, { dialCountries: new Set(['DE']) })).toHaveLength(1);
  expect(await faultsOf({}, { dialCountries: new Set(['US', 'CA']) })).toEqual([
    'a.yaml:5:25  destinations.desk.to: numbers of DE are not dialled here: its country is not on the list',
  ]);
});

describe('the greeting as a file', () => {
  const naming = (path: string): string => `${file('A')}greeting_audio: ${path}\n`;
  const wav = (samples: number): Uint8Array =>
    writeWav({ format: PCM16_16K, channels: [new Int16Array(samples)] });

  test('is found from where the profile is, and may last 20 s', async () => {
    await writeFile(join(folder, 'hello.wav'), wav(20 * 16_000));
    await write({ 'a.yaml': naming('hello.wav') });
    expect(await loadProfiles(folder)).toMatchObject([{ greetingAudio: join(folder, 'hello.wav') }]);
  });

  test.each([
    ['missing.wav', 'missing.wav does not exist'],
    ['none', 'none does not exist'],
    ['over.wav', 'over.wav lasts 20.1 s; at most 20 s, as nobody listens longer to a greeting'],
  ])('%s is a fault with its place', async (path, words) => {
    await writeFile(join(folder, 'over.wav'), wav(20 * 16_000 + 1));
    const [line, ...others] = await faultsOf({ 'a.yaml': naming(path) });
    expect(line).toMatch(/^a\.yaml:5:1 {2}greeting_audio: /);
    expect(line).toContain(words);
    expect(others).toEqual([]);
  });

  test('is looked for beside the comfort sound: both faults are named', async () => {
    const faults = await faultsOf({ 'a.yaml': `${naming('a.wav')}comfort_sound: b.wav\n` });
    expect(faults).toEqual([
      'a.yaml:5:1  greeting_audio: a.wav does not exist',
      'a.yaml:6:1  comfort_sound: b.wav does not exist',
    ]);
  });
});

describe('two profiles that want the same', () => {
  test('number, however it is written: both files are named', async () => {
    expect(
      await faultsOf({
        'a.yaml': file('A', '["+15550100101"]'),
        'b.yaml': file('B', '["+15550100102", "+1 (555) 010-0101"]'),
      }),
    ).toEqual(['b.yaml:2:27  numbers[1]: the number +15550100101 is already claimed by a.yaml:2:11']);
  });

  test('"*", and name', async () => {
    expect(await faultsOf({ 'a.yaml': file('A'), 'b.yaml': file('" A"') })).toEqual([
      'b.yaml:1:1  name: the name "A" is already claimed by a.yaml:1:1',
      'b.yaml:2:1  numbers: "*" is already claimed by a.yaml:2:1',
    ]);
  });

  test('is told also of files that have other faults', async () => {
    expect(
      await faultsOf({
        'a.yaml': file('A', '["+15550100101", "bad"]'),
        'b.yaml': `${file('B', '["+15550100101"]')}volume: 11\n`,
      }),
    ).toEqual([
      expect.stringMatching(/^a\.yaml:2:27 {2}numbers\[1\]/),
      'b.yaml:2:11  numbers[0]: the number +15550100101 is already claimed by a.yaml:2:11',
      'b.yaml:5:1  volume: there is no such field',
    ]);
  });
});

test('a file that is not UTF-8 is a fault, and no text with holes in it', async () => {
  await writeFile(join(folder, 'b.yaml'), Buffer.from(`${file('B', '[]')}voice: \xe9\n`, 'latin1'));
  expect(await faultsOf({ 'a.yaml': file('A') })).toEqual([
    'b.yaml:1:1  expected text in UTF-8; save the file in that encoding',
  ]);
});

test('lists without end in each other are a fault, not a crash', async () => {
  expect(await faultsOf({ 'a.yaml': `${file('A')}tools: ${'['.repeat(50_000)}` })).toHaveLength(10);
});

test('fields of who is called that contradict each other: with both lines', async () => {
  const text = [
    'name: A',
    'numbers: ["+15550100101"]',
    'direction: outbound',
    'instructions: Help.',
    'greeting: Hello.',
    'destinations: { desk: { to: "+1 555 010 0101", description: D } }',
    'recording: { announcement: none }',
    'keep_records_days: off',
  ].join('\n');
  expect(await faultsOf({ 'a.yaml': text })).toEqual([
    'a.yaml:2:1  numbers: contradicts direction: outbound (line 3): no call that comes in is taken then; leave it out',
    'a.yaml:6:25  destinations.desk.to: contradicts numbers[0]: +15550100101 (line 2): callers would be back at this agent',
    'a.yaml:7:1  recording: contradicts keep_records_days: off (line 8): nothing of a call is kept then',
  ]);
});

describe('the version', () => {
  const wav = (sample: number): Uint8Array =>
    writeWav({ format: PCM16_16K, channels: [new Int16Array(160).fill(sample)] });
  const versions = async (dir = folder): Promise<string[]> =>
    (await loadProfiles(dir)).map(({ version }) => version);

  test('is of what the file holds: the same in any folder, another after any change', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await mkdir(elsewhere);
    await write({ 'a.yaml': file('A'), 'elsewhere/other.yaml': file('A') });
    const [first] = await versions();
    expect(first).toMatch(/^[0-9a-f]{12}$/);
    expect(await versions(elsewhere)).toEqual([first]);
    await write({ 'a.yaml': `${file('A')}# a remark\n` });
    expect(await versions()).not.toEqual([first]);
  });

  test('is of the sounds that it names too, and not of others', async () => {
    await write({ 'a.yaml': `${file('A')}comfort_sound: keys.wav\ngreeting_audio: hello.wav\n` });
    const sounds = async (keys: number, hello: number, other: number): Promise<string[]> => {
      await writeFile(join(folder, 'keys.wav'), wav(keys));
      await writeFile(join(folder, 'hello.wav'), wav(hello));
      await writeFile(join(folder, 'other.wav'), wav(other));
      return versions();
    };
    const first = await sounds(1, 2, 3);
    expect(await sounds(1, 2, 4)).toEqual(first);
    expect(await sounds(7, 2, 3)).not.toEqual(first);
    expect(await sounds(2, 1, 3)).not.toEqual(first);
  });
});

describe('nothing to read', () => {
  test('no profile: it says where it looked', async () => {
    await write({ 'notes.txt': '' });
    await expect(loadProfiles(folder)).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
      message: `there is no profile (*.yaml) in ${folder}, so nobody would answer; set AGENTS_DIR to the folder that holds them`,
    });
  });

  test('no folder', async () => {
    const nowhere = join(folder, 'nowhere');
    await expect(loadProfiles(nowhere)).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
      message: `the folder of profiles, ${nowhere}, does not exist; set AGENTS_DIR to the folder that holds them`,
    });
  });

  test('a file where the folder should be', async () => {
    await write({ 'a.yaml': file('A') });
    await expect(loadProfiles(join(folder, 'a.yaml'))).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
      message: expect.stringMatching(/a\.yaml, is a file; set AGENTS_DIR/) as string,
    });
  });

  test('a folder that is called like a file', async () => {
    await mkdir(join(folder, 'a.yaml'));
    expect(await faultsOf({})).toEqual([expect.stringMatching(/^a\.yaml:1:1 {2}.*a\.yaml is a folder$/)]);
  });
});
