// Tools that an operator wrote in TypeScript or JavaScript: a module whose default export makes them of what it is handed.
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import { defineTool } from './define-tool.ts';
import { ToolRefusal } from './refusal.ts';
import type { Tool } from './tool.ts';

/** What a module is handed, so that it need import nothing: `export default ({ defineTool, z, refuse }) => [ … ]`. */
export interface ToolKit {
  readonly defineTool: typeof defineTool;
  readonly z: typeof z;
  /**
   * To be thrown: nothing was done, and why, in words that may be said aloud. Whatever else a tool with an effect throws
   * leaves it in doubt, and it is not done again in the call.
   */
  readonly refuse: (words: string) => Error;
}

const kit: ToolKit = { defineTool, z, refuse: (words) => new ToolRefusal(words) };

/** As the default export of a module. */
export type ToolModule = (kit: ToolKit) => readonly Tool[] | Promise<readonly Tool[]>;

/** A top-level await that never settles would keep every profile as it is. */
const LOADS_WITHIN_MS = 10_000;
/** As the timeout_ms of a profile. */
const LONGEST_MS = 120_000;

const isTool = (value: unknown): value is Tool => {
  const tool = value as Partial<Tool> | null | undefined;
  return (
    typeof tool?.run === 'function' &&
    typeof tool.accept === 'function' &&
    typeof tool.declaration?.name === 'string' &&
    typeof tool.timeoutMs === 'number' &&
    tool.timeoutMs >= 1 &&
    tool.timeoutMs <= LONGEST_MS
  );
};

/**
 * `version`: of what the file holds; another one is another module. What the module itself imports is read once in the
 * life of the process. Throws TOOL_SOURCE_INVALID naming the file, and what is wrong with it; may never settle.
 */
export async function moduleTools(file: string, version: string): Promise<readonly Tool[]> {
  const refuse = (what: string, cause?: unknown): LivelineError =>
    new LivelineError('TOOL_SOURCE_INVALID', `${file}: ${what}`, { cause });
  const url = pathToFileURL(file);
  url.searchParams.set('version', version);
  return load(url.href, refuse);
}

/** Throws TOOL_SOURCE_INVALID when it takes too long. */
export function inTime<T>(loading: Promise<T>, file: string, clock: Clock): Promise<T> {
  const late = Promise.withResolvers<never>();
  const words = `${file}: did not load within ${LOADS_WITHIN_MS / 1_000} s: does it await something that never comes?`;
  const stopTimer = clock.after(LOADS_WITHIN_MS, () =>
    late.reject(new LivelineError('TOOL_SOURCE_INVALID', words)),
  );
  return Promise.race([loading, late.promise]).finally(stopTimer);
}

async function load(
  href: string,
  refuse: (what: string, cause?: unknown) => LivelineError,
): Promise<readonly Tool[]> {
  const { default: make } = await import(href)
    .then((module) => module as { default?: unknown })
    .catch((thrown: unknown) => {
      throw refuse(`cannot be loaded: ${messageOf(thrown)}`, thrown);
    });
  if (typeof make !== 'function')
    throw refuse('has no default export that is a function: export default ({ defineTool, z }) => [ … ]');
  const made: unknown = await Promise.resolve()
    .then(() => (make as ToolModule)(kit))
    .catch((thrown: unknown) => {
      throw refuse(`its default export failed: ${messageOf(thrown)}`, thrown);
    });
  if (!Array.isArray(made) || !made.every(isTool))
    throw refuse(
      'its default export gives no list of tools made by defineTool, each with a timeoutMs from 1 to 120000',
    );
  return made;
}
