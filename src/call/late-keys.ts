// Late keys: whose those are that follow a secret entry which is over. Pure; knows no key by what it was typed for.
import type { ActsAlone } from '../ivr/keypad.ts';
import type { SecretKind } from '../tools/secrets.ts';

/** Whoever types on behind the end means the number: their keys are nobody's until so long after the last. */
const LATE_KEYS_MS = 2_000;
/** Who presses one and the same shortcut again and again types no number, and gets through. */
const LEANED_ON_AT_MOST_MS = 10_000;
/** So soon after the last digit of a number of fixed length, another one is too many, unless the whole next number follows. */
const ONE_TOO_MANY_MS = 700;

/** An entry that is over. */
export interface Over {
  readonly kind: SecretKind;
  readonly endedMs: number;
  /** `digit`: its own last one, though the caller was told to press # · `else`: time, or that nobody waits for it any more. */
  readonly by: 'hash' | 'digit' | 'else';
  /** No digit was typed that others could belong to. */
  readonly isEmpty: boolean;
  /** Late ones. */
  readonly keys: number;
  /** The last of them came then; or it ended. */
  readonly lastMs: number;
  /** The one key that all of them were, and that acts by itself; '' before the first of them. Undefined: they may be a number. */
  readonly leansOn: string | undefined;
}

export const isOver = (
  kind: SecretKind,
  nowMs: number,
  { hasDigits, by }: { hasDigits: boolean; by: string | undefined },
): Over => ({
  ...{ kind, endedMs: nowMs, lastMs: nowMs, keys: 0, leansOn: '' },
  by: by === undefined ? 'else' : by === '#' ? 'hash' : 'digit',
  isEmpty: !hasDigits,
});

/** How long its late keys are waited for from now on. A number has all the time that it takes. */
export function lateForMs({ endedMs, lastMs, leansOn }: Over, nowMs: number): number {
  const untilMs = leansOn
    ? Math.min(lastMs + LATE_KEYS_MS, endedMs + LEANED_ON_AT_MOST_MS)
    : lastMs + LATE_KEYS_MS;
  return Math.max(0, untilMs - nowMs);
}

/** Whether a key does at once what it does by itself: of who gave up. All else may begin a number too late. */
export const actsAtOnce = ({ isEmpty, by, keys }: Over, acts: ActsAlone): boolean =>
  acts === 'shortcut' && isEmpty && by === 'hash' && keys === 0;

/** The key that was no number after all, once its time is up: it does then what it does by itself. */
export const actsNow = ({ isEmpty, leansOn }: Over): string | undefined =>
  isEmpty && leansOn ? leansOn : undefined;

/** Whether a key is still of an entry that is over although the next one is open, and has none yet. */
export function isStillOf({ by, isEmpty, lastMs }: Over, key: string, nowMs: number): boolean {
  const sinceMs = nowMs - lastMs;
  // However late: they were told that it ends each number.
  if (key === '#') return (by !== 'hash' && !isEmpty) || sinceMs < LATE_KEYS_MS;
  return by === 'digit' && sinceMs < ONE_TOO_MANY_MS;
}

/** A # ends it for good: what follows is the next number, however soon. */
export function withLateKey(over: Over, key: string, nowMs: number, acts?: ActsAlone): Over {
  const keys = over.keys + 1;
  if (key === '#') return { ...over, keys, lastMs: nowMs, by: 'hash' };
  // Whoever gave up, or never began, is not kept waiting by pressing it again.
  if (over.leansOn === key) return { ...over, keys, lastMs: over.isEmpty ? over.lastMs : nowMs };
  const leansOn = over.leansOn === '' && acts ? key : undefined;
  return { ...over, keys, lastMs: nowMs, leansOn };
}
