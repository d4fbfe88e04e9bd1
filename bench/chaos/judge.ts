// The judge of a chaos test: what each strike did to the callers, by what they heard, by what the model was told, by what tools did
// and by the journals. Strikes nobody.
import type { SimulatedModel } from '../../src/simulator/model/server.ts';
import type { SimulatedSession } from '../../src/simulator/model/record.ts';
import { earOf, type Ear, type Word } from './ear.ts';
import { hasTool, type Town } from './town.ts';
import { WORD_MS, WORDS_IN_LINE } from './tones.ts';

/** From a strike to the next; epoch ms. */
export interface Window {
  readonly name: string;
  readonly note: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Verdict {
  readonly window: Window;
  /** Calls whose line was lost, whose sentence broke off, or whose answer was late. */
  readonly touched: number;
  /** How often a call went to another process, as the journals have it. */
  readonly moved: number;
  /** Calls that ended otherwise than by their callers' will, and how. */
  readonly lost: readonly string[];
  /** In the middle of a sentence: from the last sound before to the first one after, in ms. */
  readonly gapsMs: readonly number[];
  /** Of calls that were touched: from the end of the first question that was still to be answered to the first sound, in ms. */
  readonly answersMs: readonly number[];
  /** Most of a sentence heard again, or never. */
  readonly repeated: readonly string[];
  readonly missing: readonly string[];
  /** Beside those: where a sentence broke off, about a word may be heard again or left out. */
  readonly wordsOff: number;
  readonly effectsRepeated: readonly string[];
  readonly effectsMissing: readonly string[];
  readonly doubles: readonly string[];
}

export const faultsOf = (verdict: Verdict): readonly string[] => [
  ...verdict.lost.map((what) => `call lost: ${what}`),
  ...verdict.repeated.map((what) => `turn repeated: ${what}`),
  ...verdict.missing.map((what) => `turn missing: ${what}`),
  ...verdict.effectsRepeated.map((what) => `tool effect repeated: ${what}`),
  ...verdict.effectsMissing.map((what) => `tool effect missing: ${what}`),
  ...verdict.doubles.map((what) => `double lease: ${what}`),
];

interface Finding {
  readonly atMs: number;
  readonly what: string;
}

/** As a telephone says that it was told to hang up (simulator/phone/telephone.ts). */
const WILLED = 'hung up';
/** More than half. */
const MOST_WORDS = Math.ceil(WORDS_IN_LINE / 2);
/** Less than that of a sentence's rest was cut off by nothing. */
const WHOLE_WORD_MS = WORD_MS * 0.6;
/** Where one sound ends and the next begins is known to 50 ms. */
const GAP_FROM_MS = 150;
/** An answer comes within 1.5 s, and one that needs a tool within 2 s. */
const LATE_FROM_MS = 3_000;
/** Whoever asked, or lost their line, so long before they hung up and heard nothing more had lost the call. */
const ABANDONED_AFTER_MS = 5_000;
/** What is on its way to a model when another process takes the call up. */
const ON_ITS_WAY_MS = 250;

/** Once all callers have hung up. */
export function judge(town: Town, windows: readonly Window[]): Verdict[] {
  const placed = town.callers.placed.map(({ call, from }) => ({ call, from, ear: earOf(call) }));
  const lost = placed.flatMap(({ call, ear }): Finding[] => {
    const { callSid, placedEpochMs } = call;
    const end = call.events.find((event) => event.type === 'hungUp');
    if (end === undefined) return [{ atMs: placedEpochMs, what: `${callSid}: it never ended` }];
    const atMs = placedEpochMs + end.atMs;
    if (end.by === 'caller' && end.why === WILLED) return abandonedIn(ear, atMs);
    return [{ atMs, what: `${callSid}, by ${end.by}: ${end.why}` }];
  });
  const effects = effectsIn(town.effects());
  const ears = placed.map(({ ear }) => ear);
  const turns = ears.map((ear) => turnsOf(ear));
  const tools = ears.map((ear) => toolsOf(ear, effects));
  const doubles = [
    ...town.leases.doubles.map(({ atEpochMs, what }) => ({ atMs: atEpochMs, what })),
    ...actedAtOnce(
      town.model,
      placed.map(({ from }) => from),
      town.clock.epochMs() - town.clock.nowMs(),
    ),
  ];
  return windows.map((window, nth) => {
    const isIn = (atMs: number): boolean => atMs >= window.fromMs && atMs < window.toMs;
    // Nothing falls between two strikes: what was before the first is the first one's, and what came after the last the last one's.
    const fromMs = nth === 0 ? Number.NEGATIVE_INFINITY : window.fromMs;
    const { fromMs: untilMs = Infinity } = windows[nth + 1] ?? {};
    const within = (findings: readonly Finding[]): string[] =>
      findings.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).map(({ what }) => what);
    const touched = ears.flatMap((ear) => {
      const harm = harmIn(ear, window);
      return harm ? [{ ear, harm }] : [];
    });
    return {
      window,
      touched: touched.length,
      moved: town.leases.movedMs.filter(isIn).length,
      lost: within(lost),
      gapsMs: touched.flatMap(({ harm }) => harm.gapsMs),
      answersMs: (window.name === 'none' ? ears : touched.map(({ ear }) => ear)).flatMap((ear) => {
        const first = ear.questions.find(
          ({ atMs, answeredMs = Infinity }) => answeredMs >= window.fromMs && atMs < window.toMs,
        );
        return first?.answeredMs === undefined ? [] : [first.answeredMs - first.atMs];
      }),
      repeated: within(turns.flatMap(({ repeated }) => repeated)),
      missing: within(turns.flatMap(({ missing }) => missing)),
      wordsOff: within(turns.flatMap(({ wordsOff }) => wordsOff)).length,
      effectsRepeated: within(tools.flatMap(({ repeated }) => repeated)),
      effectsMissing: within(tools.flatMap(({ missing }) => missing)),
      doubles: within(doubles),
    };
  });
}

