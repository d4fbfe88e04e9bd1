// Waiting with music or with what a waitUrl says, again and again (Twilio docs, TwiML <Enqueue> and <Conference>). Knows
// nothing of what is waited for.
import { whole, type Stage } from './stage.ts';
import type { Hold, Target, Verb } from './verb.ts';
import { given, isGiven, pause } from './waiting.ts';

/** Nothing is asked sooner, however short the document, and be it only a Redirect to itself. */
const SHORTEST_ROUND_MS = 100;

/** Until the stage's signal. `allowed`: other verbs are warned of and skipped. `fields`: of every request. */
export async function hold(
  what: Hold,
  allowed: readonly Verb['verb'][],
  stage: Stage,
  fields: () => Readonly<Record<string, string>>,
): Promise<void> {
  if (what === 'silence') return given(stage.signal);
  if (what !== 'music') await follow(what, allowed, stage, fields);
  if (stage.signal.aborted) return;
  const stopMusic = stage.leg.entertain();
  await given(stage.signal);
  stopMusic();
}

/** Returns when the signal is given, or when a document cannot be had: the carrier's music then. */
async function follow(
  first: Target,
  allowed: readonly Verb['verb'][],
  stage: Stage,
  fields: () => Readonly<Record<string, string>>,
): Promise<void> {
  const { signal, clock } = stage;
  let target = first;
  while (!isGiven(signal)) {
    const askedMs = clock.nowMs();
    const document = await stage.ask({ ...target, fields: { ...fields(), ...target.fields } });
    if (signal.aborted) return;
    if (!document.ok) {
      stage.warn(document.error);
      return;
    }
    for (const warning of document.warnings) stage.warn(warning);
    const verbs = document.verbs.filter(({ verb }) => {
      if (allowed.includes(verb)) return true;
      stage.warn({ code: 12200, message: `<${verb}> is not carried out for who waits (${document.url})` });
      return false;
    });
    const next = await stage.run({ ...document, verbs }, stage);
    target = next ?? first;
    const tookMs = clock.nowMs() - askedMs;
    if (tookMs < SHORTEST_ROUND_MS) await pause(clock, SHORTEST_ROUND_MS - tookMs, signal);
  }
}

/** Undefined: the waitUrl is none, and the call has failed. */
export const wholeHold = (what: Hold, verb: string, documentUrl: string, stage: Stage): Hold | undefined =>
  typeof what === 'string' ? what : whole(what, verb, documentUrl, stage);
