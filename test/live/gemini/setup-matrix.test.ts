// Every model with every feature: either we refuse it in good words, or the strict simulator takes what we send; and what
// we refuse, it would have refused too. The official SDK's types judge the shape.
import { once } from 'node:events';
import type { LiveClientSetup } from '@google/genai';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { LivelineError } from '../../../src/base/errors.ts';
import { apiKeyAccess } from '../../../src/live/gemini/access.ts';
import { capabilitiesOf, KNOWN_MODELS, type Capabilities } from '../../../src/live/gemini/models.ts';
import { started } from '../../../src/live/gemini/seed.ts';
import { buildSetup } from '../../../src/live/gemini/setup.ts';
import type { WireSetup } from '../../../src/live/gemini/wire-setup.ts';
import { judge, Refused } from '../../../src/simulator/model/judge.ts';
import { judgeSetup } from '../../../src/simulator/model/models.ts';
import { startModel, type SimulatedModel } from '../../../src/simulator/model/server.ts';
import { FEATURES, sessionSetup, type Feature } from './profile-features.ts';

const EXTENDED = 'gemini-3.8-live-extended-thinking';
const FLASH_3_1 = 'gemini-3.1-flash-live-preview';
const PATH = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';

/** The SDK's types with its enums spelled out: to the compiler a member of an enum is not its text. */
type Spelled<Type> = Type extends string
  ? `${Type}`
  : Type extends readonly (infer Item)[]
    ? Spelled<Item>[]
    : Type extends object
      ? { [Name in keyof Type]: Spelled<Type[Name]> }
      : Type;

/**
 * The compiler's verdict on every setup that we can send. There is no gap to bridge: the SDK too has int64 as text, and
 * `historyConfig` in this type. Names that it does not know are the simulator's to find.
 */
const official = (setup: WireSetup): Spelled<LiveClientSetup> => setup;
type Taken<Setup> = Setup extends Spelled<LiveClientSetup> ? true : false;
/** The compiler sees a word, a number and a shape that are wrong. */
const VERDICTS: [
  Taken<WireSetup>,
  Taken<{ realtimeInputConfig: { turnCoverage: 'SOMETIMES' } }>,
  Taken<{ contextWindowCompression: { triggerTokens: 25_000 } }>,
  Taken<{ tools: { functionDeclarations: { parameters: { type: 'object' } }[] }[] }>,
] = [true, false, false, false];

let model: SimulatedModel;
beforeAll(async () => {
  model = await startModel({ script: [], setupMs: 0 });
});
afterAll(() => model.close());

/** `ready`, or how the socket was closed. */
async function attempt(setup: object): Promise<string> {
  const socket = new WebSocket(model.url.replace('http', 'ws') + PATH, {
    headers: { 'x-goog-api-key': 'key' },
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ setup }));
  const outcome = await new Promise<string>((resolve) => {
    socket.once('message', (data) =>
      resolve((data as Buffer).toString().startsWith('{"setupComplete"') ? 'ready' : 'no setupComplete'),
    );
    socket.once('close', (code, reason) => resolve(`${code} ${reason.toString()}`));
  });
  socket.terminate();
  return outcome;
}

const access = apiKeyAccess({ apiKey: 'key', baseUrl: 'http://127.0.0.1', name: 'nobody' });

/** What a session starts with, its history announced or told. */
function ours(id: string, file: Feature['file']): WireSetup {
  const wanted = sessionSetup({ ...file, model: id });
  const { capabilities } = capabilitiesOf(id);
  return started({ access, capabilities, setup: buildSetup(wanted, capabilities) }, wanted, []).setup;
}

/** Our refusal, or undefined. */
function refusalOf(id: string, file: Feature['file']): string | undefined {
  try {
    ours(id, file);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof LivelineError) || thrown.code !== 'LIVE_SETUP_UNSUPPORTED') throw thrown;
    return thrown.message;
  }
}

