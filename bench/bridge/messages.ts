// What the bench's processes tell each other over IPC. Knows nothing of who sends them.
import type { Summary } from './samples.ts';

/** The phone's and the real server's. */
export const ACCOUNT_SID = `AC${'0'.repeat(32)}`;

/** The real server, by the profile that answers. */
export const OURS = ['ours', 'unrecorded', 'taped'] as const;
export type Ours = (typeof OURS)[number];
export type BridgeName = Ours | 'relay' | 'relay-chunks' | 'tutorial';

export const isOurs = (name: BridgeName): name is Ours => (OURS as readonly string[]).includes(name);

export interface Plan {
  readonly bridge: BridgeName;
  readonly bridgePort: number;
  readonly authToken: string;
  readonly calls: number;
  readonly seconds: number;
}

/** What a run showed. Times in milliseconds; delays were taken inside the measured window, faults over whole calls. */
export interface Outcome {
  readonly up: Summary;
  readonly turnStart: Summary;
  readonly clear: Summary;
  /** How long before it was due at the ear paced sound arrived. */
  readonly lead: Summary;
  /** How late the load itself sent caller frames: beyond a few milliseconds, the machine was too busy to measure. */
  readonly ownLateness: Summary;
  readonly upFrames: number;
  readonly turns: number;
  readonly interruptions: number;
  readonly missingUpFrames: number;
  readonly missingDownFrames: number;
  readonly unansweredInterruptions: number;
  /** Times a caller would have heard a hole inside a turn. */
  readonly holes: number;
  /** Everything else that went wrong, in words, with how often. */
  readonly faults: Readonly<Record<string, number>>;
}

export type ToLoad = { readonly type: 'run'; readonly plan: Plan };

export type FromLoad =
  | { readonly type: 'listening'; readonly port: number }
  /** The bridge is to be measured now: the window opens or closes. */
  | { readonly type: 'window'; readonly edge: 'opens' | 'closes' }
  | { readonly type: 'done'; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly why: string };

export type ToMeter = { readonly type: 'measure' };

export interface Measured {
  readonly type: 'measured';
  /** Monotonic; only differences mean something. */
  readonly atMs: number;
  /** User and system time of all threads since the start. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** The bridges of the bench say where they listen; the real server says so in its log. */
export type FromBridge = { readonly type: 'listening'; readonly port: number };
