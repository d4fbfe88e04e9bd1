// What it means that a call failed, for a tool that acts and for one that looks, and what of it may be logged.
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { createLog } from '../../../src/base/log.ts';
import { failureResponse } from '../../../src/tools/run/failure.ts';
import { callFault, whyOf } from '../../../src/tools/mcp/call-fault.ts';

describe('what a fault means', () => {
  const http = (status: number): Error =>
    new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, 'no', { status, statusText: '' });
  const refusedConnection = new TypeError('fetch failed', {
    cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  });
  const noWay = (syscall: string): Error =>
    Object.assign(new Error(syscall), { code: 'EHOSTUNREACH', syscall });
  type Case = [string, unknown, string, string];
  const ofStatus = (status: number, acting: string): Case => [
    `HTTP ${status}`,
    http(status),
    acting,
    'TOOL_UNAVAILABLE',
  ];
  const closed = new SdkError(SdkErrorCode.ConnectionClosed, 'Connection closed');
  const late = new LivelineError('TOOL_TIMED_OUT', 'late');
  const ours = (code: 'ADDRESS_REFUSED' | 'TOOL_RESULT_TOO_LARGE') => new LivelineError(code, 'no');

  test.each<Case>([
    ['arguments that it does not take', new ProtocolError(-32_602, 'bad'), 'TOOL_REFUSED', 'TOOL_REFUSED'],
    ['a tool that it has not', new ProtocolError(-32_601, 'bad'), 'TOOL_REFUSED', 'TOOL_REFUSED'],
    ['a request that is none', new ProtocolError(-32_600, 'bad'), 'TOOL_REFUSED', 'TOOL_REFUSED'],
    ['a fault within', new ProtocolError(-32_603, 'bad'), 'TOOL_IN_DOUBT', 'TOOL_REFUSED'],
    ['a fault of its own', new ProtocolError(-32_000, 'bad'), 'TOOL_IN_DOUBT', 'TOOL_REFUSED'],
    ['no connection', refusedConnection, 'TOOL_UNAVAILABLE', 'TOOL_UNAVAILABLE'],
    ['an address that is refused', ours('ADDRESS_REFUSED'), 'TOOL_UNAVAILABLE', 'TOOL_UNAVAILABLE'],
    ['no way there', noWay('connect'), 'TOOL_UNAVAILABLE', 'TOOL_UNAVAILABLE'],
    ['no way there any more', noWay('read'), 'TOOL_IN_DOUBT', 'TOOL_UNAVAILABLE'],
    ...[307, 308, 400, 401, 403, 404, 405, 406, 413, 415, 429].map((status) =>
      ofStatus(status, 'TOOL_UNAVAILABLE'),
    ),
    ...[301, 302, 303, 408, 409, 422, 499, 500, 502, 503, 504].map((status) =>
      ofStatus(status, 'TOOL_IN_DOUBT'),
    ),
    ['its end', closed, 'TOOL_IN_DOUBT', 'TOOL_UNAVAILABLE'],
    ['its time', late, 'TOOL_IN_DOUBT', 'TOOL_TIMED_OUT'],
    ['its size', ours('TOOL_RESULT_TOO_LARGE'), 'TOOL_IN_DOUBT', 'TOOL_RESULT_TOO_LARGE'],
    ['no error at all', 'thrown', 'TOOL_IN_DOUBT', 'TOOL_UNAVAILABLE'],
  ])('%s', (_, thrown, acting, looking) => {
    expect(callFault(thrown, { who: 'it', does: 'acts' }).code).toBe(acting);
    expect(callFault(thrown, { who: 'it', does: 'looks' }).code).toBe(looking);
    // Done once more it changes nothing more: what has answered may be asked again, what has not is in doubt.
    const setting = thrown instanceof ProtocolError ? 'TOOL_REFUSED' : acting;
    expect(callFault(thrown, { who: 'it', does: 'sets' }).code).toBe(setting);
  });

  test('the words of the server reach the model, as what it said; a page that stands before it does not', () => {
    const words = 'Room 4 is closed.';
    const told = (thrown: unknown) => failureResponse(callFault(thrown, { who: 'it', does: 'acts' }));
    for (const code of [-32_602, -32_603]) {
      const response = told(new ProtocolError(code, words));
      expect(response['service_said']).toContain(words);
      expect(response.message).not.toContain(words);
    }
    expect(JSON.stringify(told(http(502)))).not.toContain('service_said');
  });

  test.each([
    [new ProtocolError(-32_602, 'no Ada'), 'ProtocolError -32602'],
    [new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, 'no Ada', { status: 500 }), 'HTTP status 500'],
    [new SyntaxError('"Ada" is not valid JSON'), 'an answer that is no JSON'],
  ])('what the server said is kept out of the log: %s', (thrown, message) => {
    const fault = callFault(thrown, { who: 'it', does: 'acts' });
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