/** What would be sent if nothing were checked: built for a model that has everything, under this one's name. */
function unchecked(id: string, file: Feature['file']): WireSetup {
  const asksBudget = JSON.stringify(file).includes('budget_tokens');
  const everything: Capabilities = {
    ...capabilitiesOf('gemini-3.8-live').capabilities,
    model: id,
    thinking: asksBudget
      ? { is: 'budget', most: Infinity }
      : { is: 'level', required: id === EXTENDED, levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] },
    codeExecution: true,
    contextWindow: Infinity,
    mostOutputTokens: Infinity,
  };
  return buildSetup(sessionSetup({ tools: [], ...file, model: id }), everything);
}

/** What only we refuse, and why. */
function oursAlone(id: string, { file, field }: Feature): string | undefined {
  if (field.endsWith(': scheduling') || JSON.stringify(file).includes('"scheduling"'))
    return 'scheduling goes with the answers: the setup does not show it';
  if (field === 'voice_activity')
    return 'with our own detector the model’s knobs stay at home: it would not know that we were asked for them';
  if (id === FLASH_3_1 && JSON.stringify(file).includes('non-blocking'))
    return 'Google’s pages say that 3.1 waits for every call; its server is said to take the word nevertheless';
  return undefined;
}

describe.each(KNOWN_MODELS)('%s', (id) => {
  const cases = FEATURES.map((feature) => ({ feature, refusal: refusalOf(id, feature.file) }));

  test('takes what we send', async () => {
    const sent = cases.filter(({ refusal }) => refusal === undefined);
    expect(sent.length).toBeGreaterThan(25);
    const outcomes = await Promise.all(
      sent.map(async ({ feature: { file } }) => [
        JSON.stringify(file),
        await attempt(official(ours(id, file))),
      ]),
    );
    expect(outcomes.filter(([, outcome]) => outcome !== 'ready')).toEqual([]);
  });

  test('what we refuse is refused by field and model, and the model would have refused it', async () => {
    expect(await attempt(unchecked(id, {}))).toBe('ready');
    const refused = cases.filter(({ refusal }) => refusal !== undefined);
    expect(refused.length).toBeGreaterThan(5);
    for (const { feature, refusal } of refused)
      expect(refusal).toMatch(
        new RegExp(`^model ${RegExp.escape(id)} does not take the ${RegExp.escape(feature.field)}`),
      );
    const known = refused.filter(({ feature }) => oursAlone(id, feature) === undefined);
    const outcomes = await Promise.all(
      known.map(async ({ feature: { file } }) => [JSON.stringify(file), await attempt(unchecked(id, file))]),
    );
    expect(outcomes.filter(([, outcome]) => !outcome!.startsWith('1007 '))).toEqual([]);
  });
});

test.each(['gemini-3.8-live', 'gemini-live-2.5-flash-native-audio'])(
  'Google Cloud: %s takes what we send',
  (id) => {
    const outcomes = FEATURES.filter(({ file }) => refusalOf(id, file) === undefined).map(({ file }) => {
      const setup = { ...ours(id, file), model: `projects/p/locations/us/publishers/google/models/${id}` };
      return judgeSetup(judge(JSON.stringify({ setup })).setup!, 'cloud').outcome;
    });
    expect(outcomes.length).toBeGreaterThan(25);
    expect(new Set(outcomes)).toEqual(new Set(['ready']));
  },
);

const optional = <Value>(arb: fc.Arbitrary<Value>) => fc.option(arb, { nil: undefined });
const words = fc
  .string({ minLength: 1, maxLength: 30 })
  .filter((text) => text.trim() !== '' && !text.includes('{{'));
