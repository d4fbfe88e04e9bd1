// What an import makes of an old IVR, as data, and what it keeps of a page until that is made.
import type { KeypadMenu } from '../../agents/keypad-menu.ts';
import type { Left, Loss, OldNode } from './old-menu.ts';

export interface CarriedDestination {
  readonly name: string;
  readonly to: string;
  readonly isQueue: boolean;
  /** How long it rings, in seconds; undefined: as a profile has it. */
  readonly ringS?: number | undefined;
  /** What callers asked for to get there. */
  readonly asked: Set<string>;
}

export interface Carried {
  readonly menu: KeypadMenu;
  readonly destinations: readonly CarriedDestination[];
  /** Tools that the menu leads to, or that came before a part of it, and that are still to be made. */
  readonly tools: ReadonlySet<string>;
  /** Those that came before a part of it: no key leads to them, so the profile itself asks for them. */
  readonly asks: ReadonlySet<string>;
  readonly hasVoicemail: boolean;
  /** What callers heard before they could choose; empty: nothing. */
  readonly welcome: string;
  readonly language: string | undefined;
  readonly losses: readonly Loss[];
  /** What the agent does in its own way. */
  readonly left: readonly Left[];
  /** What an option lost, by its name; of a page's `otherwise`, by otherwiseOf. */
  readonly remarks: ReadonlyMap<string, readonly string[]>;
}

/** No option has such a name. */
export const otherwiseOf = (page: string): string => `${page} otherwise`;

export type Choices = Extract<OldNode, { is: 'choices' }>;

export interface PageToMake {
  readonly name: string;
  /** In what words callers ask for it. */
  readonly title: string;
  readonly node: Choices;
  /** Before it listens. */
  readonly said: string;
  /** The nodes of the pages above it. */
  readonly parents: readonly string[];
}
