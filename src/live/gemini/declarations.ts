// The tools of a setup: functions with their behaviour, and what Google runs by itself. Knows no other field.
import type { SessionSetup, ToolDeclaration } from '../session.ts';
import type { Behavior, Capabilities, Scheduling } from './models.ts';
import { toWireSchema } from './schema.ts';
import { unsupported } from './unsupported.ts';
import type { WireFunctionDeclaration, WireTool } from './wire-setup.ts';

/** What the API takes as a function's name; 64 is the shorter of its two documented limits. */
const FUNCTION_NAME = /^[a-zA-Z_][\w.-]{0,63}$/;

const BEHAVIOR = { blocking: 'BLOCKING', 'non-blocking': 'NON_BLOCKING' } as const;
const SCHEDULING = { silent: 'SILENT', 'when-idle': 'WHEN_IDLE', interrupt: 'INTERRUPT' } as const;

/** What the answer to a call of this tool carries. */
export const schedulingOf = ({ scheduling }: ToolDeclaration): Scheduling | undefined =>
  scheduling && SCHEDULING[scheduling];

/** Throws LIVE_SETUP_UNSUPPORTED. */
export function toWireTools(
  { tools, googleSearch, codeExecution }: SessionSetup,
  capabilities: Capabilities,
): WireTool[] {
  const { model } = capabilities;
  if (googleSearch && !capabilities.googleSearch)
    throw unsupported('google_search', model, 'it cannot search; leave the field out');
  if (codeExecution && !capabilities.codeExecution)
    throw unsupported('code_execution', model, 'it cannot run code; leave the field out');
  return [
    ...(tools.length > 0 ? [{ functionDeclarations: declare(tools, capabilities) }] : []),
    ...(googleSearch ? [{ googleSearch: {} }] : []),
    ...(codeExecution ? [{ codeExecution: {} }] : []),
  ];
}

function declare(tools: readonly ToolDeclaration[], capabilities: Capabilities): WireFunctionDeclaration[] {
  const { model } = capabilities;
  const names = new Set<string>();
  return tools.map((tool) => {
    const { name, description, parameters } = tool;
    if (!FUNCTION_NAME.test(name) || names.has(name))
      throw unsupported(
        'tools',
        model,
        `"${name}" is ${names.has(name) ? 'there twice' : 'no name for a function'}`,
      );
    names.add(name);
    const behavior = behaviorOf(tool, capabilities);
    const schema = toWireSchema({ model, tool: name }, parameters);
    return { name, description, ...(behavior && { behavior }), ...(schema && { parameters: schema }) };
  });
}

/** What the declaration says; undefined where the model knows no such field. */
function behaviorOf(tool: ToolDeclaration, { model, functions }: Capabilities): Behavior | undefined {
  const { declarable } = functions;
  const field = `tools: ${tool.name}`;
  const asked = tool.behavior && BEHAVIOR[tool.behavior];
  if (asked !== undefined && asked !== functions.default && !declarable.includes(asked))
    throw unsupported(
      `${field}: behavior`,
      model,
      `all its calls are ${wordsOf(BEHAVIOR, functions.default)}`,
    );
  // The agent must have the result before it talks; undeclared, 3.8 answers from imagination meanwhile.
  const declared = asked ?? (declarable.includes('BLOCKING') ? 'BLOCKING' : undefined);
  const behavior = declared ?? functions.default;

  const scheduling = schedulingOf(tool);
  if (scheduling !== undefined && !functions.scheduling.includes(scheduling))
    throw unsupported(`${field}: scheduling`, model, 'its answers carry none; leave the field out');
  if (scheduling !== undefined && behavior === 'BLOCKING')
    throw unsupported(
      `${field}: scheduling`,
      model,
      'a call that it waits for needs none; set behavior: non-blocking',
    );
  return declared !== undefined && declarable.includes(declared) ? declared : undefined;
}

/** Whether the model says nothing until it has the answer to a call of this tool; undefined: one that it made up. */
export function isBlocking(tool: ToolDeclaration | undefined, { functions }: Capabilities): boolean {
  const asked = tool?.behavior && BEHAVIOR[tool.behavior];
  return (
    (asked ?? (functions.declarable.includes('BLOCKING') ? 'BLOCKING' : functions.default)) === 'BLOCKING'
  );
}

/** The profile's word for the API's. */
const wordsOf = (table: Readonly<Record<string, string>>, value: string): string =>
  Object.keys(table).find((word) => table[word] === value) ?? value;
