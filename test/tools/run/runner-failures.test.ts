import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { lookUpContact } from '../../../src/tools/built-in/look-up-contact.ts';
import { takeMessage } from '../../../src/tools/built-in/take-message.ts';
import type { Tool, ToolResult } from '../../../src/tools/tool.ts';
import { rigOf, settle, slowTool, TIMEOUT_MS, tool } from './runner-rig.ts';

describe('a tool that fails is answered in words, once, with nothing of our insides', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const giving = (tell: unknown): Tool['run'] => {
    return () => Promise.resolve({ tell } as ToolResult);
  };
  const throwing = (thrown: unknown): Tool['run'] => {
    return () => {
      throw thrown;
    };
  };
  test.each<[string, Tool['run']]>([
    ['throws', throwing(new Error('SELECT secret FROM insides'))],
    ['rejects', () => Promise.reject(new Error('at insides (/srv/app.js:1:2)'))],
    ['rejects with a text', throwing('insides')],
    ['rejects with nothing', throwing(undefined)],
    ['rejects with what no text can be made of', throwing(Object.create(null))],
    ['gives nothing', () => Promise.resolve(undefined as unknown as ToolResult)],
    ['tells nothing', giving(undefined)],
    ['tells null', giving(null)],
    ['tells a text', giving('insides')],
    ['tells a list', giving(['insides'])],
    ['tells a date', giving(new Date(0))],
    ['tells a function', giving(() => 'insides')],
    ['tells a big integer', giving({ insides: 1n })],
    ['tells a circle', giving(circle)],
  ])('%s', async (_, misbehave) => {
    const { clock, done, run } = rigOf([tool('bad', misbehave)]);
    run('bad');
    await settle();
    expect(done).toEqual([
      {
        id: 'fc-1',
        name: 'bad',
        cause: expect.stringMatching(/^(Error: |TypeError: |threw an? \w+$)/) as string,
        response: {
          status: 'error',
          retryable: false,
          message:
            'This does not work right now. Say so, and offer to take a message or to go on without it.',
        },
      },
    ]);
    expect(clock.pending).toBe(0);
  });

  test('an unknown tool', async () => {
    const { done, run } = rigOf([]);
    run('make_coffee');
    await settle();
    expect(done).toMatchObject([{ name: 'make_coffee', response: { status: 'error', retryable: false } }]);
  });

  test('bad arguments: the model learns which field to mend', async () => {
    const { done, run } = rigOf([takeMessage]);
    run('take_message', 'fc-1', { message: 7 });
    await settle();
    expect(done[0]!.response).toMatchObject({ status: 'error', retryable: true });
    expect(done[0]!.response['message']).toMatch(/^message: .*expected string/);
  });

  test('a CRM that is down', async () => {
    const down = (): Promise<ToolResult> =>
      Promise.reject(new LivelineError('CRM_UNAVAILABLE', 'ECONNREFUSED'));
    const { done, run } = rigOf([tool('look', down)]);
    run('look');
    await settle();
    expect(done[0]!.response).toMatchObject({ status: 'error', retryable: true });
    expect(done[0]!.response['message']).toMatch(/records cannot be reached/);
  });
});

test('a receiver that throws harms nobody else', async () => {
  const { slow } = slowTool();
  const { clock, lines, run } = rigOf([slow, tool('quick', () => Promise.resolve({ tell: {} }))], {
    onDone: () => {
      throw new Error('the call is confused');
    },
  });
  run('quick', 'a');
  run('slow', 'b');
  await settle();
  clock.advance(TIMEOUT_MS);
  const errors = lines.filter((line) => line.includes('"level":"error"'));
  expect(errors).toHaveLength(2);
  expect(errors[0]).toContain('"toolCallId":"a"');
});

describe('the log', () => {
  test('names call, tool and time; what the caller said or is told is never readable', async () => {
    const { lines, run } = rigOf([lookUpContact]);
    run('look_up_contact', 'fc-9', { name: 'Ada Moreno' });
    await settle();
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { msg: 'tool called', callId: 'CA1', tool: 'look_up_contact', toolCallId: 'fc-9' },
      { msg: 'tool answered', callId: 'CA1', tool: 'look_up_contact', toolCallId: 'fc-9', tookMs: 0 },
    ]);
    expect(lines.join('')).not.toMatch(/Moreno|Thursday/);
  });

  test('says of a failure what and where, without the words of a foreign error', async () => {
    const { lines, run } = rigOf([tool('parse', () => JSON.parse('Ada Moreno') as Promise<ToolResult>)]);
    run('parse');
    await settle();
    const failure = JSON.parse(lines.at(-1)!) as { at: string[] };
    expect(failure).toMatchObject({ level: 'warn', tool: 'parse', toolCallId: 'fc-1', fault: 'SyntaxError' });
    expect(failure.at.join()).toContain('runner-failures.test.ts');
    expect(lines.join('')).not.toMatch(/Ada/);
  });
});
