// An old IVR as a graph: what imports read it into, whatever it was written in. Knows neither TwiML nor Studio, and no menu of ours.

export interface OldPrompt {
  readonly text: string;
  /** The names of recordings: what they say nobody can read. */
  readonly recordings: readonly string[];
}

export interface OldDial {
  readonly to: string;
  /** Keys that were pressed once somebody had answered: an extension; empty: none. */
  readonly digits: string;
  /** How long it rang, in seconds; undefined: not said. */
  readonly ringS: number | undefined;
  /** What of it is not carried over. */
  readonly lost: readonly string[];
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
      /** Another key; undefined: nobody knows. */
      readonly otherwise: OldNext;
      /** No key; undefined: the old call ended. */
      readonly silent: OldNext;
    } & OldPrompt)
  /** Keys that are no choice: a number of the caller. `entry`: the same where the same number is asked for. */
  | ({
      readonly is: 'collect';
      readonly what: string;
      readonly entry: string;
      readonly next: OldNext;
      /** No digits. */
      readonly silent: OldNext;
    } & OldPrompt)
  /** `next`: once the call was over, or nobody took it. */
  | ({ readonly is: 'dial'; readonly title: string; readonly next: OldNext } & OldDial)
  /** `lost`: what those who take its calls are no longer told. */
  | { readonly is: 'queue'; readonly name: string; readonly lost: readonly string[]; readonly next: OldNext }
  | { readonly is: 'voicemail'; readonly next: OldNext }
  | { readonly is: 'hang-up' }
  /**
   * What a call went through: `kept` and `lost` say what becomes of it, `orElse` what callers get where nothing follows; of
   * 'wrong-key' a message also where the call then ends, or is at a menu again.
   */
  | {
      readonly is: 'pass';
      readonly kept: string;
      readonly lost: string;
      readonly next: OldNext;
      /** Where it could lead besides. */
      readonly others?: readonly string[];
      readonly orElse: 'end' | 'message' | 'wrong-key';
    }
  /** Somebody was listened to, and it is not known what their words led to; `next`: without a word. */
  | { readonly is: 'speech'; readonly lost: string; readonly next: OldNext }
  /** Something of the old system that answered the caller itself. */
  | { readonly is: 'tool'; readonly what: string; readonly lost: string; readonly next: OldNext }
  /** `next`: what came after it. */
  | { readonly is: 'lost'; readonly lost: string; readonly next: OldNext }
);

export interface OldMenu {
  readonly start: string;
  readonly nodes: ReadonlyMap<string, OldNode>;
  /** Of what it said, as a BCP 47 tag. */
  readonly language: string | undefined;
  /** What is said of a place that no way of a call leads to. */
  readonly unreached: string;
  /** What is known to be gone already: for the author. */
  readonly losses: readonly Loss[];
}

/** What could not be carried over. */
export interface Loss {
  readonly where: string;
  readonly kept: string;
  readonly lost: string;
}

/** What an import leaves to the agent, who does it in its own way: no loss, and said all the same. */
export interface Left {
  readonly where: string;
  readonly what: string;
}

/** A profile speaks the first; en-US and en-GB are one. */
export function otherLanguages(tags: readonly string[]): Loss[] {
  const primary = (tag: string): string => tag.toLowerCase().split('-')[0]!;
  const others = new Map(tags.map((tag) => [primary(tag), tag]));
  others.delete(primary(tags[0] ?? ''));
  return [...others.values()].map((tag) => ({
    ...{ where: tag, lost: `it is spoken in ${tag} as well: see languages in the profile` },
    kept: `its menus, and ${tags[0] ?? ''} as the language of the agent`,
  }));
}

/** All that it leads to. */
export function nextsOf(node: OldNode): string[] {
  const nexts = 'next' in node ? [node.next] : [];
  if ('silent' in node) nexts.push(node.silent);
  if (node.is === 'pass') nexts.push(...(node.others ?? []));
  if (node.is === 'choices') nexts.push(node.otherwise, ...node.choices.map(({ next }) => next));
  return nexts.filter((next) => next !== undefined);
}

/** The last part of an address, as words. */
export const fileTitle = (address: string): string =>
  (address.split('/').findLast((part) => part !== '') ?? '')
    .replaceAll(/\.[a-z]+$|[^\p{L}\p{N}]+/giu, ' ')
    .trim();
