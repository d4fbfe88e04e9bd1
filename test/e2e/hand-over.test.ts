// One call and several agents, on real sockets: other voices, languages and tools, and every one knows what was heard.
import { expect, test, vi, type TestContext } from 'vitest';
import { PCM16_16K } from '../../src/audio/format.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import type { ScriptSource } from '../../src/simulator/model/script.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import type { SimulatedSession } from '../../src/simulator/model/record.ts';
import { openDesk, scriptFrom, type Desk, type DeskOptions } from './desk.ts';
import { wav } from './rig.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 90_000 });

const DESK = '+12025550111';

/** Its name is Desk. */
const RECEPTION = `
voice: Kore
language: en-US
greeting: Hello, this is Harbour.
tools: [hand_over, look_up_contact]
hand_over_to:
  billing: { agent: Harbour Rechnung, description: Invoices. }
keypad: { shortcuts: { '3': { agent: billing } } }
`;
const BILLING = `
name: Harbour Rechnung
numbers: ['+12025550171']
voice: Charon
language: de-DE
instructions: Du kümmerst dich um Rechnungen.
greeting: Guten Tag.
tools: [hand_over, take_message]
destinations: { desk: { to: '${DESK}', description: Alles. } }
hand_over_to:
  repairs: { agent: Harbour Dépannage, description: Reparaturen. }
  reception: { agent: Desk, description: Alles andere. }
keypad: { shortcuts: { '0': { destination: desk } } }
`;
const REPAIRS = `
name: Harbour Dépannage
numbers: ['+12025550172']
voice: Aoede
language: fr-FR
instructions: Tu t'occupes des réparations.
greeting: Bonjour.
tools: [end_call]
`;
const FILES = { 'billing.yaml': BILLING, 'repairs.yaml': REPAIRS };

const toAgent = (agent: string, reason: string) => ({ call: { name: 'hand_over', args: { agent, reason } } });
/** Sixteen words or so of which the first few are heard. */
const LONG =
  'Our offices are open from Monday to Friday and the lighthouse can be visited on every single Sunday of the year';
const A: ScriptSource = {
  name: 'reception',
  greeting: { say: 'Hello, this is Harbour.' },
  turns: [
    { hears: 'Yes.', steps: [{ say: LONG }] },
    {
      hears: 'My invoice is wrong.',
      steps: [toAgent('billing', 'An invoice is wrong.'), { say: 'I hand you to our billing.' }],
    },
  ],
};
const B: ScriptSource = {
  name: 'billing',
  greeting: { say: 'Hier ist die Buchhaltung, ich sehe die Rechnung.' },
  turns: [
    {
      hears: 'Und die Heizung ist kaputt.',
      steps: [toAgent('repairs', 'Die Heizung ist kaputt.'), { say: 'Ich gebe Sie weiter.' }],
    },
  ],
};
const C: ScriptSource = {
  name: 'repairs',
  greeting: { say: 'Ici le dépannage, nous venons demain.' },
  turns: [
    {
      hears: 'Merci.',
      steps: [{ call: { name: 'end_call', args: { reason: 'done' } } }, { say: 'Au revoir.' }],
    },
  ],
};

const open = (
  context: TestContext,
  scripts: readonly ScriptSource[],
  model: DeskOptions['model'] = {},
): Promise<Desk> =>
  openDesk(context, {
    profile: RECEPTION,
    files: FILES,
    script: scripts[0]!,
    model: { ...model, script: scripts.map(scriptFrom) },
  });

const setupOf = ({ setup }: SimulatedSession) => ({
  voice: setup?.generationConfig?.speechConfig?.voiceConfig?.prebuiltVoiceConfig?.voiceName,
  language: setup?.generationConfig?.speechConfig?.languageCode,
  tools: (setup?.tools ?? []).flatMap(({ functionDeclarations = [] }) =>
    functionDeclarations.map(({ name }) => name),
  ),
});

const instructionsOf = ({ setup }: SimulatedSession): string =>
  (setup?.systemInstruction?.parts ?? []).map(({ text }) => text).join('\n');

const seedOf = ({ events }: SimulatedSession): string[] =>
  events.flatMap((event) =>
    event.type === 'seeded' ? event.said.map(({ role, text }) => `${role}: ${text.trim()}`) : [],
  );

