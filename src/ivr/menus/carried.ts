// What an import makes of an old IVR, as data, and what it keeps of a page until that is made.
import type { KeypadMenu } from '../../agents/keypad-menu.ts';
import type { Loss, OldNode } from './old-menu.ts';

export interface CarriedDestination {
  readonly name: string;
  readonly to: string;
  readonly isQueue: boolean;
  /** What callers asked for to get there. */
  readonly asked: Set<string>;
}

export interface Carried {
  readonly menu: KeypadMenu;
  readonly destinations: readonly CarriedDestination[];
  /** Tools that the menu leads to and that are still to be made. */
  readonly tools: ReadonlySet<string>;
  readonly hasVoicemail: boolean;
  /** What callers heard before they could choose; empty: nothing. */
  readonly welcome: string;
  readonly language: string | undefined;
  readonly losses: readonly Loss[];
  /** What an option lost, by its name. */
  readonly remarks: ReadonlyMap<string, readonly string[]>;
}

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
