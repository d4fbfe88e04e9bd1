// <Dial> of a conference or of a queue (Twilio docs, TwiML <Conference> and <Queue>). Knows nothing of who else is there.
import type { ConferenceEvent } from './conference.ts';
import { wholeCallback, type DialOutcome } from './dialling.ts';
import { rfc2822 } from './fields.ts';
import { hold, wholeHold } from './hold.ts';
import type { Stage } from './stage.ts';
import type { ConferenceNoun, DialVerb, QueueNoun, Verb } from './verb.ts';
import { pause } from './waiting.ts';

/** What a waitUrl may say to who waits for a conference. */
const HEARD_BEFORE_START: readonly Verb['verb'][] = ['Say', 'Play', 'Pause', 'Redirect'];

const secondsSince = (sinceMs: number, { clock }: Stage): string =>
  String(Math.round((clock.nowMs() - sinceMs) / 1_000));

export async function dialConference(
  verb: DialVerb,
  noun: ConferenceNoun,
  documentUrl: string,
  stage: Stage,
): Promise<DialOutcome> {
  const { clock, party } = stage;
  const music = wholeHold(noun.hold, noun.noun, documentUrl, stage);
  if (music === undefined) return {};
  stage.answer();
  const sinceMs = clock.nowMs();
  const conference = stage.office.conference(noun.name);
  const report = reporter(conference, noun, documentUrl, stage);
  const { startOnEnter, endOnExit, beep } = noun;
  const { started, ended, leave } = conference.join({ party, startOnEnter, endOnExit, beep }, report);
  const out = AbortSignal.any([stage.signal, ended]);
  const waiting = AbortSignal.any([out, started]);
  if (!waiting.aborted)
    await hold(music, HEARD_BEFORE_START, { ...stage, signal: waiting }, () => ({
      ConferenceSid: conference.sid,
    }));
  await pause(clock, verb.timeLimitS * 1_000, out);
  leave();
  return { DialCallStatus: 'answered', DialCallDuration: secondsSince(sinceMs, stage) };
}

/** Posts what happens in the conference to the statusCallback of who came first with one. */
function reporter(
  conference: { readonly sid: string; readonly name: string },
  noun: ConferenceNoun,
  documentUrl: string,
  stage: Stage,
): ((event: ConferenceEvent) => void) | undefined {
  const status = wholeCallback(noun.status, noun.noun, documentUrl, stage);
  if (!status) return undefined;
  let sequence = 0;
  return (happened) => {
    // The attribute names events without the word before the dash: start, end, join, leave.
    if (!status.events.includes(happened.event.replace(/^.*-/, ''))) return;
    const fields = {
      ConferenceSid: conference.sid,
      FriendlyName: conference.name,
      StatusCallbackEvent: happened.event,
      SequenceNumber: String(++sequence),
      Timestamp: rfc2822(stage.clock.epochMs()),
      ...detailsOf(happened),
    };
    stage.tell('conference', happened.event, { ...status, fields });
  };
}

function detailsOf(happened: ConferenceEvent): Record<string, string> {
  switch (happened.event) {
    case 'conference-start':
      return {};
    case 'conference-end':
      return { ReasonConferenceEnded: happened.why, CallSidEndingConference: happened.callSid };
    default: {
      const { party, startOnEnter, endOnExit } = happened.entrance;
      return {
        CallSid: party.callSid,
        StartConferenceOnEnter: String(startOnEnter),
        EndConferenceOnExit: String(endOnExit),
        Muted: 'false',
        Hold: 'false',
        Coaching: 'false',
      };
    }
  }
}

export async function dialQueue(verb: DialVerb, noun: QueueNoun, stage: Stage): Promise<DialOutcome> {
  const { clock, party, office, leg } = stage;
  stage.answer();
  const enough = new AbortController();
  const stopTimer =
    verb.timeoutS === undefined ? undefined : clock.after(verb.timeoutS * 1_000, () => enough.abort());
  const stopRinging = leg.entertain();
  const place = await office.queue(noun.name).take(AbortSignal.any([stage.signal, enough.signal]));
  stopTimer?.();
  stopRinging();
  if (!place) return { DialCallStatus: stage.signal.aborted ? 'canceled' : 'no-answer' };
  const sinceMs = clock.nowMs();
  const room = office.room();
  room.join(place.party);
  room.join(party);
  await pause(clock, verb.timeLimitS * 1_000, AbortSignal.any([stage.signal, place.gone]));
  room.leave(party);
  room.leave(place.party);
  place.released.abort();
  return {
    DialCallStatus: 'completed',
    DialCallSid: place.party.callSid,
    DialCallDuration: secondsSince(sinceMs, stage),
  };
}
