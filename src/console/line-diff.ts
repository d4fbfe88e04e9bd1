// Two texts, line by line: what was taken out, what came in, and a little around it. Pure; the server makes it, the page shows it.

export interface DiffLine {
  /** `gap`: lines that are the same, and left out. */
  readonly is: 'same' | 'added' | 'removed' | 'gap';
  readonly text: string;
  /** Counts from 1: of a removed line in the text before, else in the text now. Of a gap, how many lines it stands for. */
  readonly line: number;
}

const AROUND = 3;
/** Of lines before times lines now, between the first and the last change: more are shown as all taken out and all new. */
const MOST_PAIRS = 2_000_000;

/** Empty where nothing changed. */
export function lineDiff(before: string, now: string): readonly DiffLine[] {
  const [old, fresh] = [linesOf(before), linesOf(now)];
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  let tail = 0;
  while (
    tail < old.length - start &&
    tail < fresh.length - start &&
    old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]
  )
    tail += 1;
  if (start === old.length && start === fresh.length) return [];
  const same = (text: string, line: number): DiffLine => ({ is: 'same', text, line });
  return folded([
    ...fresh.slice(0, start).map((text, n) => same(text, n + 1)),
    ...middle(old.slice(start, old.length - tail), fresh.slice(start, fresh.length - tail), start),
    ...fresh.slice(fresh.length - tail).map((text, n) => same(text, fresh.length - tail + n + 1)),
  ]);
}

/** The end of the last line begins no other. */
const linesOf = (text: string): readonly string[] =>
  text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);

/** By the longest lines that both have in the same order; what was taken out stands before what came in its place. */
function middle(old: readonly string[], fresh: readonly string[], offset: number): DiffLine[] {
  const removed = (n: number): DiffLine => ({ is: 'removed', text: old[n]!, line: offset + n + 1 });
  const added = (n: number): DiffLine => ({ is: 'added', text: fresh[n]!, line: offset + n + 1 });
  if (old.length * fresh.length > MOST_PAIRS)
    return [...old.map((_, n) => removed(n)), ...fresh.map((_, n) => added(n))];
  const width = fresh.length + 1;
  /** How many lines both have from there on. */
  const common = new Uint32Array((old.length + 1) * width);
  for (let a = old.length - 1; a >= 0; a -= 1)
    for (let b = fresh.length - 1; b >= 0; b -= 1)
      common[a * width + b] =
        old[a] === fresh[b]
          ? common[(a + 1) * width + b + 1]! + 1
          : Math.max(common[(a + 1) * width + b]!, common[a * width + b + 1]!);
  const lines: DiffLine[] = [];
  let [a, b] = [0, 0];
  while (a < old.length || b < fresh.length) {
    if (a < old.length && b < fresh.length && old[a] === fresh[b]) {
      lines.push({ is: 'same', text: fresh[b]!, line: offset + b + 1 });
      a += 1;
      b += 1;
    } else if (
      b >= fresh.length ||
      (a < old.length && common[(a + 1) * width + b]! >= common[a * width + b + 1]!)
    ) {
      lines.push(removed(a));
      a += 1;
    } else {
      lines.push(added(b));
      b += 1;
    }
  }
  return lines;
}

/** Without what is far from every change. */
function folded(lines: readonly DiffLine[]): DiffLine[] {
  const near = new Set<number>();
  for (const [n, { is }] of lines.entries())
    if (is !== 'same') for (let at = n - AROUND; at <= n + AROUND; at += 1) near.add(at);
  const shown: DiffLine[] = [];
  let skipped = 0;
  for (const [n, line] of lines.entries()) {
    if (!near.has(n)) {
      skipped += 1;
      continue;
    }
    if (skipped > 0) shown.push({ is: 'gap', text: '', line: skipped });
    skipped = 0;
    shown.push(line);
  }
  if (skipped > 0) shown.push({ is: 'gap', text: '', line: skipped });
  return shown;
}
