// Whether the sound of another node's call can be had from here, and what may be done to the call where it cannot. Pure.
import { isLoopbackHost } from '../base/loopback.ts';
import { isOfSamePlace } from '../records/node.ts';
import type { CommandAnswer } from './call-commands.ts';

type Answer = Extract<CommandAnswer, { ok: true }>;

/** A door on loopback is for those on the same machine. One that is not there is of an older version. */
export const isReached = ({ door }: Answer, own: string): boolean =>
  door !== undefined && (!isLoopbackHost(new URL(door.address).hostname) || isOfSamePlace(door.node, own));

/** All else can be asked of it. */
export const withoutSound = (answer: Answer): Answer =>
  answer.now
    ? {
        ...answer,
        now: { ...answer.now, listen: 'no-way-there', takeOver: answer.now.takeOver ?? 'no-way-there' },
      }
    : answer;
