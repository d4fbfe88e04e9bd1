// A conversation without sockets: the test plays the model on each connection in turn, and reads back what it was sent.
import { bytesOfMs, PCM16_16K } from '../../../src/audio/format.ts';
import { apiKeyAccess, type Api } from '../../../src/live/gemini/access.ts';
import type { Ending } from '../../../src/live/gemini/close-policy.ts';
import type { ConnectionListener } from '../../../src/live/gemini/connection.ts';
import { Conversation } from '../../../src/live/gemini/conversation.ts';
import { onCloud } from '../../../src/live/gemini/google-cloud.ts';
import type { ClientMessage, ServerMessage } from '../../../src/live/gemini/messages.ts';
import { capabilitiesOf } from '../../../src/live/gemini/models.ts';
import type { Route } from '../../../src/live/gemini/seed.ts';
import { buildSetup } from '../../../src/live/gemini/setup.ts';
import type { WireSetup } from '../../../src/live/gemini/wire-setup.ts';
import { DEFAULT_MODEL, type Said, type SessionEvent, type SessionSetup } from '../../../src/live/session.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { recordingLog } from './recording-log.ts';

export const EXTENDED = 'gemini-3.8-live-extended-thinking';
export const FLASH_3_1 = 'gemini-3.1-flash-live-preview';
export const NATIVE_2_5 = 'gemini-2.5-flash-native-audio-preview-12-2025';

export const READY: ServerMessage = { setupComplete: {} };
export const INTERRUPTED: ServerMessage = { serverContent: { interrupted: true } };
export const GENERATED: ServerMessage = { serverContent: { generationComplete: true } };
export const COMPLETE: ServerMessage = { serverContent: { turnComplete: true } };
export const sound = (data = 'AAABAA=='): ServerMessage => ({
  serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data } }] } },
});
export const words = (text: string): ServerMessage => ({ serverContent: { outputTranscription: { text } } });
export const handle = (newHandle: string): ServerMessage => ({
  sessionResumptionUpdate: { newHandle, resumable: true },
});
export const calls = (...ids: (string | undefined)[]): ServerMessage => ({
  toolCall: {
    functionCalls: ids.map((id) => ({ name: 'look_up', args: {}, ...(id !== undefined && { id }) })),
  },
});
export const CLOSED: Ending = { is: 'closed', code: 1011, reason: 'Internal error' };

/** 20 ms that no ear takes for speech: every sample the same. */
export const frame = (value: number): Uint8Array => new Uint8Array(bytesOfMs(PCM16_16K, 20)).fill(value);

/** 20 ms of a loud tone. */
export function loudFrame(): Uint8Array {
  const samples = Int16Array.from({ length: 320 }, (_, at) => 10_000 * Math.sin(at * 0.3));
  return new Uint8Array(samples.buffer);
}

/** As loud as speech, in frames of 20 ms: a vowel whose pitch moves, as every voice's does. */
export function voice(ms: number): Uint8Array[] {
  let phase = 0;
  return Array.from({ length: ms / 20 }, (_, frameAt) => {
    const samples = Int16Array.from({ length: 320 }, (_, at) => {
      const seconds = (frameAt * 320 + at) / 16_000;
      phase += (2 * Math.PI * (150 + 50 * Math.sin(12 * seconds))) / 16_000;
      let sum = 0;
      for (let harmonic = 1; harmonic <= 12; harmonic += 1) sum += Math.sin(harmonic * phase);
      return 2_500 * sum;
    });
    return new Uint8Array(samples.buffer);
  });
}

/** As loud, and without a pitch. */
export function hiss(ms: number): Uint8Array[] {
  let seed = 7;
  return Array.from({ length: ms / 20 }, () => {
    const samples = Int16Array.from({ length: 320 }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed / 2 ** 32 - 0.5) * 24_000;
    });
    return new Uint8Array(samples.buffer);
  });
}

export const soundOf = (message: ClientMessage): number | undefined =>
  'realtimeInput' in message && message.realtimeInput.audio
    ? Buffer.from(message.realtimeInput.audio.data, 'base64')[0]
    : undefined;

/** One connection, as the model has it. */
interface Dialled {
  readonly way: number;
  readonly setup: WireSetup;
  readonly setupTimeoutMs: number;
  readonly to: ConnectionListener;
  readonly sent: ClientMessage[];
  closes: number;
}

export interface Conversing {
  model?: string;
  /** As which the way in answers. */
  api?: Api;
  ways?: number;
  wanted?: Partial<SessionSetup>;
  /** When it begins. */
  epochMs?: number;
}