/** Of whoever hung up themselves: nobody was there any more. What they asked last may be on its way to an answer. */
export function abandonedIn(
  { callSid, questions, breaks, soundAfter }: Omit<Ear, 'words'>,
  hungUpMs: number,
): Finding[] {
  const isLong = (atMs: number): boolean => hungUpMs - atMs >= ABANDONED_AFTER_MS;
  const asked = questions.find(({ atMs }) => isLong(atMs) && soundAfter(atMs) === undefined);
  const gone = breaks.find(({ lostMs, backMs }) => backMs === undefined && isLong(lostMs));
  const secondsFrom = (atMs: number): string => ((hungUpMs - atMs) / 1_000).toFixed(1);
  return [
    ...(asked
      ? [{ atMs: asked.atMs, what: `${callSid}: no answer in ${secondsFrom(asked.atMs)} s, to the end` }]
      : []),
    ...(gone
      ? [{ atMs: gone.lostMs, what: `${callSid}: no line for ${secondsFrom(gone.lostMs)} s, to the end` }]
      : []),
  ];
}

interface Harm {
  /** Of sentences that broke off. */
  readonly gapsMs: readonly number[];
}

/** What became of a call in this time; undefined: it went on as if nothing had been. */
function harmIn(ear: Ear, { fromMs, toMs }: Window): Harm | undefined {
  const isIn = (atMs: number): boolean => atMs >= fromMs && atMs < toMs;
  const gapsMs = ear.words.flatMap((word) => {
    if (isEnd(word) || !isIn(word.toMs)) return [];
    const nextMs = ear.soundAfter(word.toMs) ?? word.toMs;
    return nextMs - word.toMs >= GAP_FROM_MS ? [nextMs - word.toMs] : [];
  });
  const isBroken = ear.breaks.some(({ lostMs, backMs }) => isIn(lostMs) && backMs !== undefined);
  const isKeptWaiting = ear.questions.some(
    ({ atMs, answeredMs = atMs }) => isIn(answeredMs) && answeredMs - atMs >= LATE_FROM_MS,
  );
  return isBroken || isKeptWaiting || gapsMs.length > 0 ? { gapsMs } : undefined;
}

