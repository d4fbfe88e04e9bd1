// Two server messages as one, where a client that reads the fields of a message in the API's order still reads them in
// the order in which they were meant. Knows nothing of time.
import type { ServerMessage } from '../../../live/gemini/messages.ts';

/**
 * The order in which the fields of one message count: what the caller said, the answer to it, the end of the turn, the
 * bookkeeping. `joins`: the field of two messages fits into one.
 */
const FIELDS: readonly { readonly of: (message: ServerMessage) => unknown; readonly joins?: true }[] = [
  { of: ({ setupComplete }) => setupComplete },
  { of: ({ serverContent }) => serverContent?.inputTranscription, joins: true },
  { of: ({ serverContent }) => serverContent?.modelTurn, joins: true },
  { of: ({ serverContent }) => serverContent?.outputTranscription, joins: true },
  { of: ({ serverContent }) => serverContent?.generationComplete },
  { of: ({ serverContent }) => serverContent?.interrupted },
  { of: ({ toolCall }) => toolCall, joins: true },
  { of: ({ toolCallCancellation }) => toolCallCancellation, joins: true },
  { of: ({ serverContent }) => serverContent?.turnComplete },
  { of: ({ usageMetadata }) => usageMetadata },
  { of: ({ sessionResumptionUpdate }) => sessionResumptionUpdate },
];

const places = (message: ServerMessage): number[] =>
  FIELDS.flatMap(({ of }, place) => (of(message) === undefined ? [] : [place]));

/** Undefined when they must stay two. */
export function merge(first: ServerMessage, second: ServerMessage): ServerMessage | undefined {
  const last = places(first).at(-1);
  const next = places(second)[0];
  if (last === undefined || next === undefined || last > next) return undefined;
  if (last === next && FIELDS[last]?.joins !== true) return undefined;
  const merged: ServerMessage = { ...first, ...second };
  const [a, b] = [first.serverContent, second.serverContent];
  if (a !== undefined && b !== undefined) {
    merged.serverContent = { ...a, ...b };
    if (a.modelTurn && b.modelTurn)
      merged.serverContent.modelTurn = {
        ...a.modelTurn,
        parts: [...(a.modelTurn.parts ?? []), ...(b.modelTurn.parts ?? [])],
      };
    for (const field of ['inputTranscription', 'outputTranscription'] as const)
      if (a[field] && b[field])
        merged.serverContent[field] = { ...b[field], text: (a[field].text ?? '') + (b[field].text ?? '') };
  }
  if (first.toolCall && second.toolCall)
    merged.toolCall = {
      functionCalls: [...(first.toolCall.functionCalls ?? []), ...(second.toolCall.functionCalls ?? [])],
    };
  if (first.toolCallCancellation && second.toolCallCancellation)
    merged.toolCallCancellation = {
      ids: [...(first.toolCallCancellation.ids ?? []), ...(second.toolCallCancellation.ids ?? [])],
    };
  return merged;
}
