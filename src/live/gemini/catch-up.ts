// What a model that was away is told first, and what it is asked. Pure: a situation goes in, what to say comes out.
import type { ToolCallId } from '../../base/ids.ts';
import type { JsonObject, Said } from '../session.ts';
import type { Asked } from './outbox.ts';
import {
  asContinuation,
  asNewStart,
  asReminder,
  RESULT_FOLLOWS,
  RESULT_IS_KNOWN,
  sinceThen,
} from './recall.ts';
import type { PendingCall } from './tool-calls.ts';

/** What the newest handle stands for. */
export interface Memory {
  /** Of the conversation, when the handle came. */
  readonly step: number;
  readonly saidCount: number;
  readonly toldCount: number;
  readonly pending: ReadonlyMap<ToolCallId, PendingCall>;
}

export const NOTHING_KNOWN: Memory = { step: -1, saidCount: 0, toldCount: 0, pending: new Map() };

export interface Situation {
  /** By a handle that stands for `memory`; else the model is new, and was told all that was said. */
  readonly resumed: boolean;
  readonly memory: Memory;
  readonly said: readonly Said[];
  /** Put to the model and not answered. */
  readonly open: readonly Asked[];
  /** Answered, and not in the memory: of a sentence that broke off, what it was to be about. */
  readonly answered: readonly Asked[];
  /** Calls whose tools still run. */
  readonly pending: ReadonlyMap<ToolCallId, PendingCall>;
  /** The connection broke in the middle of what the model said or thought. */
  readonly broken: boolean;
  readonly callerSpeaks: boolean;
  /** Whether the model takes notes that are not answered. */
  readonly takesNotes: boolean;
}

export type Telling =
  | { do: 'answer'; id: ToolCallId; call: PendingCall; response: JsonObject }
  | { do: 'note'; text: string }
  | { do: 'ask'; text: string }
  /** To be asked again should this connection be lost too. */
  | { do: 'go-on'; text: string };

const texts = (asked: readonly Asked[]): string => asked.map(({ text }) => text).join('\n');
const facts = (asked: readonly Asked[]): readonly string[] =>
  asked.map(({ fact }) => fact).filter((fact) => fact !== '');

export function* catchUp(situation: Situation): Generator<Telling, void, void> {
  const { resumed, memory, said, open, answered, pending, broken, callerSpeaks, takesNotes } = situation;
  // It waits for these whatever became of them since: one that is not answered swallows what the caller says next.
  for (const [id, call] of memory.pending) {
    const follows = pending.has(id) || open.some(({ of }) => of === id);
    yield { do: 'answer', id, call, response: follows ? RESULT_FOLLOWS : RESULT_IS_KNOWN };
  }
  const recent = resumed ? sinceThen(said, memory.saidCount) : said.slice(-1);
  const newlyAsked = open.some(({ answeredBy }) => answeredBy === 'new turn');
  if (broken && !newlyAsked && pending.size === 0 && !callerSpeaks) {
    const all = [...answered, ...open];
    // Of a turn without a word there is nothing to go on with: what it was to answer is asked again.
    if (said.at(-1)?.who === 'agent') yield { do: 'go-on', text: asContinuation(recent, facts(all)) };
    else yield { do: 'go-on', text: asNewStart(recent, texts(all)) };
    return;
  }
  // A prompt that was answered is over; what a function has answered may be spoken of again.
  const results = answered.filter(({ of }) => of !== undefined);
  const about = resumed ? recent : [];
  if (about.length + results.length > 0 && takesNotes)
    yield { do: 'note', text: asReminder(about, facts(results)) };
  // In one turn: each for itself would cut off the answer to the one before.
  if (open.length > 0) yield { do: 'ask', text: texts(open) };
}
