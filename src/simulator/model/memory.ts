// What a conversation's position becomes when its client tells what was said and what tools answered: the lines of the
// script are looked for in the text, where a model that thinks would simply remember. Pure; knows no socket and no sound.
import { beginningOf, isOver, type Place, type Position } from './position.ts';
import type { Script, Step, Turn } from './script.ts';
import { beginningIn, longestIn, soughtIn, type Sought } from './sought.ts';
import type { Told } from './told.ts';

export interface Recollection {
  readonly position: Position;
  /** What the text says that functions answered, by name. */
  readonly results: ReadonlyMap<string, unknown>;
  /** Whether the text told anything of the script at all, new or not. */
  readonly found: boolean;
}

interface Line {
  readonly place: Place;
  readonly text: string;
}

interface Said {
  readonly place: Place;
  /** Where the words stand in the text. */
  readonly at: number;
}

interface Result {
  readonly name: string;
  readonly response: object;
  readonly at: number;
}

/** The greeting first; then a turn's place here is one more than its place in the script. */
type Turns = readonly (Turn | undefined)[];

function linesOf(turns: Turns): Line[] {
  return turns.flatMap(
    (turn) =>
      turn?.steps.flatMap((each, step) =>
        each.do === 'say' ? [{ place: { ...beginningOf(turn), step }, text: each.text }] : [],
      ) ?? [],
  );
}

const functionsOf = (turns: Turns): ReadonlySet<string> =>
  new Set(
    turns.flatMap(
      (turn) =>
        turn?.steps.flatMap((step) => (step.do === 'call' ? step.calls.map(({ name }) => name) : [])) ?? [],
    ),
  );

/** Every mention of these functions, in the order of the text. */
function mentionsIn(text: string, names: ReadonlySet<string>): { name: string; at: number }[] {
  return [...text.matchAll(/[\w.:-]+/g)]
    .map(({ 0: token, index }) => ({ name: token.replaceAll(/^[.:-]+|[.:-]+$/g, ''), at: index }))
    .filter(({ name }) => names.has(name));
}

/** A function's result is the last object between its name and the next function's: its arguments may come first. */
function resultsIn(
  { objects }: Told,
  mentions: readonly { readonly name: string; readonly at: number }[],
): Result[] {
  return mentions.flatMap(({ name, at }, nth) => {
    const until = mentions[nth + 1]?.at ?? Infinity;
    const object = objects.findLast((each) => each.at > at && each.at < until);
    return object === undefined ? [] : [{ name, response: object.value, at: object.at }];
  });
}

/** Where a line stands once its first `count` sought words are said. */
function placeAfter(line: Place, sought: readonly Sought[], count: number): Place {
  const word = sought[count]?.word;
  return word === undefined ? { ...line, step: line.step + 1, word: 0 } : { ...line, word };
}

function saidOf(turns: Turns, told: Told, answers: ReadonlyMap<string, unknown>): Said[] {
  const taken = new Set<number>();
  return linesOf(turns).flatMap(({ place, text }) => {
    const sought = soughtIn(text, answers);
    const found = longestIn(told, sought, taken);
    return found === undefined ? [] : [{ place: placeAfter(place, sought, found.count), at: found.at }];
  });
}

/**
 * How far the line that comes next was said, by quotations that hold nothing but its beginning, or nothing but what
 * follows on `from`; also by the end of a quotation, after the line that was found last in it.
 */
