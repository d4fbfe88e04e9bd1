// Contradictions among the fields that say which calls a profile takes, in which languages, and what is kept of them.
// It is read as far as it can be read, so that other faults of the file hide none of these. Knows no places.
import { z } from 'zod';
import { canonical } from './fields.ts';
import { contradiction, isOff, type Contradiction, type Path } from './contradiction.ts';
import { variablesIn } from './instructions.ts';
import { peopleContradictionsOf } from './people-contradictions.ts';

const text = z.string().optional().catch(undefined);
const texts = z.array(z.string().catch('')).optional().catch(undefined);
const anything = z.unknown().optional();

const greeted = z.object({ greeting: text }).optional().catch(undefined);

const written = z.object({
  numbers: anything,
  direction: anything,
  language: text,
  languages: texts,
  transcription: z
    .object({ caller: z.object({ languages: texts }).catch({}), agent: anything })
    .optional()
    .catch(undefined),
  hours: anything,
  instructions: text,
  greeting: text,
  history: z
    .array(z.object({ caller: text, agent: text }).catch({}))
    .optional()
    .catch(undefined),
  voicemail: anything,
  recording: anything,
  first_words: z.object({ recording: text }).optional().catch(undefined),
  closed: greeted,
  keep_records_days: anything,
});

type Written = z.output<typeof written>;

/** Of the value of a file, whatever it is. */
export function officeContradictionsOf(value: unknown): Contradiction[] {
  const { data } = written.safeParse(value);
  if (data === undefined) return [];
  return [
    ...ofDirection(data),
    ...ofLanguages(data),
    ...ofVariables(data),
    ...ofKeeping(data),
    ...ofAnnouncing(data),
    ...peopleContradictionsOf(value),
  ];
}

function* ofDirection({ direction, numbers }: Written): Generator<Contradiction> {
  if (direction === 'outbound' && numbers !== undefined)
    yield contradiction(
      ['numbers'],
      ['direction'],
      'outbound',
      'no call that comes in is taken then; leave it out',
    );
}

/** Hints that name some of the languages turn the others into nonsense. Regions of one language do not matter. */
function* ofLanguages({
  language = 'en-US',
  languages = [],
  transcription,
}: Written): Generator<Contradiction> {
  const hints = transcription?.caller.languages;
  if (hints === undefined || languages.length === 0) return;
  const plain = (tag: string): string => canonical(tag).split('-')[0]!;
  const missing = [language, ...languages].find((tag) => !hints.some((hint) => plain(hint) === plain(tag)));
  if (missing !== undefined)
    yield contradiction(
      ['transcription', 'caller', 'languages'],
      ['languages'],
      languages.join(', '),
      `${missing} would be written down in another language; add it, or leave the field out`,
    );
}

const OF_HOURS = ['open_now', 'opening_hours'];

function* ofVariables(file: Written): Generator<Contradiction> {
  const { instructions = '', greeting = '', history = [], hours, direction, closed, voicemail } = file;
  const fields: [Path, string][] = [
    [['instructions'], instructions],
    [['greeting'], greeting],
    [['closed', 'greeting'], closed?.greeting ?? ''],
    [['voicemail', 'greeting'], greeted.parse(voicemail)?.greeting ?? ''],
    ...history.flatMap(({ caller = '', agent = '' }, at): [Path, string][] => [
      [['history', at, 'caller'], caller],
      [['history', at, 'agent'], agent],
    ]),
  ];
  for (const [path, template] of fields)
    for (const { written: variable, name, fallback } of variablesIn(template)) {
      if (hours === undefined && OF_HOURS.includes(name) && fallback === undefined)
        yield contradiction(
          path,
          ['hours'],
          'none',
          `"${variable}" has no value then; write hours, or what is said without, as in "{{${name} | …}}"`,
          false,
        );
      if (direction === 'inbound' && name.startsWith('campaign.'))
        yield contradiction(
          path,
          ['direction'],
          'inbound',
          `"${variable}" has a value on calls of campaigns only`,
        );
    }
}

const announced = z.object({ announcement: text }).optional().catch(undefined);

/** What nobody writes down, nobody knows to have been said: nothing would ever be recorded. */
function* ofAnnouncing({ recording, transcription, first_words: first }: Written): Generator<Contradiction> {
  if (recording === undefined || isOff(recording) || !isOff(transcription?.agent)) return;
  const { announcement = 'none' } = announced.parse(recording) ?? {};
  if (announcement.trim().toLowerCase() === 'none' && first?.recording === undefined) return;
  yield contradiction(
    ['recording'],
    ['transcription', 'agent'],
    'off',
    'nobody would know whether the announcement was said, and nothing is recorded before',
  );
}

const messages = z.object({ deliver_to: z.array(z.unknown()).optional().catch([]) });

/** What nobody keeps, nobody can listen to. */
function* ofKeeping({ recording, voicemail, keep_records_days: days }: Written): Generator<Contradiction> {
  if (!isOff(days)) return;
  const nowhere = (field: string, why: string): Contradiction =>
    contradiction([field], ['keep_records_days'], 'off', why);
  if (recording !== undefined && !isOff(recording))
    yield nowhere('recording', 'nothing of a call is kept then');
  const { data } = messages.safeParse(voicemail);
  if (data !== undefined && (data.deliver_to ?? []).length === 0)
    yield nowhere('voicemail', 'messages would be lost; say where they go with deliver_to');
}
