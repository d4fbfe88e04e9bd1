// A keypad menu as data: its pages, what their keys do, and how it is written in YAML. This schema is its type and its check;
// whether a menu leads anywhere it does not know.
import { z } from 'zod';
import { words } from './fields.ts';

/** Where a key leads. Names of destinations, tools and agents are those of the profile that uses the menu: an agent is one of hand_over_to. */
export type Leads =
  | { readonly to: 'menu'; readonly name: string }
  | { readonly to: 'destination'; readonly name: string }
  | { readonly to: 'voicemail' }
  | { readonly to: 'hang-up' }
  | { readonly to: 'repeat' }
  /** To the page that the caller came from; at the start it is said again. */
  | { readonly to: 'back' }
  /** `then` undefined: the caller stays where they are. */
  | { readonly to: 'say'; readonly text: string; readonly then: Leads | undefined }
  | { readonly to: 'tool'; readonly name: string; readonly say?: string }
  | { readonly to: 'agent'; readonly name: string };

export interface MenuOption {
  /** One of 0-9 * #. */
  readonly key: string;
  /** No other option of the file has it: by this the agent chooses. */
  readonly name: string;
  /** How a caller would ask for it; empty: nobody wrote it. */
  readonly spoken: string;
  readonly leads: Leads;
}

export interface MenuPage {
  readonly name: string;
  /** What the old menu said. */
  readonly say: string;
  /** In the order of KEYS. */
  readonly options: readonly MenuOption[];
  /** With a key that the page does not have; undefined: the agent is told which it was. Who presses nothing is asked by the agent. */
  readonly otherwise: Leads | undefined;
}

export interface KeypadMenu {
  /** The name of a page. */
  readonly start: string;
  readonly menus: readonly MenuPage[];
}

/** As they are read out: 0 and the signs come last. */
export const KEYS = '1234567890*#';

export const pageOf = (menu: KeypadMenu, name: string): MenuPage | undefined =>
  menu.menus.find((page) => page.name === name);

const NAME = z
  .string()
  .max(60, 'expected at most 60 characters')
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'expected a name of letters, digits and _, such as opening_hours');

const yes = z.literal(true, 'expected true; leave it out otherwise').optional();

const WAYS = ['menu', 'destination', 'voicemail', 'hang_up', 'repeat', 'back', 'tool', 'agent'] as const;
const ONE_WAY = `expected one way: ${WAYS.join(', ')}, or say`;

const ways = {
  menu: NAME.optional().describe('To this page of the file.'),
  destination: NAME.optional().describe('To this destination of the profile.'),
  voicemail: yes.describe('true: to the voicemail of the profile.'),
  hang_up: yes.describe('true: the call ends.'),
  repeat: yes.describe('true: the page is said again.'),
  back: yes.describe('true: to the page that the caller came from.'),
  tool: words
    .optional()
    .describe('The agent calls this tool of the profile, and asks for what the tool needs.'),
  agent: NAME.optional().describe('To this agent among hand_over_to of the profile.'),
  say: words
    .optional()
    .describe('What is said: before the way that stands beside it, or, without one, all there is.'),
};

type Written = z.output<z.ZodObject<typeof ways>>;

/** The way that is written beside a `say`, or alone. */
function wayOf(written: Written): Leads | undefined {
  if (written.menu !== undefined) return { to: 'menu', name: written.menu };
  if (written.destination !== undefined) return { to: 'destination', name: written.destination };
  if (written.voicemail) return { to: 'voicemail' };
  if (written.hang_up) return { to: 'hang-up' };
  if (written.repeat) return { to: 'repeat' };
  if (written.back) return { to: 'back' };
  if (written.agent !== undefined) return { to: 'agent', name: written.agent };
  return undefined;
}

function leadsOf(written: Written, context: z.RefinementCtx): Leads {
  const { say, tool } = written;
  const count = WAYS.filter((way) => written[way] !== undefined).length;
  if (count > 1 || (count === 0 && say === undefined)) {
    context.addIssue(count > 1 ? `${ONE_WAY}; there are ${count}` : ONE_WAY);
    return z.NEVER;
  }
  if (tool !== undefined) return { to: 'tool', name: tool, ...(say !== undefined && { say }) };
  const way = wayOf(written);
  return say === undefined ? way! : { to: 'say', text: say, then: way };
}

const option = z
  .strictObject({
    name: NAME.describe('A short name that no other option of the file has; the agent chooses by it.'),
    spoken: z
      .string()
      .trim()
      .default('')
      .describe('How a caller would ask for it, such as "report an outage".'),
    ...ways,
  })
  .transform(({ name, spoken, ...written }, context) => ({ name, spoken, leads: leadsOf(written, context) }));

const otherwise = z.strictObject(ways).transform(leadsOf);

const key = z.string().regex(/^[0-9*#]$/, 'expected one key: a digit, "*" or "#"');

const page = z.strictObject({
  say: z.string().trim().default('').describe('What the old menu said.'),
  options: z.record(key, option).default({}).describe('What each key does: a digit, "*" or "#" in quotes.'),
  otherwise: otherwise
    .optional()
    .describe(
      'Where callers get with a key that the page does not have; the agent is told of it when left out.',
    ),
});

/** The schema of a menu file. */
export const keypadMenuSchema = z
  .strictObject({
    start: NAME.describe('The page that callers meet first.'),
    menus: z.record(NAME, page).describe('The pages, by a name of your own.'),
  })
  .transform(({ start, menus }): KeypadMenu => ({
    start,
    menus: Object.entries(menus).map(([name, { say, options, otherwise: else_ }]) => ({
      name,
      say,
      options: Object.entries(options)
        .map(([pressed, written]): MenuOption => ({ key: pressed, ...written }))
        .sort((one, other) => KEYS.indexOf(one.key) - KEYS.indexOf(other.key)),
      otherwise: else_,
    })),
  }));
