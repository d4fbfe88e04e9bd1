// <Dial> of numbers and SIP addresses: they all ring, the first to answer is connected (Twilio docs, TwiML <Dial>). Knows
// nothing of how a leg rings.
import { mayShow } from './caller-id.ts';
import { whole, type DialledLeg, type Stage } from './stage.ts';
import type { Callback, DialVerb, Link, NumberNoun, Target } from './verb.ts';
import { given, isGiven, pause } from './waiting.ts';

export type DialOutcome = Readonly<Record<string, string>>;

const RING_S = 30;

/** Somebody who picked up, and still listens once their whisper was over. */
interface Answered {
  readonly leg: DialledLeg;
  readonly stage: Stage;
}

export async function dialNumbers(
  verb: DialVerb,
  nouns: readonly NumberNoun[],
  documentUrl: string,
  stage: Stage,
): Promise<DialOutcome> {
  const { callerId } = verb;
  const caller = stage.party.from;
  if (!nouns.every(({ noun }) => mayShow(noun, callerId, caller))) {
    stage.warn({ code: 13214, message: `Dial: Invalid callerId value: '${callerId ?? caller}'` });
    return { DialCallStatus: 'failed' };
  }
  const over = new AbortController();
  const first = Promise.withResolvers<Answered | undefined>();
  let won = false;
  const legs = nouns.map((noun): DialledLeg => {
    const whisper = noun.whisper && whole(noun.whisper, noun.noun, documentUrl, stage);
    stage.emit({ type: 'dialling', to: noun.to });
    const leg: DialledLeg = stage.office.dial({
      to: noun.to,
      from: callerId ?? caller,
      direction: 'outbound-dial',
      parentCallSid: stage.party.callSid,
      limitMs: (verb.timeoutS ?? RING_S) * 1_000,
      status: wholeCallback(noun.status, noun.noun, documentUrl, stage),
      start: {
        from: 'work',
        work: async (theirs) => {
          if (whisper) await tell(whisper, theirs);
          if (theirs.signal.aborted || won || over.signal.aborted) return;
          won = true;
          first.resolve({ leg, stage: theirs });
          await given(AbortSignal.any([theirs.signal, over.signal]));
        },
      },
    });
    return leg;
  });
  void Promise.all(legs.map((leg) => leg.over)).then(() => first.resolve(undefined));
  const stopRinging = stage.leg.entertain();
  const answered = await Promise.race([first.promise, given(stage.signal)]);
  stopRinging();
  for (const leg of legs) if (leg !== answered?.leg) leg.cancel();
  const outcome = answered
    ? await connect(verb, answered, stage)
    : { DialCallStatus: whyNot(legs, stage), DialCallSid: legs.at(-1)?.callSid ?? '' };
  over.abort();
  return outcome;
}

async function connect(verb: DialVerb, answered: Answered, stage: Stage): Promise<DialOutcome> {
  const { clock } = stage;
  const theirs = answered.stage;
  stage.answer();
  const sinceMs = clock.nowMs();
  const room = stage.office.room();
  room.join(stage.party);
  room.join(theirs.party);
  await pause(clock, verb.timeLimitS * 1_000, AbortSignal.any([stage.signal, theirs.signal]));
  room.leave(theirs.party);
  room.leave(stage.party);
  return {
    DialCallStatus: 'completed',
    DialCallSid: answered.leg.callSid,
    DialCallDuration: String(Math.round((clock.nowMs() - sinceMs) / 1_000)),
  };
}

/** Nobody was connected. Who picked up and did not get past their whisper counts as no answer. */
function whyNot(legs: readonly DialledLeg[], stage: Stage): string {
  if (stage.signal.aborted) return 'canceled';
  const statuses = legs.map(({ status }) => status);
  return (
    (['no-answer', 'busy', 'failed'] as const).find((status) => statuses.includes(status)) ?? 'no-answer'
  );
}

/** Carries out a document for somebody who is not connected yet, and those that it leads to. */
async function tell(whisper: Link, stage: Stage): Promise<void> {
  let target: Target | undefined = whisper;
  while (target && !isGiven(stage.signal)) {
    const document = await stage.ask(target);
    if (stage.signal.aborted) return;
    if (!document.ok) {
      stage.fail(document.error);
      return;
    }
    for (const warning of document.warnings) stage.warn(warning);
    target = await stage.run(document, stage);
  }
}

export function wholeCallback(
  callback: Callback | undefined,
  noun: string,
  documentUrl: string,
  stage: Stage,
): Callback | undefined {
  const link = callback && whole(callback, noun, documentUrl, stage);
  return link && { ...link, events: callback.events };
}
