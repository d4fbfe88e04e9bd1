// What the caller types for a described tool: asked for one after the other, and told to the model in words without digits.
// Knows no request.
import { LivelineError } from '../../base/errors.ts';
import type { JsonObject } from '../../live/session.ts';
import type { Values } from '../../web/template.ts';
import { writesMonthFirst } from '../date-order.ts';
import { ToolRefusal } from '../refusal.ts';
import type { SecretKind, SecretNone } from '../secrets.ts';
import type { ToolContext } from '../tool.ts';
import type { HttpToolSpec } from './http-tools-file.ts';

export interface TypedForTool {
  /** `keypad.<name>`. */
  readonly values: Values;
  /** How many digits came, for the model. */
  readonly told: JsonObject;
}

const WHAT: Readonly<Record<SecretKind, string>> = {
  card: 'the card number',
  pin: 'the PIN',
  birth_date: 'the date of birth, as eight digits',
  digits: 'the number',
};
const DATE_ORDER = {
  'month-first': 'two digits for the month, two for the day, four for the year',
  'day-first': 'two digits for the day, two for the month, four for the year',
};

/** What the model has to know of a tool for which the caller types. */
export function withTyping({ description, secrets }: Pick<HttpToolSpec, 'description' | 'secrets'>): string {
  const kinds = Object.values(secrets).map(({ ask }) => WHAT[ask]);
  if (kinds.length === 0) return description;
  return (
    `${description} For it the caller types on the telephone's keys, one after the other: ${kinds.join(', then ')}. In one short ` +
    'sentence ask them to type, and say that the hash key ends each number and the star key begins it anew; call this in the ' +
    'same breath, without waiting for them: what they type before is not kept secret. You see nothing of it and hear nothing ' +
    'until it is done. Never ask them to say such a number aloud.'
  );
}

/** Throws ToolRefusal, in words that say what the model shall do about it; nothing was done then. */
export async function askFor(
  { name, secrets }: Pick<HttpToolSpec, 'name' | 'secrets'>,
  { secrets: desk, office }: Pick<ToolContext, 'secrets' | 'office'>,
): Promise<TypedForTool> {
  const values = new Map<string, string>();
  const told: Record<string, string> = {};
  for (const [key, { ask, least, most, read_back }] of Object.entries(secrets)) {
    if (!desk)
      throw new LivelineError('TOOL_REFUSED', `the tool ${name}: there is no keypad to type ${ask} on`);
    const answer = await desk.ask({ kind: ask, least, most, field: `${name}.${key}` });
    if ('none' in answer)
      throw new ToolRefusal(
        `the tool ${name}: nothing was done, as the caller's ${ask} did not come (${answer.none})`,
        {},
        refusalWords(ask, answer, office.language),
      );
    const { digits } = answer;
    values.set(`keypad.${key}`, digits);
    const ending = read_back === 'last_four' ? `, ending in ${digits.slice(-4)}` : '';
    told[`typed_${key}`] = `${digits.length} digits received${ending}`;
  }
  return { values, told };
}

const ONCE_MORE = 'ask them to type it again, and call this once more in the same breath.';
const NO_MORE = 'Do not ask for it again: offer another way, or to connect them with a person.';

function refusalWords(
  kind: SecretKind,
  { none, times }: { none: SecretNone; times: number },
  language: string,
): string {
  const what = WHAT[kind];
  const then = times > 1 ? NO_MORE : `Nothing was done. Say so, ${ONCE_MORE}`;
  switch (none) {
    case 'not-valid': {
      const date =
        kind === 'birth_date'
          ? ` It is ${DATE_ORDER[writesMonthFirst(language) ? 'month-first' : 'day-first']}.`
          : '';
      return `What the caller typed is not valid for ${what}.${date} ${then}`;
    }
    case 'timed-out':
      return `The caller did not type ${what} in time. ${then}`;
    case 'cancelled':
      return `The caller did not type ${what}. Nothing was done. Ask what they would like instead.`;
    case 'busy':
      return 'The caller is typing something else just now. Nothing was done. Wait until that is over.';
    case 'hung-up':
    case 'elsewhere':
      return `The caller is no longer here, and has not typed ${what}. Nothing was done.`;
  }
}
