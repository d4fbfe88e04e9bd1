// What Twilio shall do next, in its own words (TwiML). Knows where on this server Twilio comes back to; knows nothing of why.
import twilio from 'twilio';
import type VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { unreachable } from '../../base/errors.ts';
import type { Errand, Spoken, Verb } from '../webhooks.ts';
import {
  afterStreamUrl,
  mediaUrl,
  personStatusUrl,
  personUrl,
  recordingUrl,
  soundUrl,
  streamStatusUrl,
  TRIED_AGAIN,
  waitUrl,
  type Base,
} from './addresses.ts';
import { TOKEN_PARAMETER } from './messages.ts';

type SayLanguage = NonNullable<VoiceResponse.SayAttributes['language']>;

/** What XML 1.0 cannot hold; the generator throws on it, and an apology must not fail on a stray character. */
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const written = (text: string): string => text.replaceAll(UNWRITABLE, ' ');

/** Nobody hears when somebody joins or leaves, and whoever is left alone is let go. */
const CONFERENCE = { endConferenceOnExit: true, beep: 'false' } as const;
/** No conference starts before two are in it; a file may be played till then (Twilio docs, TwiML <Conference>). */
const musicWhileAlone = (base: Base) => ({ waitUrl: soundUrl(base, 'hold'), waitMethod: 'GET' as const });
/** By default # ends the keys and is not told itself (Twilio docs, TwiML <Gather>). */
const ONE_KEY: VoiceResponse.GatherAttributes = { input: ['dtmf'], numDigits: 1, finishOnKey: '' };
/** How long a person who takes a call waits for a queue that is empty by then. */
const QUEUE_TIMEOUT_S = 5;
/** Silence that ends a recording. */
const RECORD_TIMEOUT_S = 5;
/** After the music, before it is asked for again; the shortest that <Gather> takes. */
const KEY_AFTER_MUSIC_S = 1;

export function renderVerb(verb: Verb, base: Base): string {
  const response = new twilio.twiml.VoiceResponse();
  if ('say' in verb && verb.do !== 'ask-key' && verb.do !== 'music' && verb.say) say(response, verb.say);
  switch (verb.do) {
    case 'stream':
      if (verb.keys !== undefined) response.play({ digits: written(verb.keys) });
      response
        .connect({ action: afterStreamUrl(base, verb.step) })
        .stream({
          url: mediaUrl(base),
          name: 'main',
          statusCallback: streamStatusUrl(base),
        })
        .parameter({ name: TOKEN_PARAMETER, value: verb.token });
      break;
    case 'say-and-hang-up':
      say(response, verb);
      response.hangup();
      break;
    case 'hang-up':
      response.hangup();
      break;
    case 'dial':
      dial(response, verb, base);
      break;
    case 'refer':
      response.refer({ action: afterStreamUrl(base, verb.step) }).sip(written(verb.to));
      break;
    case 'hold':
      response.dial({ action: afterStreamUrl(base, verb.step) }).conference(
        {
          ...CONFERENCE,
          startConferenceOnEnter: false,
          waitUrl: waitUrl(base, verb.callId, verb.step),
        },
        written(verb.conference),
      );
      break;
    case 'join':
      response
        .dial({ action: personUrl(base, verb.errand, { over: '1' }) })
        .conference(
          { ...CONFERENCE, ...musicWhileAlone(base), startConferenceOnEnter: true },
          written(verb.conference),
        );
      break;
    case 'queue':
      response.enqueue(
        { action: afterStreamUrl(base, verb.step), waitUrl: waitUrl(base, verb.callId, verb.step) },
        written(verb.queue),
      );
      // <Leave> goes on with the next verb (Twilio docs, TwiML <Enqueue>).
      response.redirect(afterStreamUrl(base, verb.step));
      break;
    case 'take-from-queue':
      response
        .dial({ timeout: QUEUE_TIMEOUT_S, action: personUrl(base, verb.errand, { over: '1' }) })
        .queue(written(verb.queue));
      break;
    case 'leave-queue':
      response.leave();
      break;
    case 'record':
      response.record({
        action: afterStreamUrl(base, verb.step),
        playBeep: true,
        timeout: RECORD_TIMEOUT_S,
        finishOnKey: '#',
        maxLength: verb.longestS,
        trim: 'do-not-trim',
        recordingStatusCallback: recordingUrl(base) + TRIED_AGAIN,
        recordingStatusCallbackEvent: ['completed', 'absent'],
      });
      // Silence makes no recording, and no request for the action (Twilio docs, TwiML <Record>).
      response.redirect(afterStreamUrl(base, verb.step, { recorded: 'no' }));
      break;
    case 'ask-key': {
      const asked = { asked: '1' } as const;
      const gather = response.gather({
        ...ONE_KEY,
        timeout: verb.withinS,
        actionOnEmptyResult: true,
        action:
          'step' in verb.of
            ? afterStreamUrl(base, verb.of.step, asked)
            : personUrl(base, verb.of.errand, asked),
      });
      for (const spoken of verb.say) say(gather, spoken);
      break;
    }
    case 'music':
      music(response, verb, base);
      break;
    default:
      return unreachable(verb);
  }
  return response.toString();
}

type Speaker = Pick<VoiceResponse, 'say'> | VoiceResponse.Gather;

/** Twilio's list of languages grows; one that it does not know it reports in its own console (13512). */
const say = (to: Speaker, { text, language }: Spoken): void =>
  void to.say({ language: language as SayLanguage }, written(text));

function dial(response: VoiceResponse, verb: Extract<Verb, { do: 'dial' }>, base: Base): void {
  const to = written(verb.to);
  const dialled = response.dial({
    answerOnBridge: true,
    timeout: verb.ringS,
    ...(verb.callerId === undefined ? {} : { callerId: written(verb.callerId) }),
    action: afterStreamUrl(base, verb.step),
  });
  const status = statusOf(verb.errand, base);
  if (/^sips?:/i.test(to)) dialled.sip(status, to);
  else dialled.number(status, to);
}

/** How the leg of somebody whom we call tells of itself: the same by <Dial> and by REST. */
export const statusOf = (errand: Errand, base: Base) => ({
  statusCallback: personStatusUrl(base, errand),
  statusCallbackEvent: EVERY_STATUS,
});

export const EVERY_STATUS: ('initiated' | 'ringing' | 'answered' | 'completed')[] = [
  ...(['initiated', 'ringing', 'answered', 'completed'] as const),
];

/**
 * In a conference there may be no <Gather>, and a document that is at its end is only asked for again when it says so. A
 * queue asks again by itself, and only then surely tells the place (Twilio docs, TwiML <Conference> and <Enqueue>).
 */
function music(response: VoiceResponse, verb: Extract<Verb, { do: 'music' }>, base: Base): void {
  const again = waitUrl(base, verb.callId, verb.step);
  const to = verb.key ? response.gather({ ...ONE_KEY, timeout: KEY_AFTER_MUSIC_S, action: again }) : response;
  for (const spoken of verb.say ?? []) say(to, spoken);
  to.play(soundUrl(base, verb.sound));
  if (!verb.key) response.redirect(again);
}
