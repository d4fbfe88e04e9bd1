// Scripts without sound, and the telling of what was said in them.
import type { WireContent } from '../../../src/live/gemini/messages.ts';
import { recollect, type Recollection } from '../../../src/simulator/model/memory.ts';
import { BEGINNING, type Position } from '../../../src/simulator/model/position.ts';
import type { Script, Turn } from '../../../src/simulator/model/script.ts';
import { toldBy } from '../../../src/simulator/model/told.ts';

const LINE = { chunks: [], totalMs: 0 };
export const say = (text: string) => ({ do: 'say', text, line: LINE }) as const;
export const call = (...names: string[]) =>
  ({ do: 'call', calls: names.map((name) => ({ name, args: {} })), wait: true }) as const;
export const turn = (...steps: Turn['steps']): Turn => ({ hears: undefined, steps });
export const scriptWith = (greeting: string | undefined, ...turns: Turn[]): Script => ({
  name: 'x',
  greeting: greeting === undefined ? undefined : turn(say(greeting)),
  turns,
  otherwise: turn(say('Sorry, what was that again please?')),
  faults: [],
});

export const model = (text: string): WireContent => ({ role: 'model', parts: [{ text }] });
export const user = (text: string): WireContent => ({ role: 'user', parts: [{ text }] });
export const tell = (
  script: Script,
  turns: WireContent | readonly WireContent[],
  from: Position = BEGINNING,
  answers: ReadonlyMap<string, unknown> = new Map(),
): Recollection => recollect(script, from, toldBy([turns].flat()), answers);

/** As [turn, step, word, …awaits]; turn -1 is the greeting. `done` when nothing of a turn is left. */
export const at = (script: Script, { greeted, next, left }: Position): unknown[] =>
  left === undefined
    ? ['done', greeted, next]
    : [script.turns.indexOf(left.place.turn), left.place.step, left.place.word, ...left.place.awaits];
