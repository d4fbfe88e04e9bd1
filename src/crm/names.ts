// When two names are the same to the ear of a phone call: case, accents and punctuation do not count.
// Knows nothing of contacts.

/** ICU's base letters: é, ø and ł equal e, o and l; ß equals ss. */
const letters = new Intl.Collator('und', { sensitivity: 'base' });
const same = (a: string, b: string): boolean => letters.compare(a, b) === 0;
const begins = (word: string, start: string): boolean => same(word.slice(0, start.length), start);

/** Of letters, digits and marks alone. */
export const wordsOf = (name: string): string[] =>
  name
    .normalize('NFC')
    .split(/[\s-]+/u)
    .map((word) => word.replaceAll(/[^\p{L}\p{N}\p{M}]/gu, ''))
    .filter((word) => word !== '');

export function sameName(a: string, b: string): boolean {
  const [ours, theirs] = [wordsOf(a), wordsOf(b)];
  return ours.length > 0 && ours.length === theirs.length && ours.every((word, i) => same(word, theirs[i]!));
}

/** How well a name answers a query: 0 the whole name, 1 whole words of it, 2 beginnings of words; undefined: not at all. */
export function nameRank(query: string, name: string): 0 | 1 | 2 | undefined {
  const [asked, words] = [wordsOf(query), wordsOf(name)];
  if (asked.length === 0) return undefined;
  if (sameName(query, name)) return 0;
  if (asked.every((part) => words.some((word) => same(word, part)))) return 1;
  if (asked.every((part) => words.some((word) => begins(word, part)))) return 2;
  return undefined;
}
