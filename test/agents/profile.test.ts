import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { profileSchema } from '../../src/agents/profile.ts';
import { DEFAULT_MODEL } from '../../src/live/session.ts';

const least = { name: 'Desk', numbers: '*', instructions: 'Help.', greeting: 'Hello.' };

test('the least that a file needs, and what the rest then is', () => {
  expect(profileSchema().parse(least)).toEqual({
    ...least,
    language: 'en-US',
    model: 'gemini-3.8-live',
    tools: [],
    timeZone: 'UTC',
    voiceActivity: {},
    bargeIn: { callerInterrupts: true, greetingInterruptible: true, minHeardMs: 0 },
  });
});

test('everything that a file may say', () => {
  expect(
    profileSchema().parse({
      ...least,
      numbers: ['+1 (555) 010-0100', '+15550100101'],
      voice: 'Kore',
      language: 'de-DE',
      model: 'gemini-3.1-flash-live-preview',
      voice_activity: {
        start_sensitivity: 'low',
        end_sensitivity: 'high',
        prefix_padding_ms: 40,
        silence_ms: 0,
      },
      barge_in: { caller_interrupts: false, greeting_interruptible: false, min_heard_ms: 300 },
      tools: ['end_call', 'take_message'],
      time_zone: 'Europe/Berlin',
    }),
  ).toEqual({
    ...least,
    numbers: ['+15550100100', '+15550100101'],
    voice: 'Kore',
    language: 'de-DE',
    model: 'gemini-3.1-flash-live-preview',
    voiceActivity: { startSensitivity: 'low', endSensitivity: 'high', prefixPaddingMs: 40, silenceMs: 0 },
    bargeIn: { callerInterrupts: false, greetingInterruptible: false, minHeardMs: 300 },
    tools: ['end_call', 'take_message'],
    timeZone: 'Europe/Berlin',
  });
});

test('the default model can be another one; a model that the file names stays', () => {
  expect(DEFAULT_MODEL).toBe('gemini-3.8-live');
  const schema = profileSchema('gemini-next');
  expect(schema.parse(least).model).toBe('gemini-next');
  expect(schema.parse({ ...least, model: 'gemini-mine' }).model).toBe('gemini-mine');
});

describe('refused', () => {
  test.each<[string, object]>([
    ['', { nickname: 'D' }],
    ['voice_activity', { voice_activity: { silenceMs: 1 } }],
    ['barge_in', { barge_in: { rude: true } }],
    ['name', { name: ' ' }],
    ['numbers', { numbers: [] }],
    ['numbers', { numbers: '+15550100100' }],
    ['numbers', { numbers: [15550100100] }],
    ['numbers.0', { numbers: ['555 0100'] }],
    ['instructions', { instructions: '{{weather}}' }],
    ['greeting', { greeting: 'Hello {{caller' }],
    ['language', { language: 'english' }],
    ['language', { language: 'en_US' }],
    ['time_zone', { time_zone: 'Mars/Olympus' }],
    ['time_zone', { time_zone: '+01:00' }],
    ['time_zone', { time_zone: '' }],
    ['voice_activity.silence_ms', { voice_activity: { silence_ms: -1 } }],
    ['voice_activity.prefix_padding_ms', { voice_activity: { prefix_padding_ms: 1.5 } }],
    ['voice_activity.start_sensitivity', { voice_activity: { start_sensitivity: 'medium' } }],
    ['barge_in.min_heard_ms', { barge_in: { min_heard_ms: '300' } }],
    ['barge_in.caller_interrupts', { barge_in: { caller_interrupts: 'yes' } }],
    ['tools.1', { tools: ['end_call', 'make_coffee'] }],
    ['tools', { tools: ['end_call', 'end_call'] }],
  ])('"%s" of %j', (field, fault) => {
    const checked = profileSchema().safeParse({ ...least, ...fault });
    expect(checked.success).toBe(false);
    expect(checked.error?.issues).toHaveLength(1);
    expect(checked.error?.issues[0]?.path.join('.')).toBe(field);
  });
});

test('every field is described for the author, and every name is snake_case', () => {
  interface Schema {
    description?: string;
    properties?: Record<string, Schema>;
  }
  const fields: string[] = [];
  const visit = (schema: Schema, path: string): void => {
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      const whole = `${path}${name}`;
      fields.push(whole);
      expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(field.description, whole).toMatch(/^[A-Z].*\.$/);
      visit(field, `${whole}.`);
    }
  };
  visit(z.toJSONSchema(profileSchema(), { io: 'input' }) as Schema, '');
  expect(fields).toHaveLength(18);
});
