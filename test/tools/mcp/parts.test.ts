// The parts that need no server: choosing tools, reading results, cutting lines, bounded waits.
import type { CallToolResult } from '@modelcontextprotocol/client';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { failureResponse } from '../../../src/tools/run/failure.ts';
import { foreignTool } from '../../../src/tools/mcp/foreign-tool.ts';
import { Lines } from '../../../src/tools/mcp/lines.ts';
import { chooseTools } from '../../../src/tools/mcp/listing.ts';
import { toToolResult } from '../../../src/tools/mcp/result.ts';
import { retryDelayMs } from '../../../src/tools/mcp/server.ts';
import { within } from '../../../src/tools/mcp/within.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { offer } from './rig.ts';

describe('which tools are used', () => {
  const chosen = (offered: readonly unknown[], allowed: readonly string[]) => {
    const { tools, warnings } = chooseTools(offered, allowed);
    return { names: tools.map(({ name }) => name), warnings };
  };

  test('one with a fault is named, and does not hide the others', () => {
    const offered = [
      offer('good'),
      null,
      { name: 5 },
      { name: 'odd', description: 5 },
      offer('tasked', { execution: { taskSupport: 'required' } }),
      offer('deep', { inputSchema: { type: 'object', properties: { map: {} }, required: ['map'] } }),
      offer('no schema', { inputSchema: undefined }),
      offer('bare', { inputSchema: undefined }),
    ];
    const { names, warnings } = chosen(offered, [
      'good',
      'odd',
      'tasked',
      'deep',
      'no schema',
      'bare',
      'good',
    ]);
    expect(names).toEqual(['good']);
    expect(warnings.map((words) => words.slice(0, 30))).toEqual([
      'its tool odd is described wron',
      'its tool tasked runs only as a',
      'its tool deep needs arguments ',
      'its tool no schema has a name ',
      'its tool bare needs arguments ',
    ]);
  });

  test('of two with one name the first is used', () => {
    const { tools, warnings } = chooseTools([offer('x', { description: 'first' }), offer('x')], ['x']);
    expect(tools).toMatchObject([{ description: 'first' }]);
    expect(warnings).toEqual(['its tool x is offered 2 times; the first is used']);
  });

  test('nothing is offered', () => {
    expect(chosen([], ['x']).warnings).toEqual(['its tool x is not offered; there are none']);
  });

  test.each([
    [{}, {}],
    [{ readOnlyHint: true }, undefined],
    [{ readOnlyHint: true, idempotentHint: false }, undefined],
    [{ readOnlyHint: false, idempotentHint: true }, { reverses: ['x'] }],
    [{ destructiveHint: false }, {}],
  ])('hints %j: effect %j', (annotations, effect) => {
    const [tool] = chooseTools([offer('x', { annotations })], ['x']).tools;
    const run = () => Promise.reject(new Error('not called'));
    expect(foreignTool(tool!, { timeoutMs: 1, run }).effect).toEqual(effect);
  });
});

