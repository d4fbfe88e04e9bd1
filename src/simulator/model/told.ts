// What a client's texts tell the model of the past: passages that repeat what was said, the beginnings of sentences that
// broke off, and JSON objects that may be results of tools. Knows no script.
//
// Only a turn of the role `model`, words in [brackets], and lines such as `Agent: …` count as told: any other text may
// quote a line in order to ask for it, as `Greet the caller in these words: …` does.
import type { WireContent } from '../../live/gemini/messages.ts';

export interface Word {
  /** In lower case, letters and digits only. */
  readonly is: string;
  /** Where it begins in the text. */
  readonly at: number;
}

export interface Told {
  /** Everything, with the objects blanked out. */
  readonly text: string;
  readonly objects: readonly { readonly at: number; readonly value: object }[];
  readonly passages: readonly (readonly Word[])[];
  /** What somebody is quoted with, whole: a model's turn, a line of a transcript, words in quotation marks. */
  readonly quotations: readonly (readonly Word[])[];
}

interface Piece {
  readonly at: number;
  readonly text: string;
}

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const LABEL = /(?:^|(?<=^\[))[ \t]*(?:[-*•] )?(?:you|agent|assistant|model)(?: said)?:/gimu;
/** As one piece: a sentence that went on after a break is two lines of a transcript. */
const AGENT_LINES = new RegExp(`(?:${LABEL.source}.*(?:\\n|$))+`, LABEL.flags);
const QUOTED = /["“«]([^"“”«»\n]+)["”»]/gu;
const BY_CALLER = /(?:caller (?:said|says|asked)|(?:^|[\n.!?”»"]\s*)caller):?\s*$/iu;
/** A single quoted word is more often a name than the beginning of a sentence. */
const LEAST_QUOTED_WORDS = 2;

export const wordsOf = (text: string, at = 0): Word[] =>
  [...text.normalize('NFC').matchAll(WORD)].map(({ 0: word, index }) => ({
    is: word.toLowerCase(),
    at: at + index,
  }));

export const textOf = (turns: readonly WireContent[]): string =>
  turns
    .flatMap((turn) => turn.parts ?? [])
    .flatMap((part) => part.text ?? [])
    .join('\n');

/** The outermost [ … ] of a text; a bracket that is never closed opens nothing. */
function bracketsIn(text: string): Piece[] {
  if (/^\s*\[.*\]\s*$/s.test(text)) return [{ at: 0, text }];
  const found: Piece[] = [];
  const open: number[] = [];
  for (const { 0: bracket, index } of text.matchAll(/[[\]]/g)) {
    if (bracket === '[') open.push(index);
    else {
      const at = open.pop();
      if (at !== undefined && open.length === 0) found.push({ at, text: text.slice(at, index + 1) });
    }
  }
  return found;
}

/** Where the brace at `from` is closed, strings left aside; undefined when it never is. */
function closingBrace(text: string, from: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (quoted && char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === '{') depth++;
    else if (!quoted && char === '}' && --depth === 0) return at;
  }
  return undefined;
}

function objectsIn(text: string): { at: number; end: number; value: object }[] {
  const found: { at: number; end: number; value: object }[] = [];
  for (let at = text.indexOf('{'); at >= 0;) {
    const closed = closingBrace(text, at);
    if (closed === undefined) break;
    const end = closed + 1;
    try {
      found.push({ at, end, value: JSON.parse(text.slice(at, end)) as object });
    } catch {
      // Braces of prose.
    }
    at = text.indexOf('{', end);
  }
  return found;
}

/** The text with its objects blanked out, every other character in its place. */
function withoutObjects(
  text: string,
  objects: readonly { readonly at: number; readonly end: number }[],
): string {
  const kept: string[] = [];
  let from = 0;
  for (const { at, end } of objects) {
    kept.push(text.slice(from, at), ' '.repeat(end - at));
    from = end;
  }
  return kept.join('') + text.slice(from);
}

/** The words in quotation marks, unless they are the caller's. */
const quotedIn = ({ at, text }: Piece): Piece[] =>
  [...text.matchAll(QUOTED)]
    .filter(
      ({ 1: quoted = '', index }) =>
        wordsOf(quoted).length >= LEAST_QUOTED_WORDS &&
        !BY_CALLER.test(text.slice(Math.max(0, index - 40), index)),
    )
    .map(({ 0: quoted, index }) => ({ at: at + index, text: quoted }));

/** `lines`: those of a transcript that are the agent's, outside of brackets. Labels are blanked out in all pieces. */
function tellingPieces(text: string): { brackets: Piece[]; lines: Piece[]; quotations: Piece[] } {
  const bare = text.replaceAll(LABEL, (label) => ' '.repeat(label.length));
  const piece = (at: number, { length }: string): Piece => ({ at, text: bare.slice(at, at + length) });
  const brackets = bracketsIn(text).map((bracket) => piece(bracket.at, bracket.text));
  const lines = [...text.matchAll(AGENT_LINES)].map(({ 0: found, index }) => piece(index, found));
  const isInside = (line: Piece): boolean =>
    brackets.some(({ at, text: { length } }) => line.at >= at && line.at < at + length);
  return {
    brackets,
    lines: lines.filter((line) => !isInside(line)),
    quotations: [...lines, ...brackets.flatMap(quotedIn)],
  };
}

export function toldBy(turns: readonly WireContent[]): Told {
  const objects: Told['objects'][number][] = [];
  const passages: Word[][] = [];
  const quotations: Word[][] = [];
  let all = '';
  let role: string | undefined;
  for (const turn of turns) {
    const from = all.length;
    const whole = textOf([turn]).normalize('NFC');
    const found = objectsIn(whole);
    const text = withoutObjects(whole, found);
    for (const { at, value } of found) objects.push({ at: from + at, value });
    const words = (piece: Piece): Word[] => wordsOf(piece.text, from + piece.at);
    if (turn.role === 'model') {
      const said = words({ at: 0, text });
      // One sentence may have become several turns.
      for (const list of [passages, quotations])
        list.push(role === 'model' ? [...(list.pop() ?? []), ...said] : said);
    } else {
      const pieces = tellingPieces(text);
      for (const piece of [...pieces.brackets, ...pieces.lines]) passages.push(words(piece));
      for (const piece of pieces.quotations) quotations.push(words(piece));
    }
    role = turn.role;
    all += `${text}\n`;
  }
  return { text: all, objects, passages, quotations };
}

/** A system instruction names tools, and may quote lines, that are yet to come: of it only what is told may be read. */
export function tellingPartsOf(instruction: WireContent): WireContent[] {
  const text = textOf([instruction]);
  const { brackets, lines } = tellingPieces(text);
  return [...brackets, ...lines].map(({ at, text: { length } }) => ({
    parts: [{ text: text.slice(at, at + length) }],
  }));
}
