// What a call is at this moment, as its journal has it. Pure.
import type { TurnId } from '../base/ids.ts';
import { NO_KEYS } from '../ivr/keypad.ts';
import type { ModelMemory, Said, ToolCall } from '../live/session.ts';
import { isOurTurn } from './dead-air.ts';
import type { JournalEntry } from './journal.ts';
import type { Alive } from './state.ts';
import { saidIn, type Entry, type Played, type Transcript } from './transcript.ts';
import { keypadOf } from './typed.ts';

/** What of it does not change as the call goes on, or is another's to know. */
export type OfCasting = Pick<
  JournalEntry,
  'call' | 'profile' | 'profileVersion' | 'begunBy' | 'answeredAtMs' | 'contact' | 'handOvers'
>;

export interface KnownOfCall {
  readonly of: OfCasting;
  readonly state: Alive;
  readonly transcript: Pick<Transcript, 'entries' | 'numbered' | 'heardSoFar'>;
  readonly played: (turn: TurnId) => Played;
  /** So much was said before the first entry of the transcript. */
  readonly saidBefore: number;
  /** So many entries at its beginning are not of this agent's part. */
  readonly entriesBefore: number;
  /** As its session told it: counted in this agent's part. */
  readonly memory: ModelMemory | undefined;
  readonly notes: readonly string[];
  /** Those that run, and perhaps others. */
  readonly calls: readonly ToolCall[];
  readonly agentIsHeard: boolean;
  readonly callerSpeaks: boolean;
  readonly typesSecret: boolean;
  readonly machine: JournalEntry['machine'];
  readonly isRecorded: boolean;
}

/** With the notes, which are bounded likewise, well within what an entry may be. */
const MOST_SAID_BYTES = 24_000;
/** Of one that is longer by itself, the end. */
const LONGEST_SAID = 4_000;
/** Who has heard less of a greeting has not been greeted. */
const GREETED_AFTER_MS = 300;

export function entryOf(known: KnownOfCall): JournalEntry {
  const { of, state, transcript, played, saidBefore, entriesBefore, memory, notes, calls } = known;
  const entries = transcript.heardSoFar(played);
  const all = saidIn(entries);
  const said = newest(all);
  const partFrom = saidBefore + saidIn(entries.slice(0, entriesBefore)).length;
  return {
    ...of,
    greeted: entries.some((entry) => isHeard(entry, played)),
    memory: memory && { ...memory, known: partFrom + memory.known },
    said,
    before: saidBefore + all.length - said.length,
    partFrom,
    entries: transcript.numbered,
    open: entries.filter((_, at) => transcript.entries[at]?.state === 'open'),
    speaking: known.agentIsHeard ? 'agent' : known.callerSpeaks ? 'caller' : undefined,
    owed: isOwed(state),
    leaving:
      state.phase === 'leaving' && !state.alone ? { departure: state.departure, as: state.as } : undefined,
    elsewhere:
      state.phase === 'elsewhere'
        ? { line: state.line, told: state.told, listens: state.listens }
        : undefined,
    operator: state.phase === 'with-operator',
    recorded: known.isRecorded,
    typing: known.typesSecret,
    machine: known.machine,
    notes,
    tools: 'tools' in state ? calls.filter(({ id }) => state.tools.has(id)) : [],
    keypad: state.phase === 'with-operator' ? { ...NO_KEYS, place: state.place } : keypadOf(state),
  };
}

const isHeard = (entry: Entry, played: (turn: TurnId) => Played): boolean =>
  entry.who === 'agent' &&
  (entry.heard.trim() !== '' || (entry.turn > 0 && played(entry.turn).heardMs >= GREETED_AFTER_MS));

/** Also by a model that is away, or whose line is. */
const isOwed = (state: Alive): boolean =>
  isOurTurn(state.phase === 'talking' ? { ...state, line: 'open' } : state);

function newest(said: readonly Said[]): readonly Said[] {
  let bytes = 0;
  const first = said.findLastIndex(({ text }) => (bytes += Buffer.byteLength(text)) > MOST_SAID_BYTES);
  return said
    .slice(Math.min(first + 1, Math.max(0, said.length - 1)))
    .map(({ who, text }) => ({ who, text: text.slice(-LONGEST_SAID).toWellFormed() }));
}
