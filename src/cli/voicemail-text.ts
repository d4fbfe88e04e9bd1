// Voicemails in words, for a terminal: one of them, and many as a table.
import { styleText } from 'node:util';
import type { VoicemailEntry } from '../records/voicemail/entry.ts';
import { lengthText, timeText } from './calls-table.ts';
import { visible, wrapped, type Style } from './plain-text.ts';

export type VoicemailRow = readonly [label: string, value: string, style?: Style];

const WORDS: Readonly<Record<VoicemailEntry['words'], string>> = {
  off: 'not written down',
  due: 'not written down yet',
  done: '',
  none: 'no words: nothing was said',
  failed: 'its words could not be written down',
};
const SOUND: Readonly<Record<VoicemailEntry['sound'], string>> = {
  due: 'not fetched from the carrier yet',
  kept: '',
  lost: 'THE CARRIER DID NOT GIVE ITS SOUND: look for it there',
};
const DELIVERY: Readonly<Record<VoicemailEntry['deliveries'][number]['state'], readonly [string, Style?]>> = {
  due: ['not delivered yet', 'yellow'],
  begun: ['is being delivered'],
  done: ['delivered'],
  failed: ['NOT DELIVERED, for good', 'red'],
  'in-doubt': ['may or may not be delivered: ask there', 'yellow'],
};

export const wordsOf = ({ words, transcript }: VoicemailEntry): string =>
  words === 'done' ? `“${transcript ?? ''}”` : WORDS[words];

/** Of a call's record. */
export function voicemailRows(voicemails: readonly VoicemailEntry[]): VoicemailRow[] {
  return voicemails.flatMap((entry): VoicemailRow[] => [
    [
      'voicemail',
      [lengthText(entry.seconds * 1_000), SOUND[entry.sound], wordsOf(entry)]
        .filter((part) => part !== '')
        .join(' · '),
    ],
    ...entry.deliveries.map(({ to, state, cause }): VoicemailRow => {
      const [words, style] = DELIVERY[state];
      const text = `${to}: ${words}${cause === null || state === 'done' ? '' : ` (${cause})`}`;
      return style === undefined ? ['', text] : ['', text, style];
    }),
    ['', `liveline voicemails save ${entry.id} message.wav`, 'dim'],
  ]);
}

const INDENT = '  ';

/** Each on lines of its own: who and when, what was said, whom it was brought to. */
export function voicemailLines(
  voicemails: readonly VoicemailEntry[],
  { columns, timeZone }: { readonly columns: number; readonly timeZone: string | undefined },
): string[] {
  const room = Math.max(2, columns - INDENT.length);
  return voicemails.flatMap((entry) => {
    const { id, from, profile, recordedAt, seconds, rehearsal } = entry;
    const when = timeText(recordedAt, timeZone).slice(0, 16);
    const head = `${when}  ${visible(from)} → ${visible(profile)}  ${lengthText(seconds * 1_000)}${rehearsal ? '  (rehearsal)' : ''}`;
    const rows = voicemailRows([entry]).filter(
      ([label, text]) => label === '' && !text.startsWith('liveline '),
    );
    const texts = [{ text: [SOUND[entry.sound], wordsOf(entry)].filter((part) => part !== '').join(' · ') }];
    return [
      styleText('bold', head),
      ...wrapped(texts, room).map((line) => INDENT + line),
      ...rows.flatMap(([, text, style]) =>
        wrapped([style === undefined ? { text } : { text, style }], room).map((line) => INDENT + line),
      ),
      INDENT + styleText('dim', visible(id)),
      '',
    ];
  });
}
