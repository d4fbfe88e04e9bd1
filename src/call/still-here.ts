// A caller who was about to be let go and is not: the talk as it goes on, and what the model is told of it. Pure.
import type { Effect, Leaving, Talk } from './state.ts';

export function staying(leaving: Leaving): Talk {
  const { line, losses, keypad, away, greeting, speech, doomed, tools, awaits, lowered } = leaving;
  const talk = { line, losses, keypad, away, greeting, speech, doomed, tools, awaits, lowered };
  return { ...talk, phase: 'talking', asked: false };
}

/** The model was told that they are let go, and to say nothing more. True whenever it is read. */
export const stillHere = ({ departure }: Leaving): Effect => ({
  do: 'tellModel',
  answer: false,
  text:
    `At this point the caller spoke, or typed, before they were ${departure.to === 'hang-up' ? 'hung up on' : 'let go'}, and so they are still on the line ` +
    'with you: nothing was done. Answer them; if it is still wanted then, call the tool again.',
});
