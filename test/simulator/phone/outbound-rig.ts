// Calls by REST as a server places them, with all that it wants to be told.
import type { NetworkRig } from './network-rig.ts';

export const NUMBER = '+12025550111';
export const OURS = '+12025550100';
const STATUSES = ['initiated', 'ringing', 'answered', 'completed'];
export const MACHINE = { number: NUMBER, does: 'answers', ringsMs: 50 } as const;

export type Fields = readonly (readonly [string, string])[];

export async function place(rig: NetworkRig, more: Fields = [], to = NUMBER): Promise<string> {
  const url = rig.server.url;
  const answer = await rig.rest('POST', 'Calls.json', [
    ...([['To', to] as const, ['From', OURS] as const] satisfies Fields),
    ...([['Url', `${url}/twilio/voice?attempt=7`] as const, ['Timeout', '20'] as const] satisfies Fields),
    ...([['StatusCallback', `${url}/status`] as const] satisfies Fields),
    ...STATUSES.map((event) => ['StatusCallbackEvent', event] as const),
    ...more,
  ]);
  const { sid } = (await answer.json()) as { sid?: string };
  return sid ?? `HTTP ${answer.status}`;
}

export const amd = ({ server }: NetworkRig, mode: string): Fields => [
  ['MachineDetection', mode],
  ['AsyncAmd', 'true'],
  ['AsyncAmdStatusCallback', `${server.url}/amd?attempt=7`],
];

export const get = async (rig: NetworkRig, resource: string): Promise<Record<string, unknown>> =>
  (await (await rig.rest('GET', resource)).json()) as Record<string, unknown>;
