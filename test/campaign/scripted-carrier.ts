// A carrier that does as it is told: takes calls, loses answers, refuses, and lists what it has.
import { LivelineError } from '../../src/base/errors.ts';
import { callId, type CallId } from '../../src/base/ids.ts';
import { parsePhoneNumber } from '../../src/base/phone-number.ts';
import type { DiallerOptions } from '../../src/campaign/dialler.ts';
import type { FoundCall, OutboundCall } from '../../src/carrier/control.ts';
import type { CallStatus } from '../../src/carrier/webhooks.ts';

export const LINE = parsePhoneNumber('+15550100100')!;

export type Fate =
  | 'accepts'
  /** Takes the call, and the answer never arrives. */
  | 'accepts-and-loses-the-answer'
  /** Takes nothing, and nobody knows. */
  | 'loses-the-request'
  | 'busy'
  | 'unreachable'
  | LivelineError;

export interface CarriersCall extends OutboundCall {
  readonly id: CallId;
  readonly atMs: number;
  status: CallStatus;
}

export interface ScriptedCarrier {
  readonly calls: CarriersCall[];
  /** So often it was asked to call. */
  readonly asked: string[];
  readonly hungUp: CallId[];
  readonly canceled: CallId[];
  fate: (call: OutboundCall, asked: number) => Fate;
  /** How a call stands when it is asked for. */
  statusOf: (call: CarriersCall) => CallStatus;
  /** Whether it lists the calls that it has. */
  lists: 'calls' | 'nothing' | 'away';
}

const failing = (code: 'CARRIER_IN_DOUBT' | 'CARRIER_BUSY' | 'CARRIER_UNREACHABLE'): LivelineError =>
  new LivelineError(code, `it is ${code}`);

export function scriptedCarrier(epochMs: () => number): ScriptedCarrier & DiallerOptions['carrier'] {
  const carrier: ScriptedCarrier & DiallerOptions['carrier'] = {
    ...{ calls: [], asked: [], hungUp: [], canceled: [], lists: 'calls', fate: () => 'accepts' },
    statusOf: ({ status }) => status,
    dial(call) {
      carrier.asked.push(call.attempt);
      const fate = carrier.fate(call, carrier.asked.length);
      if (fate instanceof LivelineError) return Promise.reject(fate);
      if (fate === 'busy') return Promise.reject(failing('CARRIER_BUSY'));
      if (fate === 'unreachable') return Promise.reject(failing('CARRIER_UNREACHABLE'));
      if (fate === 'loses-the-request') return Promise.reject(failing('CARRIER_IN_DOUBT'));
      const id = callId(`CA-${carrier.calls.length + 1}`);
      carrier.calls.push({ ...call, id, atMs: epochMs(), status: 'queued' });
      return fate === 'accepts' ? Promise.resolve(id) : Promise.reject(failing('CARRIER_IN_DOUBT'));
    },
    cancel(id) {
      const call = carrier.calls.find((each) => each.id === id);
      if (call?.status !== 'queued' && call?.status !== 'ringing') return Promise.resolve('too-late');
      call.status = 'canceled';
      carrier.canceled.push(id);
      return Promise.resolve('canceled');
    },
    callsTo(to, from, sinceMs) {
      if (carrier.lists === 'away') return Promise.reject(failing('CARRIER_UNREACHABLE'));
      const found = carrier.calls.filter(
        (each) => each.to === to && each.from === from && each.atMs >= sinceMs,
      );
      return Promise.resolve(
        carrier.lists === 'nothing' ? [] : found.map((call) => foundFrom(call, carrier)),
      );
    },
    look(id) {
      if (carrier.lists === 'away') return Promise.reject(failing('CARRIER_UNREACHABLE'));
      const call = carrier.calls.find((each) => each.id === id);
      return Promise.resolve(call && carrier.lists === 'calls' ? foundFrom(call, carrier) : undefined);
    },
    ownNumbers: () => Promise.resolve([LINE]),
    hangUp(id) {
      carrier.hungUp.push(id);
      return Promise.resolve();
    },
  };
  return carrier;
}

const foundFrom = (call: CarriersCall, { statusOf }: ScriptedCarrier): FoundCall => ({
  id: call.id,
  status: statusOf(call),
  startedAtMs: call.atMs,
});
