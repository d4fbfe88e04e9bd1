import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { contradictionsOf } from '../../src/agents/contradictions.ts';
import { profileSchema } from '../../src/agents/profile.ts';
import type { Outcome } from '../../src/carrier/webhooks.ts';
import { afterStream } from '../../src/ivr/after-stream.ts';
import type { View } from '../../src/ivr/answer.ts';
import type { Person, Route, Unreached, Where } from '../../src/ivr/route.ts';
import { signed } from '../../src/web/signed.ts';
import { IN_MENU, NOW_MS, PERSON, route, to, view, wanting } from './routes-rig.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/people.md'), 'utf8');

const blocks = (language: string): string[] =>
  Array.from(
    PAGE.matchAll(new RegExp(`^ *\`\`\`${language}\n([^]*?)^ *\`\`\`$`, 'gm')),
    ([, text]) => text ?? '',
  );

const LEAST = { name: 'Desk', numbers: '*', greeting: 'Hello.', instructions: 'Help.' };

test('the examples are profiles, and contradict nothing', () => {
  const [example, handing, ...others] = blocks('yaml').map((text): unknown => parse(text));
  expect(others).toEqual([]);
  const other = { ...LEAST, ...(handing as object) };
  expect(profileSchema().safeParse(other).error).toBeUndefined();
  expect(contradictionsOf(other)).toEqual([]);
  expect(profileSchema().safeParse(example).error).toBeUndefined();
  expect(contradictionsOf(example)).toEqual([]);
});

test('so does the example of the README, in a profile', () => {
  const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const section = /^## People and fallbacks\n([^]*?)^## /m.exec(readme)?.[1] ?? '';
  const lines = /```yaml\n([^]*?)```/.exec(section)?.[1] ?? '';
  const example = { ...LEAST, ...(parse(lines) as object) };
  expect(Object.keys(example)).toContain('destinations');
  expect(profileSchema().safeParse(example).error).toBeUndefined();
  expect(contradictionsOf(example)).toEqual([]);
});

test('what is posted is JSON', () => {
  const posts = blocks('json');
  expect(posts).toHaveLength(2);
  for (const text of posts) expect(() => void JSON.parse(text), text).not.toThrow();
});

test('the check of a signature takes ours, and no other', async () => {
  const [code] = blocks('js');
  const { isLiveline } = (await import(`data:text/javascript,${encodeURIComponent(code ?? '')}`)) as {
    isLiveline: (body: string, header: string | undefined, secret: string) => boolean;
  };
  const body = '{"from":"+12025550143"}';
  const header = signed(body, 'a-secret')['x-liveline-signature'];
  expect(isLiveline(body, header, 'a-secret')).toBe(true);
  expect(isLiveline(`${body} `, header, 'a-secret')).toBe(false);
  expect(isLiveline(body, header, 'another')).toBe(false);
  expect(isLiveline(body, createHmac('sha256', 'a-secret').update(body).digest('hex'), 'a-secret')).toBe(
    false,
  );
  expect(isLiveline(body, undefined, 'a-secret')).toBe(false);
});

interface Case {
  readonly from: Route;
  readonly outcome?: Outcome;
  readonly view?: Partial<View>;
}

const dial = (result: Extract<Outcome, { of: 'dial' }>['result'], talkedS = 0): Outcome => ({
  ...{ of: 'dial', result, talkedS },
});
const queue = (result: Extract<Outcome, { of: 'queue' }>['result']): Outcome => ({
  ...{ of: 'queue', result, waitedS: 9 },
});
const keys = (digits: string): Outcome => ({ of: 'keys', digits });
const stays = (where: Where, outcome?: Outcome): Case => ({
  from: route(where),
  ...(outcome && { outcome }),
});
const held = (person: Person): Case =>
  stays({ at: 'held', destination: 'billing', person, sinceMs: NOW_MS, untilMs: NOW_MS });
const gone = (why: Unreached): Case => held({ is: 'gone', why });
const dialled: Where = { at: 'dialled', destination: 'sales', answeredMs: undefined };
const queued = (leaves?: 'callback' | 'too-long'): Where => ({
  ...{ at: 'queued', destination: 'support', sinceMs: NOW_MS - 20_000, leaves },
});
const referred: Where = { at: 'referred', destination: 'lab' };
const inMenu = (menus: number): Route => route(IN_MENU, { rung: 1, menus });