function begunBy(
  { quotations }: Told,
  from: Place | undefined,
  last: Said | undefined,
  answers: ReadonlyMap<string, unknown>,
): Place | undefined {
  // A line that was begun tells of the calls before it, too.
  const ahead = from?.turn.steps.findIndex((each, at) => at >= from.step && each.do === 'say') ?? -1;
  const step = from?.turn.steps[ahead];
  if (from === undefined || step?.do !== 'say') return undefined;
  const place = ahead === from.step ? from : { ...beginningOf(from.turn), step: ahead };
  const sought = soughtIn(step.text, answers);
  const open = sought.findIndex(({ word }) => word >= place.word);
  let furthest = 0;
  for (const words of quotations) {
    const fresh = words.some(({ at }) => at === last?.at) ? words.filter(({ at }) => at > last!.at) : words;
    for (const start of [0, open]) {
      const count = start < 0 ? 0 : beginningIn(fresh, sought.slice(start));
      if (count > 0) furthest = Math.max(furthest, start + count);
    }
  }
  return furthest > Math.max(0, open) ? placeAfter(place, sought, furthest) : undefined;
}

/** The same place, or the one after the calls that come next in it and were made, as the text tells. */
function passCalls(
  place: Place,
  hasBegun: boolean,
  isMade: (name: string, hasBegun: boolean) => boolean,
  isAnswered: (name: string) => boolean,
): Place {
  let { step } = place;
  let awaits: readonly string[] = place.awaits.filter((name) => !isAnswered(name));
  let passed = hasBegun;
  const { steps } = place.turn;
  while (awaits.length === 0 && place.word === 0) {
    const ahead = steps.findIndex((each: Step, at) => at >= step && each.do !== 'pause');
    const call = steps[ahead];
    if (call?.do !== 'call' || !call.calls.every(({ name }) => isMade(name, passed))) break;
    step = ahead + 1;
    passed = true;
    awaits = call.wait ? call.calls.map(({ name }) => name).filter((name) => !isAnswered(name)) : [];
  }
  return step === place.step && awaits.length === place.awaits.length ? place : { ...place, step, awaits };
}

/** Where the conversation goes on, if the script has a turn for it. */
function upcoming(turns: Turns, { greeted, next, left }: Position): Place | undefined {
  const turn = (greeted || next > 0 ? undefined : turns[0]) ?? turns[next + 1];
  return left?.place ?? (turn && beginningOf(turn));
}

function isFurther(turns: Turns, { turn, step, word }: Place, than: Place | undefined): boolean {
  if (than === undefined || !turns.includes(than.turn)) return false;
  const turnsAhead = turns.indexOf(turn) - turns.indexOf(than.turn);
  return (turnsAhead || step - than.step || word - than.word) > 0;
}

/** `answers`: the last response of every tool, by its name. The position is never behind `from`. */
export function recollect(
  script: Script,
  from: Position,
  told: Told,
  answers: ReadonlyMap<string, unknown>,
): Recollection {
  const turns: Turns = [script.greeting, ...script.turns];
  const mentions = mentionsIn(told.text, functionsOf(turns));
  const answered = resultsIn(told, mentions);
  const results = new Map(answered.map(({ name, response }) => [name, response]));
  const known = new Map([...answers, ...results]);
  const said = saidOf(turns, told, known);
  const last = said.at(-1);

  const positionAt = (place: Place): Position => ({
    greeted: true,
    next: Math.max(from.next, turns.indexOf(place.turn)),
    left: isOver(place) ? undefined : { is: 'broken', place },
  });
  const isNews = last !== undefined && isFurther(turns, last.place, upcoming(turns, from));
  let position = isNews ? positionAt(last.place) : { ...from, greeted: from.greeted || said.length > 0 };
  const begun = begunBy(told, upcoming(turns, position), last, known);
  if (begun !== undefined) position = positionAt(begun);
  // A call that begins a turn has no line before it to tell it from earlier ones: its result has to come last.
  const isMade = (name: string, hasBegun: boolean): boolean =>
    hasBegun
      ? mentions.some((mention) => mention.name === name)
      : answered.some((result) => result.name === name && result.at > (last?.at ?? -1));
  const ahead = upcoming(turns, position);
  const passed =
    ahead && passCalls(ahead, position.left?.is === 'broken', isMade, (name) => results.has(name));
  if (passed !== undefined && passed !== ahead) position = positionAt(passed);
  return { position, results, found: said.length > 0 || begun !== undefined || answered.length > 0 };
}
