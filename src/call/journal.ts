// The journal: what is written down during a call so that another process can go on with it, and who acts for the call. The
// door; it is written behind the audio path, and nothing of a call waits for it.
import type { CallId } from '../base/ids.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import type { Contact } from '../crm/crm.ts';
import type { Keypad } from '../ivr/keypad.ts';
import type { ModelMemory, Said, ToolCall } from '../live/session.ts';
import type { Elsewhere, EndReason, Leaving } from './state.ts';
import type { Entry } from './transcript.ts';

/** All of a call that outlives its process. At most 64 kB as JSON: of what was said and learned, the newest. */
export interface JournalEntry {
  readonly call: CarrierCall;
  /** The name of whose it is now, and a hash of that profile as the call has it: another version is told of in the log. */
  readonly profile: string;
  readonly profileVersion: string;
  /** The name of the profile that answered: whose are the length of the call and its record. */
  readonly begunBy: string;
  /** Epoch ms. */
  readonly answeredAtMs: number;
  /** The caller has heard how it begins: nobody greets them again. */
  readonly greeted: boolean;
  /** `known` counts what was said in the whole call. */
  readonly memory: ModelMemory | undefined;
  /** As the caller heard it, oldest first; `before`: how many more there were before these. */
  readonly said: readonly Said[];
  readonly before: number;
  /** Where in all that was said the part of this agent begins: what is before, another has said. */
  readonly partFrom: number;
  /** So many entries the transcript has: whoever goes on with it numbers behind them. */
  readonly entries: number;
  /** Of these some is not complete, and in no record yet. */
  readonly open: readonly Entry[];
  /** Who is in the middle of what they say: the end of `said` is as much of it as was heard. */
  readonly speaking: 'agent' | 'caller' | undefined;
  /** The caller waits to hear from us. */
  readonly owed: boolean;
  /** Where the caller is about to be let go to. */
  readonly leaving: { readonly departure: Leaving['departure']; readonly as: EndReason } | undefined;
  /** They are not on a line of ours. */
  readonly elsewhere: Pick<Elsewhere, 'line' | 'told' | 'listens'> | undefined;
  /** A person spoke with them in the agent's place. */
  readonly operator: boolean;
  /** This process records it. */
  readonly recorded: boolean;
  /** They are typing something secret, of which nothing is here. */
  readonly typing: boolean;
  /** See learned.ts. */
  readonly notes: readonly string[];
  /** The model, or who has pressed a key, waits for their results. What they do in the world is done once, whoever runs them (tools/effects). */
  readonly tools: readonly ToolCall[];
  /** What the caller has typed of a group that is not complete, never of a secret; and where in the menu they are. */
  readonly keypad: Keypad;
  /** Who calls, by the records. */
  readonly contact: Contact | undefined;
  /** What has answered a call that we placed: `awaited`, it is to be left a message still, or nothing any more. */
  readonly machine: 'awaited' | 'gone' | undefined;
  /** How often the caller was handed to another agent. */
  readonly handOvers: number;
}

/** One process acts for a call at a time: the right to, which a later one takes away. */
export interface Tenure {
  /** Higher than that of every process before. */
  readonly fence: number;
  /** As far as this node knows. False also once what was written of the call was deleted: nobody else can go on with it then. */
  readonly isOurs: boolean;
  /** The latest is written, soon; synchronous, never throws. Nothing once the tenure is lost. */
  keep(entry: JournalEntry): void;
  /** Resolves once the latest is written, or after so long, or at once when the tenure is lost. Never rejects. */
  flush(withinMs: number): Promise<void>;
  /** Another node is to go on with the call. `false`: it could not be written, or the tenure is lost. Never rejects. */
  handTo(node: string, withinMs: number): Promise<boolean>;
  /** A stream has shown this token, which is good nowhere from then on: see tokens.ts, `nonceOf`. */
  spent(token: string): void;
  /** The call is over for everybody. */
  end(): void;
}

export interface Taken {
  readonly entry: JournalEntry;
  readonly tenure: Tenure;
  /** How often it was taken from a node that was gone, this time included. */
  readonly rejoins: number;
  /** The node before. */
  readonly from: string;
  /** Since that one last wrote, or was last seen, in ms, by the database's clock. */
  readonly awayMs: number;
}

export interface Journals {
  /** A call that is new, and ours. `onLost`: once, when another node has it; whatever is done for it here is not to be done. */
  open(entry: JournalEntry, onLost: () => void): Tenure;
  /** Who acts for it; undefined: nobody has written of it. Rejects when nobody can say within `withinMs`. */
  ownerOf(id: CallId, withinMs: number): Promise<string | undefined>;
  /**
   * The call is ours from now on, whoever had it, or only from the node `from`. Undefined: there is no such call, it is over,
   * or `token` was spent. Of two at once one gets it. `planned`: it was handed to us, and does not count as a rejoin. Rejects
   * when the database does not answer within `withinMs`; it may be ours then all the same.
   */
  take(
    id: CallId,
    how: { planned: boolean; withinMs: number; from?: string | undefined; token?: string | undefined },
    onLost: () => void,
  ): Promise<Taken | undefined>;
  /** Calls of a node that are not over. */
  callsOf(node: string): Promise<readonly CallId[]>;
}
