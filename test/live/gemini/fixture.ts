// Server messages as they are documented, one file a situation (fixtures/gemini).
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, type ServerMessage } from '../../../src/live/gemini/messages.ts';

const FOLDER = resolve(import.meta.dirname, '../../../fixtures/gemini');

export const fixtureNames = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => file.replace('.jsonl', ''))
    .sort();

export function fixture(name: string): ServerMessage[] {
  const lines = readFileSync(join(FOLDER, `${name}.jsonl`), 'utf8').split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line, at) => {
      const message = parse(line);
      if (!message) throw new Error(`${name}.jsonl:${at + 1} is no message`);
      return message;
    });
}
