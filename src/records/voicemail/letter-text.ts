// A message that a caller left, told to a person: the subject and the body of an e-mail. Pure; plain text, as it goes.
import { unreachable } from '../../base/errors.ts';
import type { Letter } from './delivery.ts';

export interface LetterText {
  readonly subject: string;
  readonly text: string;
}

/** `lost`: the carrier never gave it. `too large`: for whom the letter goes to. */
export type SoundIn = 'attached' | 'too large' | 'lost';

export function letterText(letter: Letter, soundIn: SoundIn): LetterText {
  const { message, words, transcript, soundUrl } = letter;
  const { profile, from, to, timeZone, recordedAtMs, durationMs, id, callId } = message;
  const length = lengthText(durationMs);
  const when = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone }).format(
    recordedAtMs,
  );
  const rows = [
    ['From:', oneLine(from)],
    ['To:', `${oneLine(to)} (${oneLine(profile)})`],
    ['When:', `${when} (${timeZone})`],
    ['Length:', length],
  ].map(([label = '', value = '']) => label.padEnd(9) + value);
  return {
    subject: `Voicemail from ${oneLine(from)} (${length})`,
    text: [
      'A caller has left a message.',
      '',
      ...rows,
      '',
      ...wordsOf(words, transcript),
      '',
      soundText(soundIn, id, soundUrl),
      '',
      `Call ${callId}, recording ${id}`,
      '',
    ].join('\n'),
  };
}

function soundText(soundIn: SoundIn, id: string, soundUrl: string | undefined): string {
  switch (soundIn) {
    case 'attached':
      return `The sound is attached.${soundUrl === undefined ? '' : ` It is also kept at\n${soundUrl}`}`;
    case 'too large':
      return soundUrl === undefined
        ? `The sound is too large for this mail server, and is not kept here. Look for\nthe recording ${id} at the carrier.`
        : `The sound is too large for this mail server. It is kept at\n${soundUrl}\nand on the server: npx liveline voicemails save ${id} message.wav`;
    case 'lost':
      return `Its sound could not be had from the carrier. Look for the recording ${id} there.`;
    default:
      return unreachable(soundIn);
  }
}

function wordsOf(words: Letter['words'], transcript: string | undefined): string[] {
  switch (words) {
    case 'done':
      return ['What was said, as a machine wrote it down:', '', ...indented(transcript ?? '')];
    case 'none':
      return ['No words: nothing was said.'];
    case 'failed':
    case 'due':
      return ['It could not be written down.'];
    case 'off':
      return ['It was not written down.'];
    default:
      return unreachable(words);
  }
}

/** RFC 5322, 2.1.1 asks for lines of 78 characters; the mailer wraps what is longer. */
const indented = (text: string): string[] => text.split('\n').map((line) => `  ${line}`);

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** `0:07`. */
function lengthText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
