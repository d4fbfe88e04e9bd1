// A conversation with the simulated model without sockets: the test speaks, the clock moves with the sound, and what the
// model sends is kept as messages.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { bytesOfMs, FRAME_MS, PCM16_16K, silence } from '../../../src/audio/format.ts';
import { soundFromWav } from '../../../src/audio/wav.ts';
import { silentLog } from '../../../src/base/log.ts';
import type { ServerMessage } from '../../../src/live/gemini/messages.ts';
import type { HeardSetup } from '../../../src/simulator/model/heard.ts';
import { Refused } from '../../../src/simulator/model/judge.ts';
import { judgeSetup } from '../../../src/simulator/model/models.ts';
import type { Happening } from '../../../src/simulator/model/record.ts';
import { scriptOf, type Script, type ScriptSource } from '../../../src/simulator/model/script.ts';
import { Talk, type TalkSnapshot } from '../../../src/simulator/model/talk.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

const AUDIO = resolve(import.meta.dirname, '../../../fixtures/audio');
export const voice = (name: string): Uint8Array =>
  soundFromWav(readFileSync(`${AUDIO}/caller/${name}.wav`), PCM16_16K);

export const THINK_MS = 300;
export const PACE = 4;

export const LONG =
  'This is a long answer that goes on for quite a while, so that there is time to speak over it.';
export const TWO_TURNS: ScriptSource = {
  name: 'two',
  greeting: { say: 'Good day.' },
  turns: [
    { hears: 'My first question.', steps: [{ say: LONG }] },
    { hears: 'My second question.', steps: [{ say: 'Second answer.' }] },
  ],
};

export interface TalkRig {
  readonly clock: ManualClock;
  readonly talk: Talk;
  /** In order, each with the time at which it came. */
  readonly sent: readonly { atMs: number; message: ServerMessage }[];
  readonly notes: readonly Happening[];
  /** Sends sound in frames of 20 ms, in real time. */
  hear(pcm: Uint8Array): void;
  /** The microphone stays open and nobody speaks. */
  hush(ms: number): void;
  /** One short utterance and the silence that ends it. */
  utter(): void;
  /** The messages as short words, chunks of sound counted as one `sound`. */
  story(): string[];
  soundMs(): number;
  readonly settled: number;
  /** What a handle would stand for that was issued at every step of a reply. */
  readonly moves: readonly TalkSnapshot[];
}

/** A conversation that is taken up goes on with the script it had, so one source is one script. */
const compiled = new WeakMap<ScriptSource, Script>();
function scriptFor(source: ScriptSource): Script {
  const script = compiled.get(source) ?? scriptOf(source, AUDIO);
  compiled.set(source, script);
  return script;
}

export function openTalk(
  source: ScriptSource,
  setup: Partial<HeardSetup> = {},
  from?: TalkSnapshot,
): TalkRig {
  const whole: HeardSetup = {
    model: 'models/gemini-3.8-live',
    inputAudioTranscription: {},
    outputAudioTranscription: {},
    ...setup,
  };
  const clock = new ManualClock();
  const sent: { atMs: number; message: ServerMessage }[] = [];
  const notes: Happening[] = [];
  const moves: TalkSnapshot[] = [];
  let settled = 0;
  const talk = new Talk({
    setup: whole,
    rules: judgeSetup(whole).rules,
    script: scriptFor(source),
    from,
    pace: { factor: PACE, thinkMs: THINK_MS },
    clock,
    log: silentLog,
    send: (frame) => {
      const message = (
        frame instanceof Uint8Array ? JSON.parse(Buffer.from(frame).toString()) : frame
      ) as ServerMessage;
      sent.push({ atMs: clock.nowMs(), message });
    },
    note: (happening) => notes.push(happening),
    onCallerAudio: () => {},
    onSettled: () => settled++,
    onMoved: () => moves.push(talk.snapshot()),
  });
  const hear = (pcm: Uint8Array): void => {
    const frameBytes = bytesOfMs(PCM16_16K, FRAME_MS);
    for (let at = 0; at < pcm.length; at += frameBytes) {
      const data = Buffer.from(pcm.subarray(at, at + frameBytes)).toString('base64');
      talk.realtimeInput({ audio: { data, mimeType: 'audio/pcm;rate=16000' } });
      clock.advance(FRAME_MS);
    }
  };
  const rig: TalkRig = {
    clock,
    talk,
    sent,
    notes,
    hear,
    hush: (ms) => hear(silence(PCM16_16K, ms)),
    utter: () => {
      hear(voice('yes'));
      rig.hush(560);
    },
    story: () => storyOf(sent.map(({ message }) => message)),
    soundMs: () =>
      sent.reduce((sum, { message }) => {
        const data = message.serverContent?.modelTurn?.parts?.[0]?.inlineData?.data;
        return sum + (data === undefined ? 0 : Buffer.from(data, 'base64').length / 48);
      }, 0),
    moves,
    get settled() {
      return settled;
    },
  };
  return rig;
}

export const prompt = (rig: TalkRig, text: string): void =>
  rig.talk.clientContent({ turns: [{ role: 'user', parts: [{ text }] }], turnComplete: true });

/** The close that the act would bring, or `taken`. */
export const refusal = (act: () => void): string => {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof Refused) return `${thrown.code} ${thrown.message}`;
    throw thrown;
  }
  return 'taken';
};
export const INVALID = '1007 Request contains an invalid argument.';

function storyOf(messages: readonly ServerMessage[]): string[] {
  const story: string[] = [];
  let heard = '';
  let said = '';
  const flush = (): void => {
    if (heard) story.push(`heard: ${heard}`);
    if (said) story.push(`said: ${said.trim()}`);
    heard = said = '';
  };
  for (const { serverContent: content, toolCall, toolCallCancellation } of messages) {
    heard += content?.inputTranscription?.text ?? '';
    said += content?.outputTranscription?.text ?? '';
    if (content?.modelTurn && story.at(-1) !== 'sound' && !said) {
      flush();
      story.push('sound');
    }
    for (const flag of ['generationComplete', 'interrupted', 'turnComplete'] as const)
      if (content?.[flag]) {
        flush();
        story.push(flag);
      }
    for (const { name } of toolCall?.functionCalls ?? []) {
      flush();
      story.push(`call: ${name ?? ''}`);
    }
    if (toolCallCancellation) {
      flush();
      story.push('cancelled');
    }
  }
  flush();
  return story;
}

/** Every line that went out as words, and every call. */
export const saidBy = (rig: TalkRig): string[] => rig.story().filter((word) => /^said|^call/.test(word));
/** Every line as it was begun. */
export const notedBy = (rig: TalkRig): string[] =>
  rig.notes.flatMap((note) => (note.type === 'said' ? [note.text] : []));

export const WORDS = LONG.split(' ');
export const GREETED = 'You: Good day.';
/** Tells that LONG broke off after so many words. */
export const cutAfter = (words: number): string =>
  `[Said last:\n${GREETED}\nYou: ${WORDS.slice(0, words).join(' ')}\nGo on.]`;
