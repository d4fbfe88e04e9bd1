// Calls that we place, whole: a person, machines with a beep, a fax, nobody, and an attempt that was given up.
import { expect, test, vi } from 'vitest';
import { hum } from '../../../src/simulator/phone/tones.ts';
import { wav } from '../rig.ts';
import { openDialler } from './dialled.ts';

vi.setConfig({ testTimeout: 60_000 });

const FIRST_WORDS = {
  identity: 'This is Harbour Dental.',
  assistant: 'I am an AI assistant.',
  callback: 'Call us at 1 202 555 0100.',
  opt_out: 'Say stop, and we never call again.',
};
const GREETING =
  'This is Harbour Dental. I am an AI assistant. Call us at 1 202 555 0100. Say stop, and we never call again. Hello Ada!';
const MESSAGE = 'This is Harbour Dental for Ada. It is time for your check-up.';
const GREETS = { name: 'greets', greeting: { say: GREETING }, otherwise: { steps: [{ say: 'Very well.' }] } };
const REMINDS = {
  name: 'reminds',
  greeting: { say: GREETING },
  turns: [
    {
      hears: 'Yes, please.',
      steps: [
        { call: { name: 'record_outcome', args: { outcome: 'reached', note: 'Ada comes.' } } },
        { say: 'Wonderful. Goodbye.' },
        { call: { name: 'end_call', args: { reason: 'done' } } },
      ],
    },
  ],
};
/** µ-law that is not silence, in bytes. */
const sounding = (sound: Uint8Array): number => sound.filter((byte) => byte !== 0xff).length;
const ANNOUNCEMENT = wav('agent/opening-hours');

test.concurrent(
  'a person is spoken to as they answer, hears the first words, and what came of it is written down',
  async (context) => {
    const desk = await openDialler(context, {
      profile: { first_words: FIRST_WORDS, tools: ['record_outcome', 'end_call'] },
      script: REMINDS,
      person: { does: 'answers', ringsMs: 4_000, script: [{ say: wav('caller/yes') }] },
    });
    const { phone } = await desk.dial({ detectsMachines: 'on' });
    expect(desk.switchboard.callCount).toBe(0);
    const { errors } = await phone.done;
    expect(errors).toEqual([]);
    const spoke = desk.facts.find(([what]) => what === 'spoke')?.[1] as number;
    expect(spoke).toBeTypeOf('number');
    expect(desk.model.sessions).toHaveLength(1);
    expect(desk.dispositions).toEqual([
      { outcome: 'reached', note: 'Ada comes.', callAgainEpochMs: undefined },
    ]);
    await vi.waitFor(() => expect(desk.facts.some(([what]) => what === 'answered-by')).toBe(true));
    expect(desk.facts.find(([what]) => what === 'answered-by')?.[1]).not.toBe('machine');
    expect(desk.is()).not.toContain('first-words-missing');
    console.log(`a person: spoken to ${spoke} ms after the answer`);
  },
);

test.concurrent('a node that did not dial talks with them too', async (context) => {
  const desk = await openDialler(context, {
    profile: { tools: ['end_call'] },
    script: GREETS,
    person: { does: 'answers', hangsUpAfterMs: 8_000 },
    expects: false,
  });
  const { phone } = await desk.dial();
  await phone.until('agentStarted');
  expect(desk.facts[0]?.[0]).toBe('spoke');
  phone.hangUp();
  await phone.done;
});

test.concurrent.for([
  ['by our own ear', 'on', 'unknown'],
  ['by the carrier and the beep', 'on', 'machine'],
  ['by the carrier, which waits for the end', 'message-end', 'machine'],
] as const)(
  'a machine has the message after its beep: %s',
  async ([, detectsMachines, judgedAs], context) => {
    const desk = await openDialler(context, {
      profile: {
        first_words: FIRST_WORDS,
        on_voicemail: {
          leave_message: 'This is Harbour Dental for {{campaign.name | you}}. It is time for your check-up.',
        },
      },
      script: GREETS,
      person: { does: 'answers', picksUp: { is: 'machine', greeting: ANNOUNCEMENT, beeps: true }, judgedAs },
    });
    const { phone } = await desk.dial({ detectsMachines });
    const said = await phone.until('said-by-carrier');
    const beeped = await phone.until('beeped');
    await phone.done;
    expect(said.text).toBe(MESSAGE);
    // The machine has recorded all of the carrier's voice, and nothing of the agent.
    expect(said.atMs).toBeGreaterThanOrEqual(beeped.atMs);
    const [recorded, wanted] = [phone.message()!, hum(MESSAGE)].map(sounding);
    expect(recorded).toBeGreaterThan(0.95 * wanted!);
    expect(recorded).toBeLessThanOrEqual(wanted!);
    expect(desk.facts).toContainEqual(['answered-by', 'machine']);
    expect(desk.facts).toContainEqual(['message-left']);
    expect(desk.dispositions).toEqual([]);
    console.log(
      `a machine, ${detectsMachines}/${judgedAs}: message ${Math.round(said.atMs - beeped.atMs)} ms after the beep`,
    );
  },
);

test.concurrent('a machine of whom nothing is wanted is hung up on, whatever it says', async (context) => {
  const desk = await openDialler(context, {
    profile: {},
    script: GREETS,
    person: { does: 'answers', picksUp: { is: 'machine', greeting: ANNOUNCEMENT, beeps: true } },
  });
  const { phone } = await desk.dial({ detectsMachines: 'on' });
  const { hungUpBy } = await phone.done;
  expect(hungUpBy).toBe('server');
  expect(phone.message()).toBeUndefined();
  expect(desk.is()).toEqual(['answered-by-machine']);
});

test.concurrent('a fax is known by its tone', async (context) => {
  const desk = await openDialler(context, {
    profile: {},
    script: GREETS,
    person: { does: 'answers', picksUp: { is: 'fax' } },
  });
  const { phone } = await desk.dial();
  await phone.done;
  expect(desk.facts).toContainEqual(['answered-by', 'fax']);
});

test.concurrent.for(['busy', 'no-answer', 'fails'] as const)(
  'of a call that is not answered (%s) nothing is left, and nothing is written down',
  async (does, context) => {
    const desk = await openDialler(context, {
      profile: {},
      script: GREETS,
      person: { does, ringsMs: 3_000 },
    });
    const { id, phone } = await desk.dial();
    await phone.done;
    await vi.waitFor(() => expect(desk.switchboard.expects(id)).toBe(false), 10_000);
    expect(desk.wroteDown()).toEqual([]);
    expect(desk.facts).toEqual([]);
    expect(desk.switchboard.callCount).toBe(0);
  },
);

test.concurrent(
  'an attempt that was given up is hung up on as it is answered, without a word',
  async (context) => {
    const desk = await openDialler(context, {
      profile: {},
      script: GREETS,
      person: { does: 'answers' },
      find: () => Promise.resolve(undefined),
      expects: false,
    });
    const { phone } = await desk.dial();
    const { heardMs, hungUpBy } = await phone.done;
    expect([heardMs, hungUpBy]).toEqual([0, 'server']);
    expect(desk.wroteDown()).toEqual([]);
  },
);
