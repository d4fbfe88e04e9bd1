// <Record>: keeps what the caller says (Twilio docs, TwiML <Record>). Knows nothing of how recordings are fetched.
import { newSid } from './sid.ts';
import { whole, type Stage } from './stage.ts';
import { beep } from './tones.ts';
import type { Track } from './track.ts';
import type { Link, RecordVerb, Target } from './verb.ts';
import { pause } from './waiting.ts';

export async function record(
  verb: RecordVerb,
  documentUrl: string,
  stage: Stage,
): Promise<Target | undefined> {
  const { clock, leg, party } = stage;
  if (verb.playBeep) await leg.play(beep(), stage.signal);
  if (stage.signal.aborted) return undefined;
  const fromMs = clock.nowMs();
  const key = await listen(verb, fromMs, stage);
  const sound = spoken(party.mouth, fromMs, clock.nowMs(), verb.trim);
  const status = verb.status && whole(verb.status, verb.verb, documentUrl, stage);
  const wants = (event: string): boolean => verb.status?.events.includes(event) === true;
  if (sound.length === 0) {
    const fields = { RecordingSid: newSid('RE'), RecordingStatus: 'absent', RecordingDuration: '0' };
    if (status && wants('absent')) stage.tell('recording', 'absent', { ...status, fields });
    return undefined;
  }
  const { recording, readyAfterMs } = stage.office.recordings.keep(party.callSid, sound);
  const fields = {
    RecordingSid: recording.sid,
    RecordingUrl: recording.url,
    RecordingDuration: String(recording.durationS),
  };
  if (status && wants('completed')) {
    const form = {
      ...fields,
      RecordingStatus: 'completed',
      RecordingChannels: '1',
      RecordingSource: 'RecordVerb',
    };
    stage.tell('recording', 'completed', { ...status, fields: form }, readyAfterMs);
  }
  const action: Link = verb.action ?? { url: documentUrl, method: verb.method };
  const link = whole(action, verb.verb, documentUrl, stage);
  const digits = stage.isOver() ? 'hangup' : key;
  return link && { ...link, fields: { ...fields, ...(digits === undefined ? {} : { Digits: digits }) } };
}

/** Until silence, the greatest length, a key or the end of the call. Returns the key. */
async function listen(verb: RecordVerb, fromMs: number, stage: Stage): Promise<string | undefined> {
  const { clock, leg, party } = stage;
  const pressed = new AbortController();
  let finishedOn: string | undefined;
  const stopKeys = leg.onKey((key) => {
    if (!verb.finishOnKey.includes(key)) return;
    finishedOn ??= key;
    pressed.abort();
  });
  stage.emit({ type: 'recording' });
  const ended = AbortSignal.any([stage.signal, pressed.signal]);
  const longestMs = fromMs + verb.maxLengthS * 1_000;
  while (!ended.aborted) {
    const { mouth } = party;
    const quietSinceMs = Math.max(fromMs, mouth.clockMsAt(mouth.end));
    const leftMs = Math.min(longestMs, quietSinceMs + verb.timeoutS * 1_000) - clock.nowMs();
    if (leftMs <= 0) break;
    await pause(clock, leftMs, ended);
  }
  stopKeys();
  return finishedOn;
}

/** Empty: nothing was said. */
function spoken(mouth: Track, fromMs: number, toMs: number, trim: boolean): Uint8Array {
  const [from, to] = [mouth.positionAt(fromMs), mouth.positionAt(toMs)];
  const stretches = mouth.stretches(from, to);
  const [first, last] = [stretches[0], stretches.at(-1)];
  if (!first || !last) return new Uint8Array();
  return trim
    ? mouth.read(mouth.positionAt(first.fromMs), mouth.positionAt(last.toMs))
    : mouth.read(from, to);
}
