// choose_option: by voice what a key does by touch. It knows names and what is told of each; whose menu it is it does not know.
import { z } from 'zod';
import { defineTool } from '../define-tool.ts';
import { ToolRefusal } from '../refusal.ts';
import type { CallAction, Tool } from '../tool.ts';

/** An option of a keypad menu. */
export interface Choice {
  readonly name: string;
  /** Told to the model. */
  readonly message: string;
  readonly then?: CallAction | undefined;
}

export const chooseOption = (choices: readonly Choice[]): Tool =>
  defineTool({
    name: 'choose_option',
    description:
      'Chooses an option of the keypad menu for the caller, as if they had pressed its keys. Call it as soon as you know which one they want.',
    args: z.object({
      option: namesOf(choices).describe('The name of the option, as your instructions list them.'),
    }),
    timeoutMs: 1_000,
    run({ option }) {
      const choice = choices.find(({ name }) => name === option);
      if (choice === undefined) throw new ToolRefusal('This line has no keypad menu.');
      return { tell: { message: choice.message }, then: choice.then };
    },
  });

/** The API refuses an empty enum. */
const namesOf = (choices: readonly Choice[]) => {
  const names = choices.map(({ name }) => name);
  return names.length === 0 ? z.string() : z.enum(names, `expected one of ${names.join(', ')}`);
};
