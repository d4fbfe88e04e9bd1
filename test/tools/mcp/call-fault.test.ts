// What it means that a call failed, for a tool that acts and for one that looks, and what of it may be logged.
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { createLog } from '../../../src/base/log.ts';
import { callFault, whyOf } from '../../../src/tools/mcp/call-fault.ts';

describe('what a fault means', () => {
  const http = (status: number): Error =>
    new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, 'no', { status, statusText: '' });
  const refusedConnection = new TypeError('fetch failed', {
    cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  });
  const closed = new SdkError(SdkErrorCode.ConnectionClosed, 'Connection closed');
  const late = new LivelineError('TOOL_TIMED_OUT', 'late');
  const ours = (code: 'ADDRESS_REFUSED' | 'TOOL_RESULT_TOO_LARGE') => new LivelineError(code, 'no');

  test.each<[string, unknown, string, string]>([
    ['an error as the answer', new ProtocolError(-32_602, 'bad'), 'TOOL_REFUSED', 'TOOL_REFUSED'],
    ['no connection', refusedConnection, 'TOOL_UNAVAILABLE', 'TOOL_UNAVAILABLE'],
    ['an address that is refused', ours('ADDRESS_REFUSED'), 'TOOL_UNAVAILABLE', 'TOOL_UNAVAILABLE'],
    ['HTTP 401', http(401), 'TOOL_UNAVAILABLE', 'TOOL_UNAVAILABLE'],
    ['HTTP 408', http(408), 'TOOL_IN_DOUBT', 'TOOL_UNAVAILABLE'],
    ['HTTP 500', http(500), 'TOOL_IN_DOUBT', 'TOOL_UNAVAILABLE'],
    ['its end', closed, 'TOOL_IN_DOUBT', 'TOOL_UNAVAILABLE'],
    ['its time', late, 'TOOL_IN_DOUBT', 'TOOL_TIMED_OUT'],
    ['its size', ours('TOOL_RESULT_TOO_LARGE'), 'TOOL_IN_DOUBT', 'TOOL_RESULT_TOO_LARGE'],
    ['no error at all', 'thrown', 'TOOL_IN_DOUBT', 'TOOL_UNAVAILABLE'],
  ])('%s', (_, thrown, acting, looking) => {
    expect(callFault(thrown, { who: 'it', mayAct: true })).toMatchObject({ code: acting });
    expect(callFault(thrown, { who: 'it', mayAct: false }).code).toBe(looking);
  });

  test.each([
    [new ProtocolError(-32_602, 'no Ada'), 'ProtocolError -32602'],
    [new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, 'no Ada', { status: 500 }), 'HTTP status 500'],
    [new SyntaxError('"Ada" is not valid JSON'), 'an answer that is no JSON'],
  ])('what the server said is kept out of the log: %s', (thrown, message) => {
    const fault = callFault(thrown, { who: 'it', mayAct: true });
    expect(fault.cause).toMatchObject({ message, said: thrown.message });
    const lines: string[] = [];
    createLog({ level: 'info', secrets: [], destination: { write: (line) => void lines.push(line) } }).info({
      err: fault,
    });
    expect(lines.join()).toContain(message);
    expect(lines.join()).not.toContain('Ada');
  });

  test('why it is away is said with its causes, and ends when they go round', () => {
    expect(whyOf(refusedConnection)).toBe('fetch failed: connect');
    const circle = new Error('round');
    circle.cause = circle;
    expect(whyOf(circle)).toContain('round: round');
    expect(whyOf('text')).toBe('for no reason that is known');
    expect(whyOf(new Error('x'.repeat(10_000)))).toHaveLength(300);
  });
});
