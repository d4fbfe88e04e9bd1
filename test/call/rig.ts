// A switchboard with one profile between a scripted model and scripted lines, all on one clock; the test is the carrier.
import { expect } from 'vitest';
import { profileSchema } from '../../src/agents/profile.ts';
import { MULAW_8K, bytesOfMs } from '../../src/audio/format.ts';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Prompts } from '../../src/call/prompts.ts';
import { Notices, type Notice } from '../../src/call/notices.ts';
import { Switchboard, type SwitchboardOptions } from '../../src/call/switchboard.ts';
import type { CarrierCall, Verb } from '../../src/carrier/webhooks.ts';
import type { Crm } from '../../src/crm/crm.ts';
import { createMemoryRoutes } from '../../src/ivr/route-store-memory.ts';
import { createMemoryCrm } from '../../src/crm/memory.ts';
import type { Delays } from '../doubles/carrier-playback.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { FakeLive, type FakeSession } from '../doubles/fake-session.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { toolsOf } from '../doubles/tools-of.ts';

export const id = callId(`CA${'1'.repeat(32)}`);
export const incoming: CarrierCall = {
  id,
  from: '+15550100123',
  to: '+15550100100',
  direction: 'inbound',
  status: 'ringing',
};
export const APOLOGY_MS = 1_000;
const APOLOGY_BYTE = 7;
export const COMFORT_MS = 400;
export const COMFORT_BYTE = 9;
export const GREETING_BYTE = 11;

/** A frame of the caller's, unlike any other. */
export const frame = (n = 1): Uint8Array => new Uint8Array(160).fill(n);

/** Tools answer in a later tick of the event loop, as real ones do; and so do promises. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface RigOptions {
  readonly bargeIn?: {
    greeting_interruptible?: boolean;
    greeting_guard_ms?: number;
    min_heard_ms?: number;
    caller_interrupts?: boolean;
    lower_voice_db?: number;
  };
  readonly turnTaking?: 'server' | 'local';
  /** Off when left out, so that tests of other rules count no sound of it. */
  readonly deadAirMs?: number | undefined;
  /** Of a turn that only repeats the one before; never when left out. */
  readonly repeatedWords?: number;
  readonly language?: string;
  /** More fields of the profile, and other profiles. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly others?: readonly Readonly<Record<string, unknown>>[];
  readonly crm?: Crm;
  /** The network between us and the carrier. */
  readonly through?: Delays;
  readonly apologyMs?: number;
  readonly comfortSound?: string;
  /** The profile's own; of this byte. */
  readonly greetingAudioMs?: number;
  /** The profile's destinations; it has transfer_call then. */
  readonly destinations?: Readonly<Record<string, { to: string; description: string; transfer?: 'warm' }>>;
  /** As it is, in the line's format. */
  readonly greetingAudio?: Uint8Array;
  readonly limits?: { calls_at_once?: number; call_minutes?: number };
  readonly transcription?: { agent?: 'off'; caller?: 'off' };
  /** What the carrier's REST interface answers. */
  readonly hangUp?: () => Promise<void>;
  readonly takeBack?: 'asked' | 'over';
  /** Of this process; left out: one of its own. */
  readonly clock?: ManualClock;
  /** More of the switchboard's own. */
  readonly more?: Partial<SwitchboardOptions>;
}

