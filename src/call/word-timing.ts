// Word timing: which letters of a turn lie in which part of its sound, by when the words came. Pure; knows nothing of
// who plays or writes down.

/** Words as they came. */
export interface Fragment {
  readonly letters: number;
  /** How much sound of the turn there was when they came. */
  readonly atMs: number;
}

export interface Sounded {
  readonly fragments: readonly Fragment[];
  /** All sound of the turn so far. */
  readonly soundMs: number;
  /** `open`: more sound may come, and the last words may be ahead of theirs. */
  readonly state: 'open' | 'complete';
  /** Of this voice, as far as it is known. */
  readonly lettersPerMs: number;
}

interface Span {
  letters: number;
  startMs: number;
  endMs: number;
}

/** 150 words a minute, a usual pace of conversation; until a voice has shown its own. */
export const USUAL_LETTERS_PER_MS = 0.014;
/**
 * No part of a turn is taken to be faster than its voice by more: words that the API sends far ahead of their sound come
 * in a burst. 1.15 is better for bursts, and worse for words that come with their sound.
 */
const FASTEST_PACES = 1.3;

/**
 * How many letters of a turn were heard, with a fraction, when `heardMs` of its sound were. The API sends words apart from
 * their sound, without a promised order (https://ai.google.dev/api/live, outputTranscription). They are taken to come with
 * their sound or ahead of it: that of a fragment lies between where it came and where the next one did. Words that came
 * together share their sound by letters. Any order of positions, and any number, is taken.
 */
export function lettersHeard(turn: Sounded, heardMs: number): number {
  if (!(heardMs > 0)) return 0;
  const all = turn.fragments.reduce((sum, { letters }) => sum + letters, 0);
  if (turn.state === 'complete' && heardMs >= turn.soundMs) return all;
  const heard = spansOf(turn).reduce((sum, { letters, startMs, endMs }) => {
    const share = endMs > startMs ? (heardMs - startMs) / (endMs - startMs) : 0;
    return sum + letters * Math.min(1, Math.max(0, share));
  }, 0);
  return Math.min(all, heard);
}

function spansOf({ fragments, soundMs, state, lettersPerMs }: Sounded): Span[] {
  const spans: Span[] = [];
  let latestMs = -1;
  for (const { letters, atMs } of fragments) {
    const cameMs = Math.min(soundMs, Math.max(latestMs, atMs, 0));
    const last = spans.at(-1);
    if (last && cameMs === latestMs) last.letters += letters;
    // Nothing but the first words explains the first sound.
    else spans.push({ letters, startMs: last ? cameMs : 0, endMs: soundMs });
    latestMs = cameMs;
  }
  const fastest = FASTEST_PACES * Math.max(USUAL_LETTERS_PER_MS, lettersPerMs);
  let toMs = 0;
  for (const [n, span] of spans.entries()) {
    const next = spans[n + 1];
    const pace = next || state === 'complete' ? fastest : lettersPerMs;
    span.startMs = Math.max(toMs, span.startMs);
    span.endMs = Math.max(next?.startMs ?? soundMs, span.startMs + span.letters / pace);
    toMs = span.endMs;
  }
  // Words that would need more sound than a whole turn has were spoken faster.
  const scale = state === 'complete' && toMs > soundMs ? soundMs / toMs : 1;
  return spans.map(({ letters, startMs, endMs }) => ({
    letters,
    startMs: startMs * scale,
    endMs: endMs * scale,
  }));
}
