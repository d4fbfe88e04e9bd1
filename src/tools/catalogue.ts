// The built-in tools by name, as profiles list them.
import { LivelineError } from '../base/errors.ts';
import type { ToolDeclaration } from '../live/session.ts';
import { endCall } from './end-call.ts';
import { lookUpContact } from './look-up-contact.ts';
import { takeMessage } from './take-message.ts';
import type { Tool } from './tool.ts';

/** A tool by its name, and how its calls shall be treated. */
export type ToolSettings = Pick<ToolDeclaration, 'name' | 'behavior' | 'scheduling'>;

const BUILT_INS: ReadonlyMap<string, Tool> = new Map(
  [lookUpContact, takeMessage, endCall].map((tool) => [tool.declaration.name, tool]),
);

export const toolNames: readonly string[] = [...BUILT_INS.keys()];

/** Throws TOOL_UNKNOWN, naming the unknown one and those that there are. */
export const toolsNamed = (wanted: readonly (string | ToolSettings)[]): Tool[] =>
  wanted.map((each) => {
    const { name, behavior, scheduling } = typeof each === 'string' ? { name: each } : each;
    const tool = BUILT_INS.get(name);
    if (!tool)
      throw new LivelineError(
        'TOOL_UNKNOWN',
        `there is no tool "${name}"; there are ${toolNames.join(', ')}`,
      );
    return { ...tool, declaration: { ...tool.declaration, behavior, scheduling } };
  });