export function rig(options: RigOptions = {}) {
  const { bargeIn = {}, language = 'en-US', through = {}, apologyMs = APOLOGY_MS } = options;
  const { clock = new ManualClock() } = options;
  const live = new FakeLive();
  const notices = new Notices(silentLog);
  const told: Notice[] = [];
  notices.subscribe((notice) => told.push(notice));
  const lent = { lists: 0, out: 0 };
  const hungUp: string[] = [];
  const apologisedIn: string[] = [];
  const contacts = [{ id: 'c1', name: 'Ada Moreno', phone: '+15550100123', facts: {} }];
  const profiles = [
    profileSchema().parse({
      ...(options.comfortSound !== undefined && { comfort_sound: options.comfortSound }),
      ...((options.greetingAudioMs ?? options.greetingAudio) !== undefined && {
        greeting_audio: 'greeting.wav',
      }),
      ...(options.limits && { limits: options.limits }),
      ...(options.transcription && { transcription: options.transcription }),
      name: 'reception',
      numbers: ['+15550100100'],
      instructions: 'You are kind. The caller is {{caller}}. It is {{date}}.',
      greeting: 'Hello!',
      tools: ['look_up_contact', 'end_call', ...(options.destinations ? ['transfer_call'] : [])],
      ...(options.destinations && { destinations: options.destinations }),
      language,
      barge_in: bargeIn,
      turn_taking: options.turnTaking ?? 'server',
      dead_air_ms: options.deadAirMs ?? 'off',
      watchdog: { repeated_words: options.repeatedWords ?? 0 },
      silence: { ask_after_s: 'off' },
      ...options.fields,
    }),
    ...(options.others ?? []).map((fields) => profileSchema().parse(fields)),
  ];
  const prompts: Prompts = {
    music: new Map(),
    apology: (tag) => {
      apologisedIn.push(tag);
      return new Uint8Array(bytesOfMs(MULAW_8K, apologyMs)).fill(APOLOGY_BYTE);
    },
    greeting: (file) =>
      file === undefined
        ? undefined
        : (options.greetingAudio ??
          new Uint8Array(bytesOfMs(MULAW_8K, options.greetingAudioMs ?? 0)).fill(GREETING_BYTE)),
    comfort: (sound) => {
      if (sound === 'none') return undefined;
      return new Uint8Array(bytesOfMs(MULAW_8K, COMFORT_MS)).fill(COMFORT_BYTE);
    },
  };
  const switchboard = new Switchboard({
    roster: () => ({ profiles, prompts }),
    live,
    crm: options.crm ?? createMemoryCrm({ contacts }),
    control: {
      hangUp: (call) => {
        hungUp.push(call);
        return options.hangUp?.() ?? Promise.resolve();
      },
      takeBack: () => Promise.resolve(options.takeBack ?? 'asked'),
      place: () => Promise.reject(new Error('there is no carrier here')),
    },
    lendTools: (list) => {
      lent.lists += 1;
      lent.out += 1;
      return { tools: toolsOf(list), giveBack: () => void (lent.out -= 1) };
    },
    routes: {
      store: createMemoryRoutes(clock),
      popScreen: () => undefined,
      mayDial: () => true,
      musicOf: () => 'hold',
    },
    texts: { send: () => Promise.reject(new Error('there is no carrier here')) },
    lineFormat: MULAW_8K,
    notices,
    clock,
    log: silentLog,
    ...options.more,
  });
  const connect = <L extends FakeLine = FakeLine>(
    verb: Verb,
    line = new FakeLine(clock, through) as L,
    of = id,
  ): L => {
    if (verb.do !== 'stream') throw new Error(`expected a stream, got ${verb.do}`);
    expect(switchboard.attach({ callId: of, token: verb.token }, line)).toBe(true);
    return line;
  };
  const of = <Type extends Notice['type']>(type: Type) =>
    told.filter((notice): notice is Extract<Notice, { type: Type }> => notice.type === type);
  return {
    ...{ clock, live, switchboard, notices, told, of, hungUp, apologisedIn, connect, lent },
    /** A call with its line open and its model ready. */
    answered: (): { line: FakeLine; session: FakeSession } => {
      const line = connect(switchboard.answer(incoming));
      live.last.ready();
      return { line, session: live.last };
    },
    afterStream: (status: CarrierCall['status'] = 'in-progress'): Verb =>
      switchboard.afterStream({
        call: { ...incoming, status },
        step: undefined,
        outcome: { of: 'stream' },
      }),
    /** Why and when the call ended, since it was answered; undefined while it goes on. */
    get ended(): { reason: string; atMs: number } | undefined {
      const [end, ...more] = of('call-ended');
      expect(more, 'a call ends once').toEqual([]);
      return end && { reason: end.reason, atMs: end.atMs };
    },
    /** When the caller had heard a whole turn of which words are known. */
    get heardAtMs(): number | undefined {
      return of('transcript').findLast(({ entry }) => entry.who === 'agent' && entry.state === 'done')?.atMs;
    },
  };
}

export const isApology = (sound: Uint8Array): boolean => sound.every((byte) => byte === APOLOGY_BYTE);

/** A CRM that never answers; it shows what would tell it to give up. */
export function hangingCrm(signals: AbortSignal[]): Crm {
  const hang = (signal: AbortSignal): Promise<never> => {
    signals.push(signal);
    return new Promise(() => undefined);
  };
  return {
    ...createMemoryCrm({ contacts: [] }),
    findByPhone: (_phone, signal) => hang(signal),
    findByName: (_name, _limit, signal) => hang(signal),
    createObject: (_object, _key, signal) => hang(signal),
  };
}
