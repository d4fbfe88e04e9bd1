// What we say to the Live API, as JSON. Knows nothing of sockets, turns or models.
import type { Said } from '../session.ts';
import type { ClientMessage, WireContent } from './messages.ts';
import type { Scheduling } from './models.ts';
import type { WireSetup } from './wire-setup.ts';

const encode = (message: ClientMessage): string => JSON.stringify(message);

export const encodeSetup = (setup: WireSetup): string => encode({ setup });

const userTurn = (words: string): WireContent => ({ parts: [{ text: words }], role: 'user' });

/** A user turn that the model answers; it cuts off what the model is saying (generative_service.proto). */
export const encodePrompt = (words: string): string =>
  encode({ clientContent: { turns: [userTurn(words)], turnComplete: true } });

/** Something to know and not to answer; it cuts off what the model is saying all the same. */
export const encodeNote = (words: string): string =>
  encode({ clientContent: { turns: [userTurn(words)], turnComplete: false } });

/** The first thing on a connection whose setup has a `historyConfig`; never answered. */
export const encodeHistory = (said: readonly Said[]): string =>
  encode({
    clientContent: {
      turns: said.map(({ who, text }) => ({
        parts: [{ text }],
        role: who === 'caller' ? 'user' : 'model',
      })),
      turnComplete: true,
    },
  });

export const encodeText = (words: string): string => encode({ realtimeInput: { text: words } });

/** That the caller speaks: only where the model does not listen for it itself. */
export const ACTIVITY_START = encode({ realtimeInput: { activityStart: {} } });
export const ACTIVITY_END = encode({ realtimeInput: { activityEnd: {} } });

const AUDIO_HEAD = '{"realtimeInput":{"audio":{"data":"';
const AUDIO_TAIL = '","mimeType":"audio/pcm;rate=16000"}}}';

/** Caller sound, PCM16 at 16 kHz. On every frame's path, hence no JSON.stringify (measured). */
export const encodeAudio = (pcm: Uint8Array): string =>
  AUDIO_HEAD + Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString('base64') + AUDIO_TAIL;

/** Without `id` for a call that came without one (Google Cloud): the name alone pairs them there. */
export const encodeToolResponse = (
  id: string | undefined,
  name: string,
  response: object,
  scheduling?: Scheduling,
): string =>
  encode({
    toolResponse: {
      functionResponses: [
        { ...(id !== undefined && { id }), name, response, ...(scheduling && { scheduling }) },
      ],
    },
  });
