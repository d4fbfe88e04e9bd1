// ask_for_digits: the next keys of the caller are meant as one number, whatever single keys do otherwise. What is typed is
// told to the model as keys always are.
import { z } from 'zod';
import { defineTool } from '../define-tool.ts';
import { wordsField } from './fields.ts';

const MOST_WHAT_CHARACTERS = 100;

export const askForDigits = defineTool({
  name: 'ask_for_digits',
  description:
    'Lets the caller type a number on their telephone, such as a customer number. Call it right before or while you ask for ' +
    'it. What they typed is told to you. Never for cards, PINs or passwords.',
  args: z.object({
    what: wordsField('What they are to type, in a few words.', MOST_WHAT_CHARACTERS),
  }),
  timeoutMs: 1_000,
  run: () => ({
    tell: {
      message:
        'The caller can type now. If you have not asked for it yet, ask in one short sentence, and say that the hash key ends it.',
    },
    then: { type: 'expectKeys' },
  }),
});