describe('what the model is told of a result', () => {
  const told = (result: Partial<CallToolResult>) =>
    toToolResult('it', 'looks', { content: [], ...result }).tell;
  const words = (...texts: string[]): CallToolResult['content'] =>
    texts.map((text) => ({ type: 'text', text }));

  test('texts are joined; an empty answer is still one', () => {
    expect(told({ content: words('One.', 'Two.') })).toEqual({ message: 'One.\nTwo.' });
    expect(told({})).toEqual({ message: 'Done.' });
    expect(told({ content: words('  ') })).toEqual({ message: 'Done.' });
  });

  test('facts are told as facts, once, and cannot pass for ours', () => {
    const structuredContent = { status: 'error', message: 'mine' };
    const content = words(JSON.stringify(structuredContent));
    expect(told({ content, structuredContent })).toEqual({
      message: 'Here is what was found.',
      result: structuredContent,
    });
    expect(told({ content: words('Sunny.'), structuredContent: { sun: 1 } })).toEqual({
      message: 'Sunny.',
      result: { sun: 1 },
    });
    expect(told({ content: words('[1, 2]') })).toEqual({
      message: 'Here is what was found.',
      result: [1, 2],
    });
    expect(told({ content: words('[not JSON') })).toEqual({ message: '[not JSON' });
  });

  test('long texts are cut', () => {
    expect(String(told({ content: words('x'.repeat(50_000)) })['message'])).toMatch(
      /^x{8000} … \(there is more\)$/,
    );
  });

  test.each([
    ['acts', 'TOOL_IN_DOUBT', /may or may not have been done: do not do the same again/],
    ['sets', 'TOOL_REFUSED', /did not work/],
    ['looks', 'TOOL_REFUSED', /did not work/],
  ] as const)('one that %s says that it failed: %s, and its own words beside ours', (does, code, said) => {
    const fail = (text: string) => () => toToolResult('it', does, { content: words(text), isError: true });
    const thrown = caught(fail('timed out after POST /payments'));
    expect(thrown).toMatchObject({ code, message: 'it says that it failed' });
    expect(failureResponse(thrown)).toEqual({
      status: 'error',
      retryable: false,
      message: expect.stringMatching(said) as string,
      service_said: 'timed out after POST /payments',
    });
    const long = failureResponse(caught(fail(`${'x'.repeat(499)}👩${'x'.repeat(9_000)}`)))['service_said'];
    expect(long).toMatch(/^x{499}\ufffd …$/);
    // Without a word there is nothing to speak of.
    expect(failureResponse(caught(fail(' \n')))).toEqual(failureResponse(new LivelineError(code, '')));
  });

  test('images, sounds and documents are named, not carried', () => {
    const data = 'A'.repeat(1_000);
    const content: CallToolResult['content'] = [
      { type: 'text', text: 'Look.' },
      { type: 'image', data, mimeType: 'image/png' },
      { type: 'audio', data, mimeType: 'audio/wav' },
      { type: 'resource_link', uri: 'file:///secret/plan', name: 'Plan' },
      { type: 'resource', resource: { uri: 'file:///secret/plan', text: data, mimeType: 'text/plain' } },
    ];
    expect(told({ content })).toEqual({
      message: 'Look.',
      not_shown: ['image (image/png)', 'audio (audio/wav)', 'document: Plan', 'document (text/plain)'],
    });
  });
});

const caught = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (thrown) {
    return thrown;
  }
};

test('lines: however the bytes are cut, they are the same, and long ones are told of', () => {
  const bytes = fc.array(fc.constantFrom('a', 'é', '\n', '\r\n', '€uro'), { maxLength: 40 });
  fc.assert(
    fc.property(bytes, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (parts, sizes) => {
      const all = Buffer.from(parts.join(''));
      const lines: string[] = [];
      let tooLong = 0;
      const splitter = new Lines(12, { onLine: (line) => lines.push(line), onTooLong: () => (tooLong += 1) });
      for (let at = 0, nth = 0; at < all.length; nth += 1) {
        const size = sizes[nth % sizes.length] ?? 1;
        splitter.push(all.subarray(at, at + size));
        at += size;
      }
      const whole = all.toString().split('\n').slice(0, -1);
      const fits = (line: string): boolean => Buffer.byteLength(line) <= 12;
      expect(lines).toEqual(
        whole
          .filter(fits)
          .map((line) => line.replace(/\r$/, ''))
          .filter((line) => line !== ''),
      );
      expect(tooLong).toBe(whole.filter((line) => !fits(line)).length);
    }),
  );
});

describe('a bounded wait', () => {
  const never = () => new Promise<never>(() => undefined);
  const limits = { limitMs: 100, what: 'waiting' };

  test('ends at its limit, and tells what is under way', async () => {
    const clock = new ManualClock();
    let aborted = false;
    const waiting = within({ ...limits, clock }, (signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return never();
    });
    clock.advance(100);
    await expect(waiting).rejects.toMatchObject({
      code: 'TOOL_TIMED_OUT',
      message: 'waiting took longer than 100 ms',
    });
    expect([aborted, clock.pending]).toEqual([true, 0]);
  });

  test('ends when nobody waits any more, also when nobody did from the start', async () => {
    const clock = new ManualClock();
    const aborter = new AbortController();
    const waiting = within({ ...limits, clock, signal: aborter.signal }, never);
    aborter.abort();
    await expect(waiting).rejects.toMatchObject({ message: 'waiting was cancelled' });
    await expect(within({ ...limits, clock, signal: aborter.signal }, never)).rejects.toMatchObject({
      code: 'TOOL_TIMED_OUT',
    });
    expect(clock.pending).toBe(0);
  });

  test('gives what comes in time, and what is thrown', async () => {
    const clock = new ManualClock();
    expect(await within({ ...limits, clock }, () => Promise.resolve(5))).toBe(5);
    await expect(within({ ...limits, clock }, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(clock.pending).toBe(0);
  });
});

test('it is tried again after half a second, twice as long each time, and every half minute for ever', () => {
  expect([1, 2, 3, 6, 7, 8, 2_000].map(retryDelayMs)).toEqual([
    500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000,
  ]);
});
