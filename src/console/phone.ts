// The console's phone: its calls ring in the lobby as a carrier's do, and ask the switchboard what is next as a carrier asks.
// Knows no page and no socket.
import { ownNumber } from '../agents/own-number.ts';
import type { Profile } from '../agents/profile.ts';
import type { Clock, StopTimer } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import { callId, type CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { parsePhoneNumber } from '../base/phone-number.ts';
import type { Lobby } from '../call/lobby.ts';
import type { Switchboard } from '../call/switchboard.ts';
import type { CallStatus, CarrierCall } from '../carrier/webhooks.ts';
import type { PhoneAsks, PhoneBegun, PhoneCall, PhoneProfile, PhoneVerb } from './phone-view.ts';
import { isOfPhone, newPhoneCallId } from './phone-carrier.ts';
import { outcomeOf, phoneVerb } from './phone-verbs.ts';

/** Fictional (NANP: 555-0100 to 555-0199); the number that is called where the profile answers any. */
const ANY_NUMBER = '+15550100100';
export const WITHHELD = 'anonymous';

/** A page that is closed does not always say so. Longer than it shows where the caller would go, and than a menu waits. */
export const NOBODY_WITHIN_MS = 30_000;

export interface ConsolePhoneOptions {
  readonly lobby: Pick<Lobby, 'answer' | 'carrierStatus'>;
  readonly switchboard: Pick<Switchboard, 'afterStream' | 'carrierStatus'> & {
    readonly routes: Pick<Switchboard['routes'], 'recall'>;
  };
  readonly profiles: () => readonly Profile[];
  readonly clock: Clock;
  readonly log: Log;
}

export class ConsolePhone {
  readonly #options: ConsolePhoneOptions;
  /** Calls without a stream: when each of them is given up. */
  readonly #unattended = new Map<CallId, StopTimer>();

  constructor(options: ConsolePhoneOptions) {
    this.#options = options;
  }

  get profiles(): readonly PhoneProfile[] {
    return this.#options.profiles().map(({ name, language, numbers, direction }) => ({
      ...{ name, language, numbers },
      takesCalls: direction !== 'outbound',
    }));
  }

  /** `from`: a phone number as people write it, or `anonymous`. Throws API_REQUEST_INVALID, naming the field. */
  async call({ profile: name, from }: { profile: string; from: string }): Promise<PhoneBegun> {
    const profile = this.#options.profiles().find((one) => one.name === name);
    if (!profile || profile.direction === 'outbound')
      throw invalid('body.profile: expected the name of a profile that takes calls');
    const caller = from === WITHHELD ? WITHHELD : parsePhoneNumber(from);
    if (caller === undefined)
      throw invalid(`body.from: expected a phone number such as +15550100123, or ${WITHHELD}`);
    const to = ownNumber('', profile) ?? ANY_NUMBER;
    const call: PhoneCall = { callId: newPhoneCallId(), from: caller, to, profile: name };
    this.#options.log.info({ callId: call.callId, profile: name }, 'the console’s phone calls');
    const verb = phoneVerb(await this.#options.lobby.answer(asCarried(call, 'ringing')));
    this.#expect(call, verb);
    return { call, verb };
  }

  /** Throws API_REQUEST_INVALID for a call that is not of this phone. */
  async next({ call, step, by, key, isOver = false }: PhoneAsks): Promise<PhoneVerb> {
    const { switchboard } = this.#options;
    if (!isOfPhone(call.callId)) throw invalid('body.call.callId: expected a call of the console’s phone');
    const carried = asCarried(call, isOver ? 'completed' : 'in-progress');
    if (isOver) {
      this.#giveUp(carried);
      return { do: 'hang-up', say: undefined };
    }
    await switchboard.routes.recall(carried.id);
    const verb = phoneVerb(
      switchboard.afterStream({ call: carried, step, outcome: outcomeOf(by, key ?? '') }),
    );
    this.#expect(call, verb);
    return verb;
  }

  /** A stream of this call is open, until what this gives back is called. */
  attend(id: CallId): () => void {
    this.#unattended.get(id)?.();
    this.#unattended.delete(id);
    return () => this.#leaveAlone({ id, from: WITHHELD, to: '', direction: 'inbound', status: 'completed' });
  }

  /** Gives up no call any more. */
  close(): void {
    for (const stop of this.#unattended.values()) stop();
    this.#unattended.clear();
  }

  #expect(call: PhoneCall, verb: PhoneVerb): void {
    if (verb.do === 'hang-up') this.#giveUp(asCarried(call, 'completed'));
    else this.#leaveAlone(asCarried(call, 'completed'));
  }

  #leaveAlone(call: CarrierCall): void {
    const { clock, log } = this.#options;
    this.#unattended.get(call.id)?.();
    this.#unattended.set(
      call.id,
      clock.after(NOBODY_WITHIN_MS, () => {
        log.info({ callId: call.id }, 'the console’s phone is gone without a word; its call is over');
        this.#giveUp(call);
      }),
    );
  }

  #giveUp(call: CarrierCall): void {
    const { lobby, switchboard } = this.#options;
    this.#unattended.get(call.id)?.();
    this.#unattended.delete(call.id);
    lobby.carrierStatus(call);
    switchboard.carrierStatus(call);
  }
}

const asCarried = ({ callId: id, from, to, profile }: PhoneCall, status: CallStatus): CarrierCall => ({
  ...{ id: callId(id), from, to, profile, status },
  direction: 'inbound',
});

const invalid = (why: string): LivelineError => new LivelineError('API_REQUEST_INVALID', why);
