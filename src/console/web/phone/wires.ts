// What the page, its worklets and its worker say to each other. Types alone: each of the three has its own globals.

/** To the playout's wire, from whoever has a stream: µ-law, 8 kHz. */
export type ToPlayout =
  | { readonly play: Uint8Array }
  | { readonly mark: string }
  /** Forget what was not heard; pending marks come back at once. */
  | { readonly do: 'clear' }
  /** The stream is gone: forget marks too. */
  | { readonly do: 'reset' };

/** `isCleared`: the answer to `clear`, with the marks that it gave back. */
export interface FromPlayout {
  readonly marks: readonly string[];
  readonly isCleared: boolean;
}

/** To the node of the playout, from the page. */
export type PlayoutSetting =
  | { readonly wire: MessagePort }
  /** From the worklet to the ear. */
  | { readonly lagMs: number };

/** From the node of the playout: what it held when it was told to forget it, on the context's clock of samples. */
export interface PlayoutCut {
  readonly atFrame: number;
  readonly queuedMs: number;
}

export type MicrophoneSetting = { readonly wire: MessagePort } | { readonly isMuted: boolean };

/** From the nodes of the microphone and of the ear, some twenty times a second: the highest sample since the last, 0 to 1. */
export interface Level {
  readonly peak: number;
}

/** From the node of the ear, at once: nothing is heard from this frame on. */
export interface FellSilent {
  readonly silentFromFrame: number;
}

/** To the worker. */
export type ToWorker =
  | { readonly do: 'take'; readonly microphone: MessagePort; readonly playout: MessagePort }
  | {
      readonly do: 'open';
      readonly url: string;
      readonly streamId: string;
      readonly callId: string;
      readonly token: string;
    }
  | { readonly do: 'press'; readonly key: string }
  /** The caller hangs up. */
  | { readonly do: 'stop' };

/** From the worker; `streamId`: of which stream. */
export type FromWorker =
  | { readonly is: 'open'; readonly streamId: string }
  | { readonly is: 'closed'; readonly streamId: string; readonly code: number }
  /** From `clear` to the answer of the playout. */
  | { readonly is: 'cleared'; readonly tookMs: number };
