// The URLs that Twilio is given name the process that gave them, wherever it comes back to; and a request says which that was.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callId } from '../../../src/base/ids.ts';
import { newNodeKey } from '../../../src/base/ids.ts';
import { readXml, type XmlElement } from '../../../src/base/xml.ts';
import { silentLog } from '../../../src/base/log.ts';
import {
  answeredByUrl,
  nodeOf,
  placedStatusUrl,
  placedUrl,
  recordingUrl,
  soundUrl,
} from '../../../src/carrier/twilio/addresses.ts';
import { createTwilioWebhooks } from '../../../src/carrier/twilio/webhooks.ts';
import type { Verb } from '../../../src/carrier/webhooks.ts';

const BASE = 'https://voice.example.com';
const NODE = 'aB3-_x9Z';
const hooksOf = (node?: string) =>
  createTwilioWebhooks({
    authTokens: ['t'],
    publicBaseUrl: BASE,
    log: silentLog,
    ...(node !== undefined && { node }),
  });

const say = { text: 'Hello.', language: 'en-US' };
const errand = { is: 'transfer', of: 'CA1', attempt: 2 } as const;
const VERBS: readonly Verb[] = [
  { do: 'stream', token: 't', step: 3 },
  { do: 'dial', step: 1, to: '+12025550111', ringS: 20, errand },
  { do: 'refer', step: 1, to: 'sip:a@b' },
  { do: 'hold', step: 1, callId: callId('CA1'), conference: 'c' },
  { do: 'queue', step: 1, callId: callId('CA1'), queue: 'q' },
  { do: 'record', step: 1, say, longestS: 60 },
  { do: 'ask-key', say: [say], withinS: 5, of: { step: 1 } },
  { do: 'ask-key', say: [say], withinS: 5, of: { errand } },
  { do: 'join', conference: 'c', errand },
  { do: 'take-from-queue', queue: 'q', errand },
  { do: 'music', callId: callId('CA1'), step: 1, sound: 's', key: true },
  { do: 'music', callId: callId('CA1'), step: 1, sound: 's', key: false },
];

/** Targets of the URLs in a document. */
function targetsOf(verb: Verb, node?: string): string[] {
  const found: string[] = [];
  const take = (text: string): void => {
    if (/^(https|wss):/.test(text)) found.push(text.slice(new URL(text).origin.length || BASE.length));
  };
  const walk = ({ attributes, text, children }: XmlElement): void => {
    for (const value of Object.values(attributes)) take(value);
    take(text);
    children.forEach(walk);
  };
  walk(readXml(hooksOf(node).render(verb).body));
  return found.map((target) => target.replace('wss://voice.example.com', ''));
}

/** What is answered by anybody alike. */
const ANYBODYS = /^\/twilio\/(sounds\/|recording|stream-status)/;

test.each(VERBS.map((verb) => [verb.do, verb] as const))('%s: every URL names the process', (_name, verb) => {
  const targets = targetsOf(verb, NODE);
  expect(targets.length).toBeGreaterThan(0);
  for (const target of targets)
    expect([target, nodeOf(target)]).toEqual([target, ANYBODYS.test(target) ? undefined : NODE]);
  for (const target of targetsOf(verb)) expect(nodeOf(target)).toBeUndefined();
});

test('a stream’s URL has it in its path: Twilio takes no query there', () => {
  const media = targetsOf({ do: 'stream', token: 't' }, NODE).filter((target) => target.includes('/media'));
  expect(media).toEqual([`/twilio/media/${NODE}`]);
  expect(targetsOf({ do: 'stream', token: 't' })).toContain('/twilio/media');
  expect(nodeOf(`/twilio/media/${NODE}/`)).toBe(NODE);
});

test('calls that we place come back to whoever placed them; recordings and sounds to anybody', () => {
  const base = { url: BASE, node: NODE };
  const targets = [placedUrl(base, 'a1'), placedStatusUrl(base, 'a1'), answeredByUrl(base, 'a1')];
  for (const url of targets) expect(nodeOf(url.slice(BASE.length))).toBe(NODE);
  for (const url of [recordingUrl(base), soundUrl(base, 's')])
    expect(nodeOf(url.slice(BASE.length))).toBeUndefined();
});

test('every key that there can be is read; what is none is nobody', () => {
  for (let n = 0; n < 200; n += 1) {
    const key = newNodeKey();
    expect([nodeOf(`/twilio/media/${key}`), nodeOf(`/twilio/wait?a=1&node=${key}#rc=1`)]).toEqual([key, key]);
  }
  for (const target of [
    '/twilio/media',
    '/twilio/media/',
    '/twilio/media/x',
    '/twilio/media/aaaaaaaa/b',
    '/twilio/wait?node=',
  ])
    expect(nodeOf(target)).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (text) => {
      const found = nodeOf(`/twilio/after-stream?node=${encodeURIComponent(text)}`);
      expect(found).toBe(/^[\w-]{8}$/.test(text) ? text : undefined);
    }),
  );
});
