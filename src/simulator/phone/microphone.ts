// The caller's microphone: what goes up the line is what the caller says and, where a handset lets it through, the agent's
// own voice, softer and later. Knows neither sockets nor when a frame leaves.
import { FRAME_MS, MULAW_8K, silence } from '../../audio/format.ts';
import { MULAW_DECODE, MULAW_ENCODE } from '../../audio/g711.ts';
import { SAMPLES_PER_MS, type Track } from './track.ts';

export interface EchoFault {
  /** Against the voice as it was played: -12 is a quarter of its amplitude. */
  readonly db: number;
  /** From the ear to the microphone, at least 0; rounded to whole samples. */
  readonly delayMs: number;
}

export const FRAME_SAMPLES = FRAME_MS * SAMPLES_PER_MS;
const base64 = (sound: Uint8Array): string => Buffer.from(sound).toString('base64');
const SILENT_PAYLOAD = base64(silence(MULAW_8K, FRAME_MS));

export class Microphone {
  readonly #mouth: Track;
  readonly #heard: Track;
  readonly #echo: EchoFault | undefined;

  /** With an echo, `heard` must keep its sound. */
  constructor(mouth: Track, heard: Track, echo: EchoFault | undefined) {
    this.#mouth = mouth;
    this.#heard = heard;
    this.#echo = echo;
  }

  /** The frame that begins at this position, in base64; to be asked for once its last sample was spoken. */
  frame(position: number): string {
    const echo = this.#echo;
    if (echo === undefined && this.#mouth.end <= position) return SILENT_PAYLOAD;
    const said = this.#mouth.read(position, position + FRAME_SAMPLES);
    if (echo === undefined) return base64(said);
    const playedAt = position - Math.round(echo.delayMs * SAMPLES_PER_MS);
    return base64(withEcho(said, this.#heard.read(playedAt, playedAt + FRAME_SAMPLES), echo.db));
  }
}

/** Adds what was played, at the level of the echo; a sum past full scale is clipped. */
function withEcho(said: Uint8Array, played: Uint8Array, db: number): Uint8Array {
  const gain = 10 ** (db / 20);
  return said.map((code, at) => {
    const sum = MULAW_DECODE[code]! + Math.round(MULAW_DECODE[played[at]!]! * gain);
    return MULAW_ENCODE[Math.max(-32_768, Math.min(32_767, sum)) & 0xffff]!;
  });
}
