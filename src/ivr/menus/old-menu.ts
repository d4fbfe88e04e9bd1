// An old IVR as a graph: what imports read it into, whatever it was written in. Knows neither TwiML nor Studio, and no menu of ours.

export interface OldPrompt {
  readonly text: string;
  /** The names of recordings: what they say nobody can read. */
  readonly recordings: readonly string[];
}

export interface OldChoice {
  readonly key: string;
  /** Words that the old menu listened for; what it said is read out of its prompt. */
  readonly words?: string | undefined;
  readonly next: OldNext;
}

/** The name of a node; undefined: nothing followed, and the old call ended there. */
export type OldNext = string | undefined;

/** `where`: for the author: a document, or a widget. */
export type OldNode = { readonly where: string } & (
  | ({ readonly is: 'say'; readonly next: OldNext } & OldPrompt)
  | ({
      readonly is: 'choices';
      /** What it may be called. */
      readonly title: string;
      readonly choices: readonly OldChoice[];
      /** No key, or another one; undefined: the old call ended. */
      readonly otherwise: OldNext;
    } & OldPrompt)
  /** Keys that are no choice: a number of the caller. */
  | ({ readonly is: 'collect'; readonly what: string; readonly next: OldNext } & OldPrompt)
  | { readonly is: 'dial'; readonly to: string; readonly title: string; readonly next: OldNext }
  | { readonly is: 'queue'; readonly name: string; readonly next: OldNext }
  | { readonly is: 'voicemail' }
  | { readonly is: 'hang-up' }
  /** Something that a call went through: `kept` and `lost` say what becomes of it. */
  | { readonly is: 'pass'; readonly kept: string; readonly lost: string; readonly next: OldNext }
  /** Something of the old system that answered the caller itself. */
  | { readonly is: 'tool'; readonly what: string; readonly lost: string; readonly next: OldNext }
  | { readonly is: 'lost'; readonly lost: string }
);

export interface OldMenu {
  readonly start: string;
  readonly nodes: ReadonlyMap<string, OldNode>;
  /** Of what it said, as a BCP 47 tag. */
  readonly language: string | undefined;
  /** What is known to be gone already: for the author. */
  readonly losses: readonly Loss[];
}

/** What could not be carried over. */
export interface Loss {
  readonly where: string;
  readonly kept: string;
  readonly lost: string;
}

/** The last part of an address, as words. */
export const fileTitle = (address: string): string =>
  (address.split('/').findLast((part) => part !== '') ?? '')
    .replaceAll(/\.[a-z]+$|[^\p{L}\p{N}]+/giu, ' ')
    .trim();