export function converse({
  model = DEFAULT_MODEL,
  api = 'developer',
  ways: count = 1,
  wanted = {},
  epochMs,
}: Conversing = {}) {
  const clock = new ManualClock(epochMs);
  const { log, lines } = recordingLog();
  const full: SessionSetup = {
    ...{ model, instructions: 'Be brief.', tools: [], voiceActivity: {}, callerInterrupts: true },
    // Silence is attention.test.ts's matter.
    watchdog: { answerWithinMs: 0, wordWithinMs: 0, restWithinMs: 0, noiseAfterMs: 0 },
    ...wanted,
  };
  const { capabilities: withKey } = capabilitiesOf(model);
  const capabilities = api === 'cloud' ? onCloud(withKey) : withKey;
  const ways = Array.from({ length: count }, (_, at): Route => ({
    access: apiKeyAccess({ apiKey: 'key', baseUrl: 'http://127.0.0.1:9', name: `way ${at}` }),
    capabilities,
    setup: buildSetup(full, capabilities),
  }));
  const dialled: Dialled[] = [];
  const session = new Conversation({
    ...{ wanted: full, ways, clock, log, setupTimeoutMs: 10_000, random: () => 0.5 },
    dial: (way, setup, setupTimeoutMs, to) => {
      const connection: Dialled = { way: ways.indexOf(way), setup, setupTimeoutMs, to, sent: [], closes: 0 };
      dialled.push(connection);
      return {
        send: (json) => void connection.sent.push(JSON.parse(json) as ClientMessage),
        close: (then) => {
          connection.closes += 1;
          then?.();
        },
      };
    },
  });
  const events: SessionEvent[] = [];
  /** Events and sound in one line each: `sound 1:8` is eight bytes of turn 1. */
  const told: string[] = [];
  const hooks = { onEvent: (_event: SessionEvent): void => undefined };
  /** What was said, as the call would have it. */
  const said: Said[] = [];
  session.listen({
    onAudio: (pcm, turn) => void told.push(`sound ${turn}:${pcm.length}`),
    onEvent: (event) => {
      events.push(event);
      told.push(line(event));
      hooks.onEvent(event);
    },
    recall: () => said,
  });
  const last = (): Dialled => dialled.at(-1)!;
  return {
    ...{ session, ways, clock, told, events, lines, hooks, said, dialled, last },
    /** What the newest connection was sent. */
    sent: (): ClientMessage[] => last().sent,
    receive: (...messages: ServerMessage[]): void => {
      for (const message of messages) last().to.onMessage(message);
    },
    end: (ending: Ending = CLOSED) => last().to.onEnded(ending),
    /** The connection breaks; when the next one is there, what it was sent by then. */
    switchOver: (ending: Ending = CLOSED): ClientMessage[] => {
      const before = dialled.length;
      last().to.onEnded(ending);
      clock.advance(0);
      if (dialled.length !== before + 1) throw new Error('nobody dialled');
      last().to.onMessage(READY);
      return last().sent;
    },
    /** The caller says something for this long, and then waits in silence for 600 ms. */
    callerSpeaks: (ms: number): void => {
      for (const piece of voice(ms)) session.send(piece);
      for (let atMs = 0; atMs < 600; atMs += 20) session.send(frame(0));
    },
    /** The same, of a sound that holds no words. */
    callerCoughs: (ms: number): void => {
      for (const piece of hiss(ms)) session.send(piece);
      for (let atMs = 0; atMs < 600; atMs += 20) session.send(frame(0));
    },
  };
}

function line(event: SessionEvent): string {
  switch (event.type) {
    case 'interrupted':
      return `interrupted ≤${event.upTo}`;
    case 'turnStarted':
    case 'turnEnded':
      return `${event.type} ${event.turn}`;
    case 'callerSaid':
      return `caller:${event.text}`;
    case 'agentSaid':
      return `agent ${event.turn}:${event.text}`;
    case 'toolsCalled':
      return `called ${event.calls.map(({ id }) => id).join(' ')}`;
    case 'toolsCancelled':
      return `cancelled ${event.ids.join(' ')}`;
    case 'used':
      return `used ${event.usage.totalTokens}`;
    case 'callerSpeech':
      return `caller ${event.is}`;
    case 'watchdog':
      return `watchdog ${event.saw}, ${event.did}`;
    case 'switching':
      return event.planned ? 'switching as planned' : 'switching';
    case 'ready':
      return event.memory === undefined ? 'ready' : `ready, memory ${event.memory}`;
    case 'remembered':
      return `remembered ${event.memory.handle}`;
    case 'switched':
      return `switched, memory ${event.memory}`;
    default:
      return event.type;
  }
}

/** What was sent, in one line each: `ask …`, `note …`, `answer …`, `history …`, `sound ×3`. */
export function summary(sent: readonly ClientMessage[]): string[] {
  const lines: string[] = [];
  for (const message of sent) {
    const next = summaryOf(message);
    const [, count] = /^sound ×(\d+)$/.exec(lines.at(-1) ?? '') ?? [];
    if (next === 'sound' && count !== undefined) lines[lines.length - 1] = `sound ×${Number(count) + 1}`;
    else lines.push(next === 'sound' ? 'sound ×1' : next);
  }
  return lines;
}

function summaryOf(message: ClientMessage): string {
  if ('setup' in message) return 'setup';
  if ('toolResponse' in message)
    return message.toolResponse.functionResponses
      .map(({ id, response }) => `answer ${id ?? '-'} ${JSON.stringify(response)}`)
      .join(' ');
  if ('realtimeInput' in message) {
    const { audio, text, activityStart, activityEnd } = message.realtimeInput;
    if (audio) return 'sound';
    if (activityStart) return 'started';
    return activityEnd ? 'ended' : `text ${JSON.stringify(text)}`;
  }
  const { turns = [], turnComplete } = message.clientContent;
  const texts = turns.map(({ role, parts }) => `${role ?? '-'}: ${parts?.[0]?.text ?? ''}`);
  if (turnComplete && (turns.length > 1 || turns.some(({ role }) => role === 'model')))
    return `history ${texts.join(' / ')}`;
  return `${turnComplete ? 'ask' : 'note'} ${turns[0]?.parts?.[0]?.text ?? ''}`;
}
