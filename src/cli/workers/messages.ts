// What the process that keeps the workers, and these, say to each other (node:child_process, IPC).
import type { Order } from './crew.ts';

export type ToWorker =
  | { readonly is: 'order'; readonly order: Order }
  /** Its own figures are wanted. */
  | { readonly is: 'asked'; readonly ask: number }
  /** Of all workers, for whom this one asked; undefined: nobody could say. */
  | { readonly is: 'figures'; readonly ask: number; readonly text: string };

export type FromWorker =
  | { readonly is: 'ready' }
  /** The figures of all are wanted. */
  | { readonly is: 'ask'; readonly ask: number }
  | { readonly is: 'answer'; readonly ask: number; readonly text: string };
