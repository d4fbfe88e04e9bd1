// A call as its journal has it, made into what another process begins with: what the transcript has been, and what the model
// is told once the caller is back. Pure.
import { turnId } from '../base/ids.ts';
import type { JournalEntry } from './journal.ts';
import { BESIDE } from './handed-to.ts';
import type { Opening } from './opening.ts';
import { isKeyed } from './typed.ts';
import { wordsWithin, type Entry } from './transcript.ts';
import { USUAL_LETTERS_PER_MS } from './word-timing.ts';

/** Who was cut off for longer than this is told so. */
export const NOTICED_AFTER_MS = 2_000;
/** As long as a "yes" lasts. */
export const SAID_WITHIN_MS = 300;
/** What the process before has written down and not told may have so many numbers. */
const UNTOLD_ENTRIES = 8;
/** As long as a node that is alive is never silent (store/nodes). */
const STOOD_STILL_MS = 5_000;
/** Sent ahead (400 ms), and what the journal is behind (250 ms), and its writes are (200 ms, half of it in the mean). */
const HEARD_FURTHER_MS = 800;
/** Words enough to know where it was. */
const LAST_WORDS = 300;

/** What is the transcript's: as it was, and in records already. */
export interface TranscriptBefore {
  readonly entries: readonly Entry[];
  readonly next: number;
}

/** Their turns are no turns of this process: they have no number. */
export function transcriptOf({ said, entries: numbered }: JournalEntry): TranscriptBefore {
  const entries = said.map(({ who, text }, at): Entry => {
    const common = { n: numbered - said.length + at, atMs: 0, text, state: 'done' as const };
    return who === 'caller' ? { ...common, who } : { ...common, who, turn: turnId(0), heard: text };
  });
  return { entries, next: numbered + UNTOLD_ENTRIES };
}

/** For records: entries that were not complete, as far as they were heard. */
export const leftOpen = ({ open }: JournalEntry): readonly Entry[] =>
  open.map((entry): Entry =>
    entry.who === 'caller' ? { ...entry, state: 'done' } : { ...entry, state: 'cut' },
  );

/** Of what was said, so many entries at the beginning are of other agents. */
export const entriesBefore = ({ partFrom, before, said }: JournalEntry): number =>
  Math.min(said.length, Math.max(0, partFrom - before));

/** How the agent is opened that goes on with it. What it has said and heard itself, its session asks for. */
export function resumed({ setup, ...opening }: Opening, entry: JournalEntry): Opening {
  const { memory, said, before, notes, tools } = entry;
  const others = entriesBefore(entry);
  const known = memory && { ...memory, known: Math.max(0, memory.known - before - others) };
  const told = [
    others > 0 || before > 0 ? OTHERS : undefined,
    notes.length === 0 ? undefined : `${BESIDE}\n${notes.join('\n')}`,
  ].filter((text) => text !== undefined);
  return {
    ...opening,
    setup: {
      ...setup,
      instructions: [setup.instructions, ...told].join('\n\n'),
      history: [...(setup.history ?? []), ...said.slice(0, others)],
      resume: { memory: known, pending: tools.filter(({ id }) => !isKeyed(id)) },
    },
  };
}

const OTHERS =
  'This call is under way: what you know as said before was said in this very call, by you or by an agent who has handed the caller to you. Do not greet them as if they had just called, and do not ask again for what they have said or typed already.';

export interface ToldOnReturn {
  readonly told: string;
  /** Whether the agent has to speak to it. */
  readonly answer: boolean;
}

export interface ReturnWords {
  /** What they are to hear of the gap. */
  readonly phrase: string;
  /** What they are greeted with. */
  readonly greeting: string;
}

/** `gapMs`: for how long the caller has heard nobody. */
export function toldOnReturn(
  entry: JournalEntry,
  gapMs: number,
  { phrase, greeting }: ReturnWords,
): ToldOnReturn {
  const { said, greeted, speaking, owed, leaving, operator, typing, elsewhere } = entry;
  const isNoticed = gapMs > NOTICED_AFTER_MS;
  const last = said.at(-1);
  const heard = last?.who === 'agent' ? last.text.slice(-LAST_WORDS).trim() : '';
  const answer =
    elsewhere?.listens !== true &&
    (isNoticed || !greeted || speaking !== undefined || owed || operator || typing || leaving !== undefined);
  const lines = [
    'At this point the line to the caller broke off for a moment, and is open again. It is the same call.',
    greeted
      ? 'Do not greet them, and do not say again what they have heard.'
      : `They have not heard your greeting: ${greeting}`,
    elsewhere && elsewhere.told !== '' ? elsewhere.told : undefined,
    speaking === 'agent'
      ? heard === ''
        ? 'You were speaking, and they heard nothing of it: say it now.'
        : `You were in the middle of what you said. The last that they heard of it is: ${JSON.stringify(heard)} What came after that they did not hear: go on from there.`
      : undefined,
    speaking === 'caller'
      ? 'They were in the middle of what they said, and you have heard only the beginning: ask them to say it again.'
      : undefined,
    typing
      ? 'They were typing something in secret, of which nothing is known: ask them to type it anew, from the beginning.'
      : undefined,
    speaking === undefined && owed && greeted ? 'They wait for you to answer.' : undefined,
    operator
      ? 'A colleague of yours, a person, was speaking with them in your place, and is not on the line any more; you have heard nothing of that.'
      : undefined,
    leaving === undefined
      ? undefined
      : leaving.departure.to === 'hang-up'
        ? 'You were saying goodbye: do so in one short sentence. They are hung up on then.'
        : 'They are on their way to somebody else: say so in one short sentence. They are let go then.',
    isNoticed && answer
      ? `Begin with these words, and nothing before them: ${JSON.stringify(phrase)}`
      : undefined,
  ];
  return { told: lines.filter((line) => line !== undefined).join(' '), answer };
}

/** Of a line that was gone while this process had the call. True whenever it is read. */
export const toldOfGap = (phrase: string | undefined): string =>
  [
    'At this point the line to the caller had been gone for some seconds, and was open again. What they said meanwhile you have not heard.',
    'Ask them to say it again, if you have not spoken with them since; do not greet them.',
    phrase === undefined ? undefined : `Begin with these words: ${JSON.stringify(phrase)}`,
  ]
    .filter((line) => line !== undefined)
    .join(' ');

/**
 * Of a process that was taken for gone, and may only stand still: its line was not closed, so that what it had sent ahead was
 * heard. That counts, as nearly as can be told.
 */
export function heardFurther(entry: JournalEntry, awayMs: number): JournalEntry {
  const { said, open, speaking } = entry;
  const last = open.at(-1);
  if (awayMs < STOOD_STILL_MS || speaking !== 'agent' || last?.who !== 'agent') return entry;
  const heard = wordsWithin(last.text, last.heard.length + HEARD_FURTHER_MS * USUAL_LETTERS_PER_MS);
  if (heard.length <= last.heard.length) return entry;
  const wasSaid = last.heard.trim() !== '' && said.at(-1)?.who === 'agent';
  return {
    ...entry,
    open: [...open.slice(0, -1), { ...last, heard }],
    said: [...(wasSaid ? said.slice(0, -1) : said), { who: 'agent', text: heard }],
  };
}

/** Nothing has come of it yet: it begins once more. */
export const isUnbegun = ({
  greeted,
  said,
  tools,
  keypad,
  leaving,
  elsewhere,
  operator,
}: JournalEntry): boolean =>
  !greeted &&
  said.length + tools.length + keypad.keys.length === 0 &&
  leaving === undefined &&
  elsewhere === undefined &&
  !operator;