test.concurrent(
  '[HO1][HO2][HO4] three agents in three languages: each has its own voice and tools, and what was heard',
  async (context) => {
    const desk = await open(context, [A, B, C]);
    const call = desk.place({
      script: [
        { say: wav('caller/yes') },
        { say: wav('caller/interrupt'), when: { agentSpokeForMs: 1_800 } },
      ],
      patienceMs: 60_000,
    });
    const first = await desk.model.session(1);
    const second = await desk.model.session(2);
    await heardOut(desk, call, 'Hier ist');
    call.say(wav('caller/yes'));
    const third = await desk.model.session(3);
    await heardOut(desk, call, 'Ici le');
    call.say(wav('caller/thanks-goodbye'));
    const outcome = await call.done;

    expect(outcome).toMatchObject({ hungUpBy: 'server', streams: 1, errors: [] });
    expect([first, second, third].map(setupOf)).toEqual([
      { voice: 'Kore', language: 'en-US', tools: ['hand_over', 'look_up_contact'] },
      { voice: 'Charon', language: 'de-DE', tools: ['hand_over', 'take_message'] },
      { voice: 'Aoede', language: 'fr-FR', tools: ['end_call'] },
    ]);
    expect(desk.model.sessions).toHaveLength(3);
    expect(instructionsOf(second)).toMatch(/Rechnungen[^]*begun by another agent, Desk/);
    expect(instructionsOf(third)).toMatch(/réparations[^]*another agent, Harbour Rechnung/);

    const [greeted, said, cut, asked, goodbye, ...none] = seedOf(second);
    expect([greeted, said, asked, goodbye, none]).toEqual([
      'model: Hello, this is Harbour.',
      'user: Yes.',
      'user: My invoice is wrong.',
      'model: I hand you to our billing.',
      [],
    ]);
    expect(cut, 'the caller heard the beginning').toMatch(/^model: Our offices/);
    expect(cut, 'and cut the rest off').not.toMatch(/lighthouse can|Sunday/);
    expect(seedOf(third).slice(0, 5)).toEqual(seedOf(second));
    expect(seedOf(third).slice(5)).toEqual([
      'model: Hier ist die Buchhaltung, ich sehe die Rechnung.',
      'user: Und die Heizung ist kaputt.',
      'model: Ich gebe Sie weiter.',
    ]);

    for (const later of [second, third]) {
      const prompts = later.events.flatMap((event) => (event.type === 'prompted' ? [event.text] : []));
      expect(prompts).toHaveLength(1);
      expect(prompts[0]).toMatch(/has just been handed to you by[^]*Do not greet them/);
    }
    const record = await desk.record(call);
    expect(record).toMatchObject({ profile: 'Desk', outcome: 'agent-hung-up' });
    expect(record.turns.map(({ who, state }) => `${who} ${state}`)).toEqual([
      ...['agent done', 'caller done', 'agent cut', 'caller done', 'agent done'],
      ...['agent done', 'caller done', 'agent done'],
      ...['agent done', 'caller done', 'agent done'],
    ]);
    expect(record.turns.at(-1)?.text.trim()).toBe('Au revoir.');
    expect(record.tools.map(({ tool, state }) => `${tool} ${state}`)).toEqual([
      'hand_over done',
      'hand_over done',
      'end_call done',
    ]);
    expect(
      record.events.filter(({ type }) => type === 'handed-over').map(({ facts }) => facts),
    ).toMatchObject([
      { from: 'Desk', to: 'Harbour Rechnung', reason: 'An invoice is wrong.' },
      { from: 'Harbour Rechnung', to: 'Harbour Dépannage', reason: 'Die Heizung ist kaputt.' },
    ]);
    const turns = new Map<number, number>();
    for (const { entry } of desk.told(call, 'transcript'))
      if (entry.who === 'agent') turns.set(entry.n, entry.turn);
    const numbers = [...turns.values()];
    expect(numbers, 'every turn has a number of its own, and they grow').toEqual(
      [...new Set(numbers)].sort((a, b) => a - b),
    );
    const [one, two] = desk.told(call, 'handed-over');
    const readies = desk.told(call, 'session-ready').map(({ atMs }) => atMs);
    const gaps = [readies[1]! - one!.atMs, readies[2]! - two!.atMs].map((ms) => ms.toFixed(0));
    console.log(`from the hand-over until the next model is ready: ${gaps.join(' ms and ')} ms`);
  },
);

