// How the network carries out one TwiML verb. Knows what verbs mean; the call, which is the stage, knows how.
import { FRAME_MS } from '../../audio/format.ts';
import { unreachable } from '../../base/errors.ts';
import { dialNumbers, type DialOutcome } from './dialling.ts';
import { enqueue } from './enqueue.ts';
import { gather } from './gather.ts';
import { dialConference, dialQueue } from './meeting.ts';
import { record } from './record.ts';
import { refer } from './refer.ts';
import { whole, type Stage } from './stage.ts';
import { hum, isKey, keyMs } from './tones.ts';
import type { DialVerb, Target, Verb } from './verb.ts';
import { pause } from './waiting.ts';

/** `loop` 0 means until the stage's signal. */
async function playLoop({ leg, signal }: Stage, sound: Uint8Array, loop: number): Promise<void> {
  for (let count = 0; !signal.aborted && (loop === 0 || count < loop); count++) {
    if (sound.length === 0) return leg.wait(FRAME_MS, signal);
    await leg.play(sound, signal);
  }
}

async function say(verb: Verb & { verb: 'Say' }, stage: Stage): Promise<void> {
  const { text, language, loop } = verb;
  stage.emit({ type: 'said-by-carrier', text, language });
  await playLoop(stage, hum(text), loop);
  if (!stage.signal.aborted) stage.leg.understood(text);
}

/** Who is at the phone gets each key once it was played: tones are told apart from voices, and are no agent that speaks. */
async function pressKeys(digits: string, stage: Stage): Promise<void> {
  for (const key of digits) {
    await pause(stage.clock, keyMs(key), stage.signal);
    if (stage.signal.aborted) return;
    if (isKey(key)) stage.emit({ type: 'keyPlayed', key });
  }
}

async function dial(verb: DialVerb, documentUrl: string, stage: Stage): Promise<Target | undefined> {
  const [noun, ...more] = verb.nouns;
  let outcome: DialOutcome;
  switch (noun.noun) {
    case 'Conference':
      outcome = await dialConference(verb, noun, documentUrl, stage);
      break;
    case 'Queue':
      outcome = await dialQueue(verb, noun, stage);
      break;
    default:
      outcome = await dialNumbers(verb, [noun, ...more], documentUrl, stage);
  }
  const link = verb.action && whole(verb.action, verb.verb, documentUrl, stage);
  return link && { ...link, fields: outcome };
}

/** Returns where the next TwiML comes from; undefined: go on with the next verb. */
export async function perform(verb: Verb, documentUrl: string, stage: Stage): Promise<Target | undefined> {
  const { leg, signal } = stage;
  const target = (url: string, method: 'GET' | 'POST'): Target | undefined =>
    whole({ url, method }, verb.verb, documentUrl, stage);
  switch (verb.verb) {
    case 'Connect':
      await leg.stream(verb.stream, signal);
      return verb.action === undefined ? undefined : target(verb.action, verb.method);
    case 'Redirect':
      return target(verb.url === '' ? documentUrl : verb.url, verb.method);
    case 'Hangup':
      stage.hangUp('<Hangup>');
      return undefined;
    case 'Reject':
      stage.reject(verb.reason);
      return undefined;
    case 'Pause':
      await pause(stage.clock, verb.lengthS * 1_000, signal);
      return undefined;
    case 'PlayDigits':
      await pressKeys(verb.digits, stage);
      return undefined;
    case 'Say':
      await say(verb, stage);
      return undefined;
    case 'Play': {
      const found = target(verb.url, 'GET');
      const sound = found && (await stage.fetchSound(found.url));
      if (sound instanceof Uint8Array) await playLoop(stage, sound, verb.loop);
      else if (sound) stage.warn(sound);
      return undefined;
    }
    case 'Gather':
      return gather(verb, documentUrl, stage);
    case 'Record':
      return record(verb, documentUrl, stage);
    case 'Dial':
      return dial(verb, documentUrl, stage);
    case 'Enqueue':
      return enqueue(verb, documentUrl, stage);
    case 'Refer':
      return refer(verb, documentUrl, stage);
    case 'Leave':
      if (stage.leave) stage.leave();
      else stage.warn({ code: 12200, message: '<Leave> outside of a queue does nothing' });
      return undefined;
    case 'Unsupported':
      stage.fail({ code: 0, message: `this simulated network does not do <${verb.name}>; Twilio would` });
      return undefined;
    default:
      return unreachable(verb);
  }
}
