// One server whose model is of no use, one call to each of its numbers, and what each caller met. Knows no limit.
import { MULAW_8K } from '../../src/audio/format.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Notice } from '../../src/call/notices.ts';
import { fastClock } from '../../src/simulator/fast-clock.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import { rehearse, scripted, wav } from '../rehearsal/rehearsal.ts';
import type { Cause } from './causes.ts';
import { STEPS, type Step } from './steps.ts';

export interface MeetOptions {
  readonly withinS: number;
  /** How much faster than the machine's the time of everything runs. */
  readonly speed: number;
  readonly dataDir: string;
}

export interface Met {
  /** From when there was no model until the first word; undefined: none of the two was. */
  readonly ms: number | undefined;
  /** It was the step that the ladder begins with. */
  readonly isRight: boolean;
}

const SALES = '+12025550190';
const PATIENCE_MS = 60_000;

const profileOf = ({ name, number, steps }: Step, withinS: number): string => `
name: ${name}
numbers: ['${number}']
greeting: Hello, harbour office.
instructions: Help.
fallback: { within_s: ${withinS}, steps: ${steps} }
destinations: { sales: { to: '${SALES}', description: Who sells } }
voicemail: {}
`;

/** Undefined: there is no such step of this cause. */
export async function meet(
  cause: Cause,
  { withinS, speed, dataDir }: MeetOptions,
): Promise<(Met | undefined)[]> {
  const clock = fastClock(speed, systemClock);
  const { app, place, close } = await rehearse({
    script: scripted({
      name: 'bench',
      greeting: { say: 'Hello, harbour office.' },
      otherwise: { steps: [{ say: 'Then Thursday at nine it is, and please bring your insurance card.' }] },
    }),
    faults: cause.faults,
    clock,
    serverLog: silentLog,
    agents: STEPS.map((step) => profileOf(step, withinS)),
    environment: { DATA_DIR: dataDir, ...cause.environment },
    people: [{ number: SALES, does: 'answers' }],
  });
  const notices: Notice[] = [];
  app.notices.subscribe((notice) => notices.push(notice));
  const met = await Promise.all(
    STEPS.map(async (step) => {
      if (step.to === undefined && cause.isThere) return undefined;
      const call = place({
        ...{ from: '+12025550143', to: step.number, keepSound: false, patienceMs: PATIENCE_MS },
        script: cause.isTalking ? [{ say: wav('caller/yes') }] : [],
      });
      await call.until(step.to === undefined ? 'streamClosed' : 'said-by-carrier').catch(() => undefined);
      call.hangUp();
      await call.done;
      return metIn(call, step, cause, notices);
    }),
  );
  await close();
  return met;
}

function metIn({ callSid, events }: PhoneCall, { to }: Step, cause: Cause, notices: readonly Notice[]): Met {
  const ofCall = notices.filter((notice) => notice.callId === callSid);
  const opened = ofCall.find(({ type }) => type === 'line-opened');
  const known = ofCall.findLast((notice) => 'atMs' in notice && cause.isKnown(notice));
  const first = events.find(({ type }) => type === (to === undefined ? 'streamClosed' : 'said-by-carrier'));
  const ways = ofCall.flatMap((notice) => (notice.type === 'routed' ? [notice.to] : []));
  const isGivenUp = ofCall.some((notice) => notice.type === 'call-ended' && notice.reason === 'model-failed');
  const isThere = to === undefined ? !ways.includes('fallback') : ways[0] === 'fallback' && ways[1] === to;
  const isRight = isGivenUp && isThere;
  if (!known || !opened || !first) return { ms: undefined, isRight };
  // The server tells of times since the answer, and the phone since it was placed.
  const stream = events.find(({ type }) => type === 'streamOpened');
  const knownMs = (stream?.atMs ?? 0) + known.atMs - opened.atMs;
  // The stream is closed once the apology was heard.
  return { ms: first.atMs - (to === undefined ? APOLOGY_MS : 0) - knownMs, isRight };
}

/** One byte is 1/8 ms of µ-law. */
const APOLOGY_MS = soundFromWav(wav('prompts/apology-en'), MULAW_8K).length / 8;
