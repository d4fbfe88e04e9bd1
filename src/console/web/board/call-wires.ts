// What the board's page and its worker say to each other of a call that is listened to, or taken over. Types alone: each of the
// two has its own globals.

export type ToCallWorker =
  /** `microphone` gives µ-law frames, which go to the call once it was taken. */
  | { readonly do: 'take-over'; readonly url: string; readonly microphone: MessagePort }
  /** Both take `ToPlayout`. */
  | { readonly do: 'listen'; readonly url: string; readonly caller: MessagePort; readonly agent: MessagePort }
  | { readonly do: 'say'; readonly text: string }
  | { readonly do: 'close' };

export type FromCallWorker =
  | { readonly is: 'open' }
  /** JSON of the server's. */
  | { readonly is: 'said'; readonly text: string }
  | { readonly is: 'closed'; readonly code: number; readonly reason: string };
