// What a page that takes a call over is told, and says. Types alone: the browser imports them too.

export type TakeOverWord =
  /** The microphone is heard from now on. */
  | { readonly type: 'taken-over' }
  | { readonly type: 'refused'; readonly why: string; readonly message: string }
  /** They have the call no more: it was given back, has ended, or the caller goes somewhere else. */
  | { readonly type: 'over' };

export interface GiveBackWord {
  readonly type: 'give-back';
  /** For the model and the record. */
  readonly note: string;
}
