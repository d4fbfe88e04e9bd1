// What a profile lists as tools: plain data, as it may come from another thread. Knows neither YAML nor how they are run.
import type { ToolDeclaration } from '../live/session.ts';
import { BUILT_INS } from './built-in/all.ts';
import type { HttpToolSpec } from './http/http-tools-file.ts';
import type { McpSettings } from './mcp/settings.ts';
import type { Tool } from './tool.ts';

/** A tool by its name, and how its calls shall be treated; what is left out is as the tool itself has it. */
export interface NamedTool extends Pick<ToolDeclaration, 'name' | 'behavior' | 'scheduling'> {
  readonly timeoutMs?: number | undefined;
  readonly lateResult?: Tool['lateResult'];
  /** Whether it changes something in the world; left out: as the tool, or its server, says. */
  readonly effect?: boolean | undefined;
  /** What the agent says, in its own words, before it calls the tool. */
  readonly announce?: string | undefined;
}

export type ToolEntry =
  | ({ readonly is: 'named' } & NamedTool)
  | { readonly is: 'http'; readonly file: string; readonly specs: readonly HttpToolSpec[] }
  /** `version`: of what the file holds. */
  | { readonly is: 'module'; readonly file: string; readonly version: string }
  | { readonly is: 'mcp'; readonly server: McpSettings };

/** The built-in ones. */
export const toolNames: readonly string[] = BUILT_INS.map(({ declaration }) => declaration.name);
