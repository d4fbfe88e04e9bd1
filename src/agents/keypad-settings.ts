// The field of a profile that says what the keys of a caller's telephone do.
import { z } from 'zod';
import { NAME, NAME_EXPECTED } from './destinations-field.ts';
import { wholeFrom, words } from './fields.ts';
import type { KeypadMenu } from './keypad-menu.ts';

const ACTION = 'expected "voicemail", "hang_up", or fields: destination, agent, or tool';

const action = z.union(
  [
    z.literal('voicemail').transform(() => ({ do: 'voicemail' as const })),
    z.literal('hang_up').transform(() => ({ do: 'hang-up' as const })),
    z
      .strictObject({
        destination: z.string().regex(NAME, NAME_EXPECTED).describe('A name among destinations.'),
      })
      .transform(({ destination }) => ({ do: 'destination' as const, name: destination })),
    z
      .strictObject({
        agent: z
          .string()
          .regex(NAME, NAME_EXPECTED)
          .describe('A name among hand_over_to: that agent takes the call at once.'),
      })
      .transform(({ agent }) => ({ do: 'agent' as const, name: agent })),
    z
      .strictObject({
        tool: words.describe(
          'A name among tools, of one that needs no arguments and has nobody type; it is run, and the agent is told.',
        ),
      })
      .transform(({ tool }) => ({ do: 'tool' as const, name: tool })),
  ],
  ACTION,
);

const FINISH = 'expected "#", "*" or "none"';
const KEY = 'expected a key in quotes: "0" to "9", "*" or "#"';

/** Part of the schema of a profile. */
export const keypad = z
  .strictObject({
    shortcuts: z
      .record(z.string().regex(/^[0-9*#]$/, KEY), action)
      .default({})
      .describe(
        'Keys that act at once, whatever is being said: a destination, another agent, voicemail, hang_up, or a tool. A key counts as one when no others stand before it, and the caller was not asked to type something.',
      ),
    pause_ms: wholeFrom(500, 10_000, 'milliseconds')
      .default(2_500)
      .describe('Keys that follow each other within this time belong together, in milliseconds.'),
    finish_key: z
      .literal(['#', '*', 'none'], FINISH)
      .default('#')
      .describe('The key that ends what is typed at once, and is not part of it; or "none".'),
  })
  .prefault({})
  .transform(({ shortcuts, pause_ms, finish_key }) => ({
    shortcuts,
    pauseMs: pause_ms,
    finishKey: finish_key === 'none' ? undefined : finish_key,
  }))
  .describe(
    'What the keys of the caller’s telephone do. All others are told to the agent as they are typed.',
  );

/** Part of the schema of a profile. `menu`: once it was read. */
export const keypadMenuFile = words
  .transform((file): { readonly file: string; readonly menu: KeypadMenu | undefined } => ({
    file,
    menu: undefined,
  }))
  .describe(
    'A keypad menu in a file of its own, named from where this file is, every option of which callers reach by key and by voice: `liveline menu import` makes one of an old menu.',
  );
