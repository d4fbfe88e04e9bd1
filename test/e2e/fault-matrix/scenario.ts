// The call that every fault of the matrix is put into, and what became of it: what the model heard of the caller, what
// the caller heard of the agent.
import type { TestContext } from 'vitest';
import { createTranscoder } from '../../../src/audio/transcoder.ts';
import { MULAW_8K, PCM16_16K, silence } from '../../../src/audio/format.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { FaultSource } from '../../../src/simulator/model/faults/fault.ts';
import { scriptOf } from '../../../src/simulator/model/script.ts';
import { fastClock } from '../../../src/simulator/fast-clock.ts';
import type { CallerStep } from '../../../src/simulator/phone/script.ts';
import { phoneSound } from '../../../src/simulator/phone/script.ts';
import { audioDir, wav, world } from '../rig.ts';

export const PHASES = ['greeting', 'caller-speaking', 'agent-speaking', 'tool-running'] as const;
export type Phase = (typeof PHASES)[number];

/** How long after its beginning a phase is struck: in the middle. */
const INTO: Readonly<Record<Phase, number>> = {
  greeting: 500,
  'caller-speaking': 400,
  'agent-speaking': 500,
  'tool-running': 0,
};
export const at = (phase: Phase): { on: Phase; after: string } => ({ on: phase, after: `${INTO[phase]}ms` });

/** No word stands twice, so that a repetition is seen whatever else was lost. */
const LINES = [
  'Good morning, harbour office, how may I help?',
  'Certainly, just one second while looking.',
  // What the function answered stands late in the line: a line that is taken up again must know it still.
  'Your next appointment falls on {{look_up_contact.facts.next appointment | nothing known}}.',
  'Wonderful, thanks for calling, until then, goodbye.',
] as const;
const [GREETING, LOOKING, FOUND, FAREWELL] = LINES;

const CONVERSATION = scriptOf(
  {
    name: 'fault-matrix',
    greeting: { say: GREETING },
    turns: [
      {
        hears: 'Could you check my visit please?',
        steps: [{ say: LOOKING }, { call: { name: 'look_up_contact' } }, { say: FOUND }],
      },
      { hears: 'Great, bye!', steps: [{ say: FAREWELL }] },
    ],
  },
  audioDir,
);

const UTTERANCES = ['caller/hello-opening-hours', 'caller/thanks-goodbye'] as const;

const ANSWERED = 'Thursday at half past nine, a check-up with Doctor Osei';
const WANTED = LINES.map((line) => line.replace(/\{\{.*\}\}/, ANSWERED));
const SPOKEN_MS = [CONVERSATION.greeting, ...CONVERSATION.turns]
  .flatMap((turn) => turn?.steps ?? [])
  .reduce((sum, step) => sum + (step.do === 'say' ? step.line.totalMs : 0), 0);

/** After so much silence of the agent the caller speaks on, or hangs up. */
const QUIET_MS = 1_500;

/** `waits`: for the agent's silence. `asks again`: speaks at set times, as somebody who gets no answer would. */
export type Caller = 'waits' | 'asks again';
const SCRIPTS: Readonly<Record<Caller, readonly CallerStep[]>> = {
  waits: [
    ...UTTERANCES.map((name) => ({ say: wav(name) })),
    { hangUp: true as const, when: 'agentQuiet' as const },
  ],
  'asks again': [
    { say: wav(UTTERANCES[0]), when: { afterMs: 6_000 } },
    { say: wav(UTTERANCES[1]), when: { afterMs: 10_000 } },
    { hangUp: true, when: { afterMs: 7_000 } },
  ],
};

/** As the model gets it, from the first sample that is not silence to the last. */
function asModelHears(name: string): Buffer {
  const pause = silence(MULAW_8K, 100);
  const spoken = Buffer.concat([pause, phoneSound(wav(name)), pause]);
  const pcm = Buffer.from(createTranscoder(MULAW_8K, PCM16_16K).push(spoken));
  const first = pcm.findIndex((byte) => byte !== 0);
  const last = pcm.findLastIndex((byte) => byte !== 0);
  return pcm.subarray(first - (first % 2), last + 1 + ((last + 1) % 2));
}
const EXPECTED = UTTERANCES.map(asModelHears);

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z]+/g) ?? [];

