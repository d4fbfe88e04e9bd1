// What any telling of any part of any conversation does to its position in the script.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WireContent } from '../../../src/live/gemini/messages.ts';
import { BEGINNING } from '../../../src/simulator/model/position.ts';
import type { Script } from '../../../src/simulator/model/script.ts';
import { at, call, model, say, scriptWith, tell, turn, user } from './memory-rig.ts';

describe('any part of any conversation', () => {
  interface Shape {
    readonly script: Script;
    /** One for every line and every answered call, in order, and where the conversation stands after it. */
    readonly events: readonly { readonly turns: WireContent[]; readonly then: unknown[] }[];
  }

  /** Every line has words of its own, so that an expectation needs no search. */
  const shapes = fc
    .record({
      hasGreeting: fc.boolean(),
      turns: fc.array(
        fc.array(fc.record({ words: fc.integer({ min: 1, max: 9 }), calls: fc.boolean() }), {
          minLength: 1,
          maxLength: 3,
        }),
        { minLength: 1, maxLength: 4 },
      ),
      inBrackets: fc.boolean(),
      /** How many words of the last line that is told. */
      cut: fc.nat(),
      upTo: fc.nat(),
    })
    .map(({ hasGreeting, turns, inBrackets, cut, upTo }): Shape => {
      const textOf = (line: string, words: number): string =>
        Array.from({ length: words }, (_, word) => `W${line}x${word}${word % 3 === 2 ? ',' : ''}`).join(' ');
      const script = scriptWith(
        hasGreeting ? textOf('greeting', 5) : undefined,
        ...turns.map((lines, nth) =>
          turn(
            ...lines.flatMap(({ words, calls }, line) => [
              say(textOf(`${nth}l${line}`, words)),
              ...(calls ? [call(`f_${nth}_${line}`)] : []),
            ]),
          ),
        ),
      );
      const spoken = (text: string): WireContent =>
        inBrackets ? user(`[You had said: ${text} — and]`) : model(text);
      const events: { turns: WireContent[]; then: unknown[] }[] = [];
      if (script.greeting?.steps[0]?.do === 'say')
        events.push({ turns: [spoken(script.greeting.steps[0].text)], then: ['done', true, 0] });
      for (const [nth, { steps }] of script.turns.entries())
        for (const [step, each] of steps.entries()) {
          const then = step + 1 < steps.length ? [nth, step + 1, 0] : ['done', true, nth + 1];
          if (each.do === 'say') events.push({ turns: [user('Qs.'), spoken(each.text)], then });
          if (each.do === 'call')
            events.push({ turns: [user(`[${each.calls[0]!.name} answered {"n":${step}}]`)], then });
        }
      const told = events.slice(0, 1 + (upTo % events.length));
      const last = told.at(-1)!;
      const text = last.turns.at(-1)!.parts![0]!.text!;
      const words = text.match(/W\w+x\d+/g) ?? [];
      const kept = 4 + (cut % 9);
      if (!text.startsWith('[f_') && kept < words.length) {
        const place = told.at(-2)?.then ?? [];
        const [nth, step] = place[0] === 'done' || place.length === 0 ? [Number(place[2] ?? 0), 0] : place;
        const isGreeting = hasGreeting && told.length === 1;
        told[told.length - 1] = {
          turns: [spoken(words.slice(0, kept).join(' '))],
          then: isGreeting ? [-1, 0, kept] : [nth, step, kept],
        };
      }
      return { script, events: told };
    });

  test('told at once is known exactly', () => {
    fc.assert(
      fc.property(shapes, ({ script, events }) => {
        const { position, found } = tell(
          script,
          events.flatMap(({ turns }) => turns),
        );
        expect(at(script, position)).toEqual(events.at(-1)!.then);
        expect(found).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('told bit by bit is known after each, and what is told again changes nothing', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), ({ script, events }, again) => {
        let position = BEGINNING;
        for (const event of events) {
          position = tell(script, event.turns, position).position;
          expect(at(script, position)).toEqual(event.then);
        }
        const earlier = events.slice(0, 1 + (again % events.length)).flatMap(({ turns }) => turns);
        expect(at(script, tell(script, earlier, position).position)).toEqual(events.at(-1)!.then);
      }),
      { numRuns: 200 },
    );
  });

  test('foreign words tell nothing, whoever is said to have spoken them', () => {
    const foreign = fc.stringMatching(/^[a-v {}\[\]":\n]{0,200}$/);
    fc.assert(
      fc.property(shapes, foreign, fc.constantFrom('user', 'model'), ({ script, events }, text, role) => {
        const { position } = tell(script, events[0]!.turns);
        const after = tell(script, { role, parts: [{ text: `[${text}` }, { text: ']' }] }, position);
        expect(after).toEqual({ position, results: new Map(), found: false });
      }),
    );
  });
});
