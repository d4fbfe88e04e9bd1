// docs/agents.md: the reference of a profile, in words, from its JSON Schema.
import { stringify } from 'yaml';
import type { JsonSchema } from './schema.ts';

const HEAD = `# The fields of an agent

<!-- Written by \`npx node scripts/write-agent-docs.ts\` from the schema in src/agents; change that, and run it again. -->

An agent is one YAML file in \`AGENTS_DIR\`, a *profile*. \`name\`, \`instructions\` and \`greeting\` are required, and \`numbers\`, unless it only places calls.
Every fault is named with file, line, column and field; so are fields that contradict each other, and profiles that claim the same.
For completion and checks in an editor with yaml-language-server, begin the file with \`# yaml-language-server: $schema=agent.schema.json\`
(the path of [\`agent.schema.json\`](../fixtures/agents/agent.schema.json) from where the file is).

## Who takes a call

| call | profile |
|---|---|
| comes in | the one whose \`numbers\` name the number that was called; else the one with \`numbers: '*'\` |
| is placed by Liveline | the one that the settings of its campaign name, or \`--agent\` of \`liveline dial\` |
| is placed by something else in your account | the one with \`numbers: '*'\` |

Profiles whose \`direction\` is the other one are not asked. No number, nor \`'*'\`, may be claimed by two profiles.

## Variables

In \`instructions\`, \`greeting\`, \`history\` and other spoken texts:

| variable | value |
|---|---|
| \`{{caller}}\`, \`{{called}}\` | the number of the person on the phone, and yours, whoever dialled; or what the carrier knows of them |
| \`{{date}}\`, \`{{time}}\` | now, in \`time_zone\`, as written in \`language\` |
| \`{{profile}}\` | \`name\` |
| \`{{open_now}}\` | \`open\` or \`closed\`, by \`hours\` |
| \`{{opening_hours}}\` | today's \`hours\`, such as "9:00 AM to 12:00 PM and 1:00 PM to 5:00 PM"; "closed" and "all day" in English, Dutch, French, German, Italian, Portuguese and Spanish |
| \`{{contact.name \\| there}}\` | a field of the contact, by any name of letters, digits, _ and -; what is after the bar is said where it has no value |
| \`{{campaign.offer \\| our news}}\` | likewise of the campaign |

Any variable may have a fallback; those of contact and campaign must, and \`{{open_now}}\` and \`{{opening_hours}}\` must without \`hours\`. An empty one (\`{{contact.title |}}\`) is fine.
Values are put in once: what looks like a variable in one stays as it is. What comes from outside (contact, campaign, the two numbers) becomes one line of at most 200
characters without control characters. It is still text that others wrote, in your instructions: do not tell the agent to do what it says.

## Numbers that are never dialled

A destination is a phone number with its country code, or a \`sip:\` address. Refused when the file is read, and again whenever somebody is dialled: emergency numbers of any country, alone, behind a country
code or in a \`sip:\` address (there 000, 112, 911 and 999: such extensions need another name); premium-rate, shared-cost, pager and mailbox numbers, and satellite
and international networks; numbers whose length no country has; and those of countries that are not on the server's list, if it has one.

## Holidays

\`hours.holidays\` names an iCalendar file, as calendar programs export it. A whole-day event closes its days, as \`dates\` would; \`dates\` of the profile win over it, so a holiday on which you are open after all is written there.
An event with a time closes what it covers, in its own time zone, or in \`time_zone\` if it names none. Repetitions (\`RRULE\` by day, week, month or year, \`RDATE\`, \`EXDATE\`), moved and cancelled
dates are followed, for ever; what cannot be followed exactly is a fault, with its line. Changes of the file are taken like those of the profile. At most 1 MB, and 2,000 events.

## Fields
`;

/** The whole page; the same schema gives the same text. */
export const reference = (schema: JsonSchema): string =>
  [
    HEAD,
    ...Object.entries(schema.properties ?? {}).map(([name, field]) => section(name, field, schema)),
  ].join('\n');

function section(name: string, field: JsonSchema, { required = [] }: JsonSchema): string {
  const inner = rowsOf(field, name);
  const facts = [typeOf(field), required.includes(name) ? 'required' : defaultOf(field)].filter(
    (fact) => fact !== '',
  );
  return [
    `### \`${name}\``,
    '',
    field.description ?? '',
    '',
    `${facts.join('; ')}.`,
    '',
    ...(inner.length === 0 ? [] : ['| field | type | default | |', '|---|---|---|---|', ...inner, '']),
    ...(field.examples ?? []).flatMap((example) => [
      '```yaml',
      stringify({ [name]: example }).trimEnd(),
      '```',
      '',
    ]),
  ].join('\n');
}

/** Every field in one table. */
export const fieldTable = (schema: JsonSchema): string =>
  [
    '| field | type | default | |',
    '|---|---|---|---|',
    ...rowsOf(schema, '').map((row) => row.replace('| `.', '| `')),
    '',
  ].join('\n');

/** One row for each field inside, however deep; items of lists are `[]`, names of the author's own `<name>`. */
function rowsOf(schema: JsonSchema, path: string): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const whole = `${path}.${name}`;
    const needed = schema.required?.includes(name) ? 'required' : defaultOf(field).replace(/^default /, '');
    const cells = [`\`${whole}\``, typeOf(field), needed, field.description ?? ''];
    return [`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`, ...rowsOf(field, whole)];
  });
  const named = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  return [
    ...own,
    ...(schema.anyOf ?? []).flatMap((each) => rowsOf(each, path)),
    ...(schema.items ? rowsOf(schema.items, `${path}[]`) : []),
    ...(named ? rowsOf(named, `${path}.<name>`) : []),
  ];
}

const defaultOf = (field: JsonSchema): string =>
  field.default === undefined ? '' : `default ${code(field.default)}`;

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

/** In an author's words. */
function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  if (schema.anyOf && schema.type === undefined) return [...new Set(schema.anyOf.map(typeOf))].join(', or ');
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
    case 'object':
      return typeof schema.additionalProperties === 'object' ? 'fields by names of your own' : 'fields';
    case 'integer':
      return `whole number${rangeOf(schema)}`;
    default:
      return `number${rangeOf(schema)}`;
  }
}

function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  return [
    minimum === undefined ? '' : ` from ${minimum}`,
    exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`,
    maximum === undefined ? '' : ` to ${maximum}`,
    exclusiveMaximum === undefined ? '' : ` below ${exclusiveMaximum}`,
  ].join('');
}
