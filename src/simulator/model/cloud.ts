// What Google Cloud puts on the wire otherwise than the Gemini API, and how its answers without ids find their calls.
// Pure; knows no socket.
import type { ServerMessage } from '../../live/gemini/messages.ts';
import type { HeardToolAnswer } from './heard.ts';

/** Function calls without ids (livekit/agents, livekit-plugins-google), and usage by its names there (@google/genai). */
export function toCloud(message: ServerMessage): ServerMessage {
  const { toolCall, usageMetadata, ...rest } = message;
  return {
    ...rest,
    ...(toolCall && {
      toolCall: {
        ...toolCall,
        ...(toolCall.functionCalls && {
          functionCalls: toolCall.functionCalls.map(({ id: _, ...call }) => call),
        }),
      },
    }),
    ...(usageMetadata && {
      usageMetadata: Object.fromEntries(
        Object.entries(usageMetadata).map(([name, value]) => [CLOUD_NAMES.get(name) ?? name, value]),
      ),
    }),
  };
}

const CLOUD_NAMES: ReadonlyMap<string, string> = new Map([
  ['responseTokenCount', 'candidatesTokenCount'],
  ['responseTokensDetails', 'candidatesTokensDetails'],
]);

/**
 * The answers as if they had come with ids: each gets the oldest call of its name that waits. One that nobody waits for
 * is left out: its call was cancelled by an id that the client never saw.
 */
export function withIds(
  answers: readonly HeardToolAnswer[],
  pending: ReadonlyMap<string, { readonly name: string }>,
): HeardToolAnswer[] {
  const waiting = new Map(pending);
  return answers.flatMap((answer) => {
    const id = answer.id ?? [...waiting].find(([, { name }]) => name === answer.name)?.[0];
    if (id === undefined) return [];
    waiting.delete(id);
    return [{ ...answer, id }];
  });
}