/** Whatever the row is about, in all its kinds. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'agent: asks to hang up': [{ from: wanting({ to: 'hang-up' }) }],
  'agent: transfers: cold': [{ from: wanting(to('sales')) }],
  'agent: transfers: warm': [{ from: wanting(to('billing')) }],
  'agent: transfers: queue': [{ from: wanting(to('support')) }],
  'agent: transfers: refer, caller on SIP': [
    { from: { ...wanting(to('lab')), from: 'sip:ada@example.com' } },
  ],
  'agent: transfers: closed, refused or unknown destination': [
    { from: wanting(to('sales')), view: { isOpen: ({ name }) => name !== 'sales' } },
    { from: wanting(to('sales')), view: { mayDial: () => false } },
    { from: wanting(to('press')) },
  ],
  'agent: takes a voicemail': [{ from: wanting({ to: 'voicemail' }) }],
  'agent: gives up': [{ from: wanting({ to: 'fallback', because: 'model-failed' }) }],
  'agent: the stream was lost': [{ from: route() }],
  'rung: talked': [stays(dialled, dial('answered', 5))],
  'rung: busy, no answer, failed, hung up within 5 s': [
    ...(['busy', 'no-answer', 'failed', 'canceled'] as const).map((why) => stays(dialled, dial(why))),
    stays(dialled, dial('answered', 4)),
  ],
  'passed on: taken': [stays(referred, { of: 'refer', result: 'taken' })],
  'passed on: refused': [stays(referred, { of: 'refer', result: 'refused' })],
  'music: the person took the call, and talked': [
    held({ is: 'joined', id: PERSON, atMs: NOW_MS - 5_000 }),
    held({ is: 'left', talkedMs: 5_000 }),
  ],
  'music: declined, no answer, busy, failed, hung up within 5 s': [
    ...(['declined', 'no-answer', 'busy', 'failed', 'hung-up'] as const).map(gone),
    held({ is: 'left', talkedMs: 4_999 }),
  ],
  'queue: taken, and talked': [stays(queued(), queue('bridged'))],
  'queue: asked to be called back': [stays(queued('callback'), queue('left'))],
  'queue: waited too long, queue full, failed': [
    stays(queued('too-long'), queue('left')),
    stays(queued(), queue('full')),
    stays(queued(), queue('failed')),
  ],
  'menu: a key of a destination': [{ from: inMenu(1), outcome: keys('1') }],
  'menu: a key of the voicemail': [{ from: inMenu(1), outcome: keys('5') }],
  'menu: no key, or a wrong one': [
    { from: inMenu(1), outcome: keys('') },
    { from: inMenu(2), outcome: keys('9') },
  ],
  'menu: no key for the third time': [{ from: inMenu(3), outcome: keys('') }],
  'voicemail: message over, or nothing said': [
    stays({ at: 'voicemail' }, { of: 'recording', id: 'RE1', seconds: 12 }),
    stays({ at: 'voicemail' }),
  ],
};

/** As the page names them; of the full plan, the first step of the ladder is the menu, and the next one rings sales. */
const WORDS: Readonly<Record<string, readonly Route['given']['do'][]>> = {
  agent: ['stream'],
  'the end': ['hang-up'],
  'a sentence, the end': ['say-and-hang-up'],
  rung: ['dial'],
  music: ['hold'],
  queue: ['queue'],
  'passed on': ['refer'],
  voicemail: ['record'],
  menu: ['ask-key'],
  ladder: ['ask-key'],
  'next step': ['dial'],
};

const [, table = ''] = PAGE.split(/after-stream --\u003e\n/);
const rows = table
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test('the table on the page has every case, and no other', () => {
  expect(rows.map(([where, what]) => `${where}: ${what}`).sort()).toEqual(Object.keys(CASES).sort());
});

test.each(rows)('the page is right: %s, %s: %s; without an agent: %s', (where, what, here, without) => {
  for (const { from, outcome, view: more } of CASES[`${where}: ${what}`] ?? []) {
    const given = (agent: View['agent']) =>
      afterStream(from, outcome ?? { of: 'stream' }, view({ ...more, agent })).route.given.do;
    expect(WORDS[here]).toContain(given('here'));
    expect(WORDS[without]).toContain(given('gone'));
  }
});
