// Foreign text in a terminal: what it cannot do there, how wide it is, and where its lines break.
import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

/** A stretch of text in one style. */
export interface Span {
  readonly text: string;
  readonly style?: Style;
}

/** All that steers a terminal or reorders its text; the two joiners only shape letters. */
const STEERING = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]--[\u200c\u200d]]/gv;
/** In JSON these can stand inside strings only. Line breaks between its lines are ours. */
const STEERING_IN_JSON = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\n\u200c\u200d]]/gv;

const hex = (unit: number, digits: number): string => unit.toString(16).padStart(digits, '0');
const units = (text: string): number[] => text.split('').map((unit) => unit.charCodeAt(0));

/** One line in which nothing acts: `ESC [` becomes `\x1b[`, line breaks become spaces. */
export const visible = (text: string): string =>
  text.replaceAll(/[\t\n\r]+/g, ' ').replaceAll(STEERING, (found) =>
    units(found)
      .map((unit) => (unit < 0x100 ? `\\x${hex(unit, 2)}` : `\\u${hex(unit, 4)}`))
      .join(''),
  );

/** JSON that is as safe to look at as to parse. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replaceAll(STEERING_IN_JSON, (found) =>
    units(found)
      .map((unit) => `\\u${hex(unit, 4)}`)
      .join(''),
  );

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** East Asian wide and fullwidth (Unicode, UAX 11), and what terminals draw as emoji. */
const WIDE =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/v;

/** How many columns it takes. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** At most so many columns, with … where something is missing. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  return `${headOf(text, columns - 1)}…`;
}

function headOf(text: string, columns: number): string {
  let head = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += WIDE.test(segment) ? 2 : 1;
    if (width > columns) break;
    head += segment;
  }
  return head;
}

/** Lines of at most `columns` (2 or more), broken between words; a longer word is broken where it must be. */
export function wrapped(spans: readonly Span[], columns: number): string[] {
  const lines: Span[][] = [[]];
  let width = 0;
  for (const { text, style } of spans)
    for (const word of wordsOf(visible(text), columns)) {
      const wide = widthOf(word);
      const line = lines.at(-1)!;
      const piece: Span = style === undefined ? { text: word } : { text: word, style };
      if (line.length > 0 && width + 1 + wide > columns) {
        lines.push([piece]);
        width = wide;
      } else {
        width += wide + (line.length > 0 ? 1 : 0);
        line.push(piece);
      }
    }
  return lines.map(styled);
}

function* wordsOf(text: string, columns: number): Generator<string> {
  for (const word of text.split(/\s+/)) {
    let rest = word;
    while (widthOf(rest) > columns) {
      const head = headOf(rest, columns);
      yield head;
      rest = rest.slice(head.length);
    }
    if (rest !== '') yield rest;
  }
}

/** Words of one style that follow each other are styled together, with the spaces between them. */
export function styled(spans: readonly Span[]): string {
  const runs: { texts: string[]; style: Style | undefined }[] = [];
  for (const { text, style } of spans) {
    const last = runs.at(-1);
    if (last && last.style === style) last.texts.push(text);
    else runs.push({ texts: [text], style });
  }
  return runs
    .map(({ texts, style }) => (style === undefined ? texts.join(' ') : styleText(style, texts.join(' '))))
    .join(' ');
}