const whole = (max: number) => fc.nat({ max });
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true, maxExcluded: true });
const hints = fc.oneof(
  fc.constantFrom('off', false),
  fc.record({
    languages: optional(
      fc.array(fc.constantFrom('en', 'de-AT', 'zh-Hant-TW'), { minLength: 1, maxLength: 3 }),
    ),
    vocabulary: optional(fc.array(words, { minLength: 1, maxLength: 3 })),
  }),
);
const settings = fc.subarray(['look_up_contact', 'take_message', 'end_call']).chain((names) =>
  fc.tuple(
    ...names.map((name) =>
      fc.oneof(
        fc.constant(name),
        fc.record({
          name: fc.constant(name),
          behavior: optional(fc.constantFrom('blocking', 'non-blocking')),
          scheduling: optional(fc.constantFrom('silent', 'when-idle', 'interrupt')),
        }),
      ),
    ),
  ),
);
const profile: fc.Arbitrary<Record<string, unknown>> = fc.record({
  instructions: words,
  voice: optional(fc.constantFrom('Kore', 'Puck', 'en-us-tavi')),
  language: fc.constantFrom('en-US', 'ja', 'sr-Latn'),
  google_search: optional(fc.boolean()),
  code_execution: optional(fc.boolean()),
  tools: settings,
  barge_in: optional(fc.record({ caller_interrupts: fc.boolean() })),
  turn_taking: optional(fc.constantFrom('server', 'local')),
  voice_activity: fc.record({
    start_sensitivity: optional(fc.constantFrom('high', 'low')),
    end_sensitivity: optional(fc.constantFrom('high', 'low')),
    prefix_padding_ms: optional(whole(10_000)),
    silence_ms: optional(whole(10_000)),
  }),
  turn_coverage: optional(fc.constantFrom('speech', 'all-input', 'speech-and-video')),
  transcription: optional(fc.record({ caller: optional(hints), agent: optional(hints) })),
  compression: optional(
    fc.oneof(
      fc.constant('off'),
      fc
        .tuple(fc.integer({ min: 1, max: 200_000 }), fc.integer({ min: 1, max: 200_000 }))
        .filter(([a, b]) => a !== b)
        .map(([a, b]) => ({ trigger_tokens: Math.max(a, b), target_tokens: Math.min(a, b) })),
    ),
  ),
  media_resolution: optional(fc.constantFrom('low', 'medium', 'high')),
  thinking: optional(
    fc.oneof(
      fc.record({ level: fc.constantFrom('minimal', 'low', 'medium', 'high') }),
      fc.record({ budget_tokens: fc.integer({ min: -1, max: 30_000 }) }),
    ),
  ),
  generation: optional(
    fc.record({
      temperature: optional(real(0, 2)),
      top_p: optional(real(0, 1)),
      top_k: optional(fc.integer({ min: 1, max: 2 ** 31 - 1 })),
      max_output_tokens: optional(fc.integer({ min: 1, max: 70_000 })),
      presence_penalty: optional(real(-2, 2)),
      frequency_penalty: optional(real(-2, 2)),
      seed: optional(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    }),
  ),
});

test('a profile without the fields that we refused one by one is taken, whatever else it asks for', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KNOWN_MODELS), profile, (id, file) => {
      let rest = file;
      for (let refusal = refusalOf(id, rest); refusal !== undefined; refusal = refusalOf(id, rest)) {
        const field = /does not take the (\w+)/.exec(refusal)?.[1] ?? '';
        expect(Object.keys(rest), refusal).toContain(field);
        rest = Object.fromEntries(Object.entries(rest).filter(([name]) => name !== field));
      }
      const { setup } = judge(JSON.stringify({ setup: official(ours(id, rest)) }));
      expect(judgeSetup(setup!).outcome).toBe('ready');
    }),
    { numRuns: 400 },
  );
});

test('the compiler judges', () => expect(VERDICTS).toEqual([true, false, false, false]));

test('the judge can refuse: a setup for another model does not pass', () => {
  const setup = { ...ours(EXTENDED, {}), model: 'models/gemini-3.8-live' };
  expect(() => judgeSetup(judge(JSON.stringify({ setup })).setup!)).toThrow(Refused);
});
