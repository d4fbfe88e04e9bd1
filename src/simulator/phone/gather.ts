// <Gather>: asks for keys. Knows nothing of who presses them (Twilio docs, TwiML <Gather>).
import { pause } from './waiting.ts';
import { whole, type Stage } from './stage.ts';
import type { GatherVerb, Target } from './verb.ts';

export async function gather(
  verb: GatherVerb,
  documentUrl: string,
  stage: Stage,
): Promise<Target | undefined> {
  const { finishOnKey, numDigits, timeoutS } = verb;
  const { clock, leg } = stage;
  let digits = '';
  let finishedOn: string | undefined;
  const complete = new AbortController();
  // A key stops the prompt, and starts the time again.
  let pressed = new AbortController();
  const stopKeys = leg.onKey((key) => {
    if (complete.signal.aborted) return;
    if (key === finishOnKey) finishedOn = key;
    else digits += key;
    if (finishedOn !== undefined || digits.length >= numDigits) complete.abort();
    pressed.abort();
  });
  stage.emit({ type: 'gathering' });
  try {
    const prompt = { url: documentUrl, verbs: verb.prompt };
    await stage.run(prompt, { ...stage, signal: AbortSignal.any([stage.signal, pressed.signal]) });
    const ended = AbortSignal.any([stage.signal, complete.signal]);
    do {
      pressed = new AbortController();
      await pause(clock, timeoutS * 1_000, AbortSignal.any([ended, pressed.signal]));
    } while (pressed.signal.aborted && !ended.aborted);
  } finally {
    stopKeys();
  }
  if (stage.signal.aborted || (digits === '' && !verb.actionOnEmptyResult)) return undefined;
  const link = whole(verb.action ?? { url: documentUrl, method: verb.method }, verb.verb, documentUrl, stage);
  const fields = { Digits: digits, ...(finishedOn === undefined ? {} : { FinishedOnKey: finishedOn }) };
  return link && { ...link, fields };
}