export interface Result {
  readonly ended: string | undefined;
  readonly sockets: number;
  readonly switches: number;
  /** The longest time without a model. */
  readonly gapMs: number;
  /** The caller heard nothing for so long that they spoke before the conversation was taken up again. */
  readonly waitedOut: boolean;
  /** Of the caller's speech: how much reached no socket whole. */
  readonly lostMs: number;
  readonly greetings: number;
  /** Words that the caller heard more than once. */
  readonly twice: readonly string[];
  /** Words that the caller never heard. */
  readonly missed: readonly string[];
  readonly inOrder: boolean;
  /** At the phone's ear: more (said twice, in part) or less (skipped) of the agent's sound than the script has. */
  readonly offMs: number;
  readonly toolRuns: number;
  readonly toolAnswers: number;
  /** Of faults that acted. */
  readonly acted: readonly string[];
  readonly apologised: boolean;
}

export async function call(
  context: Pick<TestContext, 'onTestFinished'>,
  options: {
    faults: readonly FaultSource[];
    caller: Caller;
    /** When the model gives handles: as 2.5 does, only when it waits, or as 3.8 does, all the time. */
    handles: 'settled' | 'always';
    speed: number;
  },
): Promise<Result> {
  const { faults, caller, handles, speed } = options;
  const clock = fastClock(speed, systemClock);
  const all = await world(context, { script: CONVERSATION, faults, handles }, {}, clock);
  const phone = all.place({ script: SCRIPTS[caller], quietMs: QUIET_MS, patienceMs: 45_000 });
  const outcome = await phone.done;

  const sockets = all.model.sessions.map((session) => Buffer.from(session.callerAudio()));
  const lost = EXPECTED.filter((said) => !sockets.some((heard) => wholeIn(heard, said)));
  const agent = all
    .told(phone, 'transcript')
    .map(({ entry }) => entry)
    .filter((entry) => entry.who === 'agent' && entry.state !== 'open');
  const last = new Map(agent.map((entry) => [entry.n, entry.who === 'agent' ? entry.heard : '']));
  const words = [...last.entries()].sort(([a], [b]) => a - b).flatMap(([, text]) => wordsOf(text));
  const wanted = WANTED.flatMap(wordsOf);
  // Without an answer the model says other words in their place.
  const heard = words.filter((word) => wanted.includes(word));
  const gaps = all.told(phone, 'session-switched').map(({ gapMs }) => gapMs);
  const ends = all.told(phone, 'call-ended').map(({ reason }) => reason);
  // The phone counts from when it dialled, the notices from when the call was answered.
  const opened = phone.events.find(({ type }) => type === 'streamOpened')?.atMs ?? 0;
  const answeredAtMs = opened - (all.told(phone, 'line-opened')[0]?.atMs ?? 0);
  const switches = all.told(phone, 'session-switching').map((lost) => ({
    lostAtMs: answeredAtMs + lost.atMs,
    backAtMs:
      answeredAtMs +
      (all.told(phone, 'session-switched').find(({ atMs }) => atMs > lost.atMs)?.atMs ?? Infinity),
  }));
  return {
    ended: ends.length === 1 ? ends[0] : `${ends.length} ends`,
    sockets: sockets.length,
    switches: switches.length,
    gapMs: Math.round(Math.max(0, ...gaps)),
    waitedOut: switches.some(({ lostAtMs, backAtMs }) =>
      phone.events.some(
        (event) => event.type === 'agentQuiet' && event.atMs > lostAtMs && event.endedAtMs < backAtMs,
      ),
    ),
    lostMs: lost.reduce((sum, said) => sum + said.length / 32, 0),
    greetings: all.model.sessions.filter(({ events }) =>
      events.some((event) => event.type === 'said' && event.text.startsWith('Good')),
    ).length,
    twice: heard.filter((word, n) => heard.indexOf(word) < n),
    missed: wanted.filter((word) => !heard.includes(word)),
    inOrder: heard.every((word, n) => n === 0 || wanted.indexOf(word) >= wanted.indexOf(heard[n - 1]!)),
    offMs: Math.round(outcome.heardMs - SPOKEN_MS),
    toolRuns: all.told(phone, 'tool-called').length,
    toolAnswers: all.told(phone, 'tool-done').length,
    acted: all.model.sessions.flatMap(({ events }) =>
      events.flatMap((event) => (event.type === 'fault' ? [event.fault] : [])),
    ),
    apologised: outcome.hungUpBy === 'server',
  };
}

function wholeIn(heard: Buffer, said: Buffer): boolean {
  for (let from = heard.indexOf(said); from >= 0; from = heard.indexOf(said, from + 1))
    if (from % 2 === 0) return true;
  return false;
}
