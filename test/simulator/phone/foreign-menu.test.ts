// A menu that only listens to keys: where they lead, and what has no effect on it.
import { expect, test } from 'vitest';
import type { PhoneEventBody } from '../../../src/simulator/phone/events.ts';
import { foreignMenu } from '../../../src/simulator/phone/foreign-menu.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

function opened() {
  const clock = new ManualClock();
  const said: string[] = [];
  const wav = new Uint8Array();
  const menu = foreignMenu({
    pages: {
      main: { says: wav, keys: { 2: 'bills', '#': 'main' } },
      bills: { says: wav, keys: { 1: 'end' } },
      end: { says: wav },
    },
    first: 'main',
    say: (_, page) => said.push(page),
    clock,
    patienceMs: 4_000,
  });
  const tell = (event: PhoneEventBody): void => menu.onEvent({ ...event, atMs: clock.nowMs() });
  const opens = (): void => tell({ type: 'streamOpened', streamSid: 'MZ', url: '' });
  const key = (played: string): void => tell({ type: 'keyPlayed', key: played });
  const saidEnd = (what: string): void => tell({ type: 'saidEnd', what });
  return { clock, menu, said, tell, opens, key, saidEnd };
}

test('keys lead on; a stream that opens again does not begin it anew', () => {
  const { menu, said, opens, key } = opened();
  key('2');
  expect([menu.keys, said]).toEqual(['', []]);
  opens();
  key('2');
  opens();
  key('1');
  opens();
  expect([menu.keys, menu.pages]).toEqual(['21', ['main', 'bills', 'end']]);
  expect(said).toEqual(menu.pages);
});

test('a key that is none has the page said again; after the end no key does anything', () => {
  const { menu, opens, key } = opened();
  opens();
  for (const played of ['9', 'toString', '2', '2', '1', '1']) key(played);
  expect(menu.pages).toEqual(['main', 'main', 'main', 'bills', 'bills', 'end']);
});

test('speech, keys of its own and marks are nothing to it', () => {
  const { menu, opens, tell } = opened();
  opens();
  tell({ type: 'agentStarted' });
  tell({ type: 'agentQuiet', endedAtMs: 1, spokeMs: 900 });
  tell({ type: 'digit', digit: '2', sent: true });
  tell({ type: 'mark', name: 'x' });
  expect(menu.pages).toEqual(['main']);
});

test('without a key the page is said again, and not once it is left, ended or hung up', () => {
  const { clock, menu, opens, key, saidEnd, tell } = opened();
  opens();
  saidEnd('main');
  clock.advance(3_999);
  expect(menu.pages).toHaveLength(1);
  clock.advance(1);
  expect(menu.pages).toEqual(['main', 'main']);
  saidEnd('main');
  key('2');
  clock.advance(9_000);
  expect(menu.pages).toEqual(['main', 'main', 'bills']);
  saidEnd('bills');
  tell({ type: 'hungUp', by: 'server', why: '' });
  expect(clock.pending).toBe(0);
  key('1');
  saidEnd('end');
  expect(clock.pending).toBe(0);
});