test.concurrent(
  '[HO3] what the caller says while the next agent is not there yet reaches it whole',
  async (context) => {
    const hands: ScriptSource = {
      name: 'hands',
      turns: [{ steps: [toAgent('billing', 'An invoice.'), { say: 'I hand you to our billing.' }] }],
    };
    const desk = await open(context, [hands, B], { setupMs: 1_500 });
    const call = desk.place({ patienceMs: 60_000 });
    await vi.waitFor(() => expect(desk.told(call, 'handed-over')).toHaveLength(1), {
      timeout: 30_000,
      interval: 20,
    });
    expect(desk.told(call, 'session-ready')).toHaveLength(1);
    const words = wav('caller/hello-opening-hours');
    call.say(words);
    const second = await desk.model.session(2);
    await second.until('ready');
    await second.until('speechEnded');
    await second.until('said');
    call.hangUp();
    await call.done;
    const heard = envelope(second.callerAudio());
    const spoken = envelope(soundFromWav(words, PCM16_16K));
    expect(likeness(spoken, heard)).toBeGreaterThan(0.95);
    expect(likeness(spoken, envelope((await desk.model.session(1)).callerAudio()))).toBeLessThan(0.8);
  },
);

test.concurrent(
  '[HO6] who is handed round in circles stays with the sixth, which is told why',
  async (context) => {
    const round = (name: string, agent: string, words: string): ScriptSource => ({
      name,
      otherwise: { steps: [toAgent(agent, 'Anything.'), { say: words }] },
    });
    const desk = await open(context, [
      round('to billing', 'billing', 'Somebody else can help you.'),
      round('to reception', 'reception', 'Dafür ist jemand anderes da.'),
    ]);
    const call = desk.place({ patienceMs: 80_000 });
    const last = await vi.waitFor(
      () => {
        const answers = desk.model.sessions.flatMap(({ events }) =>
          events.flatMap((event) => (event.type === 'toolAnswered' ? [event.answer.response] : [])),
        );
        expect(answers).toHaveLength(6);
        return answers[5];
      },
      { timeout: 60_000 },
    );
    expect(last).toMatchObject({ status: 'error', message: expect.stringMatching(/too often/) as string });
    await heardOut(desk, call, 'Dafür ist', 3);
    expect(desk.told(call, 'handed-over').map(({ to }) => to)).toEqual(
      [1, 2, 3, 4, 5].map((n) => (n % 2 === 1 ? 'Harbour Rechnung' : 'Desk')),
    );
    expect(desk.model.sessions).toHaveLength(6);
    expect(desk.model.sessions.filter(({ isOpen }) => isOpen)).toHaveLength(1);
    expect(desk.app.callCount).toBe(1);
    call.hangUp();
    expect((await call.done).streams).toBe(1);
  },
);

test.concurrent(
  '[HO5][HO7] by key in mid-sentence; then keys and places are the new agent’s',
  async (context) => {
    const desk = await open(context, [
      { name: 'talks', greeting: { say: `${LONG}. ${LONG}.` } },
      { ...B, turns: [] },
    ]);
    const call = desk.place({
      script: [{ press: '3', when: { agentSpokeForMs: 1_000 } }],
      patienceMs: 60_000,
    });
    const second = await desk.model.session(2);
    await second.until('turnComplete');
    expect(desk.told(call, 'handed-over')).toMatchObject([{ reason: 'they pressed 3' }]);
    expect(seedOf(second).join()).not.toMatch(/Sunday of the year/);
    call.press('0');
    await call.until('dialling', ({ to }) => to === DESK);
    expect(desk.told(call, 'departed')).toMatchObject([{ to: 'desk' }]);
    call.hangUp();
    await call.done;
  },
);

/** The caller has heard the end of what begins so, so many times. */
const heardOut = (desk: Desk, call: PhoneCall, words: string, times = 1): Promise<void> =>
  vi.waitFor(
    () => {
      const done = desk
        .told(call, 'transcript')
        .filter(({ entry }) => entry.state === 'done' && entry.text.trim().startsWith(words));
      expect(done).toHaveLength(times);
    },
    { timeout: 60_000, interval: 20 },
  );

/** Loudness in steps of 20 ms. */
function envelope(pcm: Uint8Array): number[] {
  const samples = new Int16Array(pcm.slice().buffer);
  const steps: number[] = [];
  for (let at = 0; at + 320 <= samples.length; at += 320)
    steps.push(Math.sqrt(samples.subarray(at, at + 320).reduce((sum, x) => sum + x * x, 0) / 320));
  return steps;
}

/** How well `part` is found anywhere in `all`: 1 for all of it. */
function likeness(part: readonly number[], all: readonly number[]): number {
  let best = 0;
  for (let at = 0; at + part.length <= all.length; at++) {
    let [product, a, b] = [0, 0, 0];
    for (const [n, x] of part.entries()) {
      const y = all[at + n]!;
      product += x * y;
      a += x * x;
      b += y * y;
    }
    best = Math.max(best, product / Math.sqrt(a * b || 1));
  }
  return best;
}
