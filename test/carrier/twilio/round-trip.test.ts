import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callId } from '../../../src/base/ids.ts';
import type { CarrierRequest, Verb } from '../../../src/carrier/webhooks.ts';
import { readXml, type XmlElement } from '../../../src/base/xml.ts';
import { asked, BASE, hooks } from './asked.ts';

describe('what a verb carries comes back', () => {
  /** The URLs in a document, by the attribute or element that holds them. */
  function urlsOf(verb: Verb): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    const walk = (element: XmlElement): void => {
      for (const [name, value] of Object.entries(element.attributes))
        if (value.startsWith('https://')) found.set(name, value.slice(BASE.length));
      if (element.name === 'Redirect') found.set('Redirect', element.text.slice(BASE.length));
      element.children.forEach(walk);
    };
    walk(readXml(hooks.render(verb).body));
    return found;
  }
  const at = (verb: Verb, name: string, form: CarrierRequest['form'] = {}): CarrierRequest =>
    asked(urlsOf(verb).get(name) ?? 'none', form);

  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  const step = fc.nat({ max: Number.MAX_SAFE_INTEGER }).filter((count) => count < 1e15);
  const errand = fc.record({
    is: fc.constantFrom('transfer' as const, 'queue' as const, 'callback' as const),
    of: fc.oneof(text, fc.constantFrom(':', 'a:1', '1:2:3', '&over=1', '%', '+', ' ', '\n', '#', '"<')),
    attempt: step,
  });
  const say = { text: 'Hello.', language: 'en-US' };

  test('of a caller’s verb its step', () => {
    fc.assert(
      fc.property(step, errand, text.map(callId), (nth, of, id) => {
        const verbs: Verb[] = [
          { do: 'dial', step: nth, to: '+12025550111', ringS: 20, errand: of },
          { do: 'refer', step: nth, to: 'sip:a@b' },
          { do: 'hold', step: nth, callId: id, conference: 'c' },
          { do: 'queue', step: nth, callId: id, queue: 'q' },
          { do: 'record', step: nth, say, longestS: 60 },
          { do: 'ask-key', say: [say], withinS: 5, of: { step: nth } },
        ];
        for (const verb of verbs) expect(hooks.readQuestion(at(verb, 'action')).step).toBe(nth);
        expect(hooks.readQuestion(at(verbs[3]!, 'Redirect')).step).toBe(nth);
        expect(hooks.readQuestion(at(verbs[4]!, 'Redirect'))).toMatchObject({
          step: nth,
          outcome: { of: 'recording', id: undefined },
        });
        expect(hooks.readQuestion(at(verbs[5]!, 'action')).outcome).toEqual({ of: 'keys', digits: '' });
      }),
    );
  });

  test('of a person’s verb its errand', () => {
    fc.assert(
      fc.property(errand, (of) => {
        const dial = at({ do: 'dial', step: 1, to: 'sip:a@b', ringS: 20, errand: of }, 'statusCallback');
        expect(hooks.readPersonStatus(dial).errand).toEqual(of);
        const joined = at({ do: 'join', conference: 'c', errand: of }, 'action');
        const took = at({ do: 'take-from-queue', queue: 'q', errand: of }, 'action');
        for (const over of [joined, took])
          expect(hooks.readPersonQuestion(over)).toMatchObject({ errand: of, outcome: { of: 'over' } });
        const key = at({ do: 'ask-key', say: [say], withinS: 5, of: { errand: of } }, 'action', {
          Digits: '1',
        });
        expect(hooks.readPersonQuestion(key)).toMatchObject({
          errand: of,
          outcome: { of: 'keys', digits: '1' },
        });
      }),
    );
  });

  test('of waiting the call and its step', () => {
    fc.assert(
      fc.property(step, text.map(callId), (nth, id) => {
        const requests = [
          at({ do: 'hold', step: nth, callId: id, conference: 'c' }, 'waitUrl'),
          at({ do: 'queue', step: nth, callId: id, queue: 'q' }, 'waitUrl'),
          at({ do: 'music', step: nth, callId: id, sound: 's', key: true }, 'action'),
          at({ do: 'music', step: nth, callId: id, sound: 's', key: false }, 'Redirect'),
        ];
        for (const request of requests)
          expect(hooks.readWaiting(request)).toMatchObject({ callId: id, step: nth });
      }),
    );
  });
});
