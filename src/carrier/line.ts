// A line: one call's sound and signals at a carrier, both ways. Knows nothing of the model or of what the call decides.
import type { WebSocket } from 'ws';
import type { AudioFormat } from '../audio/format.ts';
import type { CallId } from '../base/ids.ts';

export type LineEvent =
  /** Everything sent before the mark of this name was played, or forgotten by a `clear()`. */
  | { type: 'marked'; name: string }
  /** The caller pressed a key: 0-9, * or #. */
  | { type: 'digit'; digit: string }
  /** Of a stream that had sound: the carrier has sent none for 5 s, not even silence. More may come. */
  | { type: 'hung' }
  /** The carrier says that the stream is over: the call ended, or it goes on with another verb. */
  | { type: 'stopped' }
  /** The socket is gone. Comes exactly once and last, whoever closed it. */
  | { type: 'closed'; code: number; reason: string };

export interface LineListener {
  /** The caller's voice in the line's format, continuous: gaps on the way are filled with silence. */
  onAudio(frame: Uint8Array): void;
  onEvent(event: LineEvent): void;
}

/** Rules every line keeps are numbered [LN…] in test/contracts/line.contract.ts. No method throws on a dead line. */
export interface Line {
  readonly format: AudioFormat;
  /** The carrier's name for this stream, for the log. */
  readonly streamId: string;
  /** Once. What came before is kept and delivered first, in order. */
  listen(to: LineListener): void;
  /**
   * Queues sound at the carrier: whole frames, any number of them, or the rest of one that a clear broke off. The bytes
   * may be reused after the call.
   */
  play(frames: Uint8Array): void;
  /** Reported back as `marked` once everything before it was played. */
  mark(name: string): void;
  /** Forgets what was sent but not yet heard; every pending mark comes back at once. */
  clear(): void;
  /** Ends the stream, not the call: the carrier asks next what to do. */
  close(): void;
}

/** What the carrier says of a stream when it opens. */
export interface LineStart {
  readonly callId: CallId;
  /** The single-use secret that the answer to the voice webhook carried; '' when absent. */
  readonly token: string;
}

export interface LineAcceptor {
  /**
   * Takes a fresh socket whose upgrade was verified and waits for the carrier's `start`.
   * Rejects with CARRIER_REQUEST_INVALID (the socket is then closed with 1008) when none comes within 5 s.
   */
  accept(socket: WebSocket): Promise<{ start: LineStart; line: Line }>;
}
