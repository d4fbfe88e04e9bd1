// Names that are made of words: what an imported menu calls its pages, options and destinations. Pure.

/** Articles and the like say nothing in a name; en, es, de, fr, it, nl, pt. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the your our my you of and or with please ' +
    'el la los las un una su sus de del con y o der die das den dem des ein eine einen einem ihr ihre ihren und oder mit ' +
    'le les une votre vos des du et ou avec il lo gli i sua suo e uno het een uw en os as seu sua um uma'
  ).split(' '),
);
const MOST_WORDS = 4;
const MOST_CHARACTERS = 32;

/** Small letters, digits and _, a letter first; `orElse` where the words leave nothing. */
export function nameFrom(words: string, orElse: string): string {
  const plain = words
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll(/ä|ö|ü/g, (umlaut) => ({ ä: 'ae', ö: 'oe' })[umlaut] ?? 'ue')
    .normalize('NFD')
    .replaceAll(/[\p{M}'’]/gu, '');
  const all = plain.split(/[^a-z0-9]+/).filter((word) => word !== '');
  const telling = all.filter((word) => !EMPTY_WORDS.has(word));
  const name = (telling.length > 0 ? telling : all).slice(0, MOST_WORDS).join('_').slice(0, MOST_CHARACTERS);
  const bare = name.replace(/^[0-9_]+/, '').replace(/_+$/, '');
  return bare === '' ? orElse : bare;
}

/** Names that are all different. */
export class Names {
  readonly #taken = new Set<string>();

  /** `name`, or the first of `instead` that nothing else has, or with a number behind it. */
  take(name: string, ...instead: readonly string[]): string {
    let free = [name, ...instead].find((one) => !this.#taken.has(one));
    for (let n = 2; free === undefined; n += 1) if (!this.#taken.has(`${name}_${n}`)) free = `${name}_${n}`;
    this.#taken.add(free);
    return free;
  }
}