const isEnd = ({ word, fromMs, toMs }: Word): boolean =>
  word === WORDS_IN_LINE - 1 && toMs - fromMs >= WHOLE_WORD_MS;

interface Turns {
  readonly repeated: readonly Finding[];
  readonly missing: readonly Finding[];
  readonly wordsOff: readonly Finding[];
}

/** What of the answers was heard again, or never, up to the last that was heard. */
export function turnsOf({ callSid, words }: Pick<Ear, 'callSid' | 'words'>): Turns {
  const [repeated, missing, wordsOff]: Finding[][] = [[], [], []];
  const lastLine = Math.max(-1, ...words.map(({ line }) => line));
  for (let line = 0; line <= lastLine; line += 1) {
    const heard = Array.from({ length: WORDS_IN_LINE }, (_, word) =>
      words.filter((each) => each.line === line && each.word === word),
    );
    const again = heard.flatMap((times) => times.slice(1, 2));
    const order = words.filter((each) => each.line === line).map(({ word }) => word);
    const what = `${callSid} answer ${line}, of which was heard: ${order.join(' ') || 'nothing'}`;
    const againMs = again.at(-1)?.fromMs ?? 0;
    if (again.length >= MOST_WORDS) repeated!.push({ atMs: againMs, what });
    else for (const { fromMs } of again) wordsOff!.push({ atMs: fromMs, what });
    // The last one may have been cut off by the caller, who hung up.
    if (line === lastLine) continue;
    const never = heard.filter((times) => times.length === 0).length;
    const atMs = words.find((each) => each.line > line)?.fromMs ?? 0;
    if (never >= MOST_WORDS) missing!.push({ atMs, what });
    else for (let n = 0; n < never; n += 1) wordsOff!.push({ atMs, what });
  }
  return { repeated: repeated!, missing: missing!, wordsOff: wordsOff! };
}

const effectsIn = (lines: readonly string[]): ReadonlyMap<string, number> => {
  const times = new Map<string, number>();
  for (const line of lines) times.set(line, (times.get(line) ?? 0) + 1);
  return times;
};

/** Of answers that were heard: each is given once its tool has answered. */
function toolsOf({ callSid, words }: Ear, effects: ReadonlyMap<string, number>) {
  const [repeated, missing]: Finding[][] = [[], []];
  const first = new Map<number, number>();
  for (const { line, fromMs } of words) if (!first.has(line)) first.set(line, fromMs);
  for (const [line, atMs] of first) {
    if (!hasTool(line)) continue;
    const times = effects.get(`${callSid} ${line}`) ?? 0;
    if (times === 0) missing!.push({ atMs, what: `${callSid} answer ${line}` });
    if (times > 1) repeated!.push({ atMs, what: `${callSid} answer ${line}, ${times} times` });
  }
  return { repeated: repeated!, missing: missing! };
}

/** Two sessions of one call that were both spoken to: whoever lost the call acted on for it. `fromEpoch`: of the clock's zero. */
function actedAtOnce(model: SimulatedModel, callers: readonly string[], fromEpoch: number): Finding[] {
  return callers.flatMap((from) => {
    const sessions = model.sessions.filter((session) => JSON.stringify(session.setup ?? '').includes(from));
    return sessions.flatMap((session, nth) => {
      const after = sessions.slice(nth + 1).map(readyMs);
      const next = after.find((atMs) => atMs !== undefined);
      if (next === undefined) return [];
      return session.events
        .filter(({ type, atMs }) => ACTS.has(type) && atMs > next + ON_ITS_WAY_MS)
        .map(({ type, atMs, ...event }) => ({
          atMs: fromEpoch + atMs,
          what: `${from}: ${type} ${'text' in event ? JSON.stringify(event.text) : ''} on socket ${session.number}, ${Math.round(atMs - next)} ms after the next was ready`,
        }));
    });
  });
}

const ACTS: ReadonlySet<string> = new Set(['prompted', 'toolAnswered', 'seeded']);
const readyMs = ({ events }: SimulatedSession): number | undefined =>
  events.find(({ type }) => type === 'ready')?.atMs;
