// Uploads that stand still, on a clock moved by hand.
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { cutWhenIdle, IDLE_MS } from '../../src/http/idle-upload.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const MOST = 65_536;

function upload(headers: Record<string, string> = { 'content-length': '3000000' }) {
  const clock = new ManualClock();
  const state = { isCut: false };
  const socket = { bytesRead: 1_000, destroy: () => (state.isCut = true) };
  const request = Object.assign(new EventEmitter(), {
    ...{ socket, headers, complete: false, readableLength: 0, readableHighWaterMark: MOST },
  });
  cutWhenIdle(request as unknown as IncomingMessage, clock);
  return { clock, state, socket, request };
}

test('one on a slow line takes as long as it takes, and is cut off once it stands still', () => {
  const { clock, state, socket } = upload();
  for (let minute = 0; minute < 60; minute += 1) {
    socket.bytesRead += 1;
    clock.advance(IDLE_MS);
  }
  expect(state.isCut).toBe(false);
  clock.advance(IDLE_MS);
  expect(state.isCut).toBe(true);
});

test('one that waits for us is not, nor one that is whole', () => {
  const held = upload();
  held.request.readableLength = MOST;
  held.clock.advance(10 * IDLE_MS);
  expect(held.state.isCut).toBe(false);
  held.request.readableLength = 0;
  held.clock.advance(IDLE_MS);
  expect(held.state.isCut).toBe(true);
  const whole = upload({ 'transfer-encoding': 'chunked' });
  whole.request.complete = true;
  whole.clock.advance(10 * IDLE_MS);
  expect(whole.state.isCut).toBe(false);
  expect(whole.clock.pending).toBe(0);
});

test('nothing is left of one that is over, and nothing waits for one without a body', () => {
  const over = upload();
  over.request.emit('close');
  expect(over.clock.pending).toBe(0);
  for (const headers of [{}, { 'content-length': '0' }] as Record<string, string>[])
    expect(upload(headers).clock.pending).toBe(0);
});
