import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { EXAMPLES } from '../../scripts/agent-docs/examples.ts';
import { agentDocs } from '../../scripts/agent-docs/files.ts';
import { agentSchema } from '../../scripts/agent-docs/schema.ts';
import { contradictionsOf } from '../../src/agents/contradictions.ts';
import { profileSchema } from '../../src/agents/profile.ts';
import { faultsIn } from './json-schema-check.ts';

const AGENTS = resolve(import.meta.dirname, '../../fixtures/agents');
const least = { name: 'Desk', numbers: '*', instructions: 'Help.', greeting: 'Hello.' };
const schema = agentSchema();

test('the JSON Schema and the reference are fresh; else run npx node scripts/write-agent-docs.ts', async () => {
  const docs = await agentDocs();
  expect(docs).toHaveLength(2);
  for (const { path, text } of docs) expect(readFileSync(path, 'utf8'), path).toBe(text);
});

/** What an example stands on. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  closed: ['hours', 'voicemail'],
  fallback: ['destinations', 'voicemail'],
};

test('every field has one example, which the schema takes, and which contradicts nothing', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(Object.keys(schema.properties ?? {}).sort());
  for (const [name, example] of Object.entries(EXAMPLES)) {
    const others = (NEEDS[name] ?? []).map((other) => [other, EXAMPLES[other]] as const);
    const file = { ...least, ...Object.fromEntries(others), [name]: example };
    expect(profileSchema().safeParse(file).error, name).toBeUndefined();
    expect(faultsIn(file, schema), name).toEqual([]);
    expect(contradictionsOf(file), name).toEqual([]);
  }
});

const samples = readdirSync(AGENTS).filter((name) => name.endsWith('.yaml'));

test.each(samples)('the sample %s names the schema, and is as the schema says', (name) => {
  const text = readFileSync(join(AGENTS, name), 'utf8');
  expect(text).toMatch(/^# yaml-language-server: \$schema=agent\.schema\.json$/m);
  expect(faultsIn(parse(text), schema)).toEqual([]);
});

describe('an editor marks', () => {
  test.each<[string, object]>([
    ['$.nickname: no such field', { nickname: 'D' }],
    ['$: anyOf', { numbers: undefined }],
    ['$.numbers: anyOf', { numbers: '101' }],
    ['$.numbers: anyOf', { numbers: ['sales'] }],
    ['$.hours.mon: anyOf', { hours: { mon: '9-17' } }],
    ['$.hours.dates.christmas: pattern', { hours: { dates: { christmas: 'closed' } } }],
    ['$.destinations.Desk: pattern', { destinations: { Desk: { to: '+15550100111', description: 'D' } } }],
    ['$.destinations.desk.description: required', { destinations: { desk: { to: '+15550100111' } } }],
    [
      '$.destinations.desk.ring_s: range',
      { destinations: { desk: { to: '+15550100111', description: 'D', ring_s: 61 } } },
    ],
    ['$.fallback.steps.0: anyOf', { fallback: { steps: ['sing'] } }],
    ['$.silence.ask_after_s: anyOf', { silence: { ask_after_s: 4 } }],
    ['$.closed.greeting: required', { closed: { then: 'agent' } }],
    ['$.limits.call_minutes: range', { limits: { call_minutes: 241 } }],
    ['$.barge_in.min_heard_ms: integer', { barge_in: { min_heard_ms: '2s' } }],
    ['$.generation.presence_penalty: range', { generation: { presence_penalty: 2 } }],
    ['$.tools: anyOf', { tools: ['make_coffee'] }],
  ])('%s', (fault, more) => {
    const file: unknown = JSON.parse(JSON.stringify({ ...least, ...more }));
    expect(faultsIn(file, schema)).toEqual([fault]);
  });

  test('nothing in a profile that only places calls, and has no number', () => {
    const { numbers: _, ...numberless } = least;
    expect(faultsIn({ ...numberless, direction: 'outbound' }, schema)).toEqual([]);
    expect(faultsIn({ ...numberless, direction: 'inbound' }, schema)).toEqual(['$: anyOf']);
  });
});
