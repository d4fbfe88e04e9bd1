// What is kept of the caller during a greeting, through our ear to the real uplink: the fake session withholds nothing.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MULAW_8K } from '../../src/audio/format.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import { silentLog } from '../../src/base/log.ts';
import { Ear } from '../../src/call/ear.ts';
import { Media } from '../../src/call/media.ts';
import { Played } from '../../src/call/played.ts';
import { Playout } from '../../src/call/playout.ts';
import { Pacer } from '../../src/call/pacer.ts';
import { Uplink } from '../../src/live/gemini/uplink.ts';
import { FakeSession } from '../doubles/fake-session.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const CALLER = soundFromWav(
  readFileSync(new URL('../../fixtures/audio/caller/interrupt.wav', import.meta.url)),
  MULAW_8K,
);
const SILENCE = new Uint8Array(160).fill(0xff);

function held() {
  const uplink = new Uplink(silentLog, { detector: 'local' });
  const told: string[] = [];
  let bytes = 0;
  uplink.open({
    audio: (pcm) => void (bytes += pcm.length),
    started: () => void told.push('started'),
    ended: () => void told.push('ended'),
  });
  const session = new FakeSession();
  session.send = (pcm) => uplink.send(pcm);
  session.holdSpeech = (on) => uplink.hold(on);
  session.letThrough = (sinceMs) => uplink.letThrough(sinceMs);
  const clock = new ManualClock();
  const played = new Played(MULAW_8K);
  const playout = new Playout({
    format: MULAW_8K,
    clock,
    pacer: new Pacer(clock),
    onTurnHeard: () => undefined,
  });
  let agentHeard = false;
  const ear = new Ear({
    ...{ session, lineFormat: MULAW_8K, played },
    isAgentHeard: () => agentHeard,
    onSound: () => undefined,
  });
  const media = new Media(session, playout, MULAW_8K, ear);
  media.holdCaller();
  const hear = (sound: Uint8Array): void => {
    for (let at = 0; at + 160 <= sound.length; at += 160) media.fromCaller(sound.subarray(at, at + 160));
  };
  return {
    ...{ media, told },
    agent: (isHeard: boolean) => void (agentHeard = isHeard),
    say: () => hear(CALLER),
    quiet: (ms: number) => {
      for (let left = ms; left > 0; left -= 20) hear(SILENCE);
    },
    get givenMs() {
      return bytes / 32;
    },
  };
}

test('[BI3] in a protected greeting: what was said and is over follows', () => {
  const caller = held();
  caller.agent(true);
  caller.quiet(200);
  caller.say();
  caller.quiet(1_200);
  caller.agent(false);
  caller.media.releaseCaller();
  caller.quiet(1_200);
  expect(caller.told).toEqual(['started', 'ended']);
  expect(caller.givenMs).toBeGreaterThan(CALLER.length / 8 - 600);
});

test.each([
  ['while the greeting was heard', true],
  ['before it was', false],
])('[GR6] more than a reflex in a guard, said %s: follows', (_when, agentHeard) => {
  const caller = held();
  caller.agent(agentHeard);
  caller.quiet(200);
  caller.say();
  caller.quiet(1_200);
  caller.agent(true);
  caller.quiet(600);
  caller.media.endGuard();
  caller.quiet(1_200);
  expect(caller.told[0]).toBe('started');
  expect(caller.givenMs).toBeGreaterThan(CALLER.length / 8 - 600);
});
