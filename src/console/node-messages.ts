// What the nodes of one database say to each other for their consoles. They may run different versions during a deploy: what is
// not understood is left out.
import { z } from 'zod';
import type { Change, NodeView } from './board.ts';
import { callCommand, commandAnswer } from './call-commands.ts';
import type { CallView } from './call-view.ts';
import type { Levels } from './live-messages.ts';

const from = z.string().min(1);
const n = z.int().nonnegative();
/** Made by the same reducer as ours; whoever writes to the database could write all else, too. */
const ofBoard = <Shown>() => z.custom<Shown>((given) => typeof given === 'object' && given !== null);

const nodeMessage = z.discriminatedUnion('is', [
  /** Somebody looks at the board there. `isFirst`: they know nothing yet. */
  z.object({ is: z.literal('look'), from, isFirst: z.boolean() }),
  z.object({ is: z.literal('look-away'), from }),
  /** Some of what `to` told was lost on the way. */
  z.object({ is: z.literal('ask'), from, to: z.string() }),
  /** `n`: of the last message of changes that it holds. */
  z.object({ is: z.literal('all'), from, n, view: ofBoard<NodeView>(), calls: z.array(ofBoard<CallView>()) }),
  z.object({ is: z.literal('changes'), from, n, changes: z.array(ofBoard<Change>()) }),
  z.object({ is: z.literal('levels'), from, levels: ofBoard<Levels>() }),
  z.object({ is: z.literal('command'), from, id: z.string(), command: callCommand }),
  z.object({ is: z.literal('answer'), from, id: z.string(), answer: commandAnswer }),
  /** It stops. */
  z.object({ is: z.literal('gone'), from }),
]);
export type NodeMessage = z.output<typeof nodeMessage>;

/** Undefined: it is of another version. */
export function readNodeMessage(text: string): NodeMessage | undefined {
  try {
    return nodeMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
