// Power over calls by Twilio's REST interface. Knows its errors and which of them can be tried again; decides nothing.
import twilio from 'twilio';
import { LivelineError } from '../../base/errors.ts';
import { callId } from '../../base/ids.ts';
import type { CallControl, CallWatch, CarrierAccount } from '../control.ts';
import type { Errand } from '../webhooks.ts';
import { afterStreamUrl, bareBase, personUrl, type Base } from './addresses.ts';
import { statusOf } from './markup.ts';
import { asLivelineError, doubtOf, twilioClient, type TwilioRestOptions } from './rest.ts';

export type TwilioControlOptions = TwilioRestOptions & {
  /** This server as Twilio reaches it; asked for when it is needed, as a server may learn its port late. */
  readonly publicBaseUrl: () => string;
  /** See `Base`. */
  readonly node?: string | undefined;
};

export function createTwilioControl(options: TwilioControlOptions): CallControl & CallWatch & CarrierAccount {
  const { accountSid } = options;
  const client = twilioClient(options);
  const base = (): Base => ({ url: bareBase(options.publicBaseUrl()), node: options.node });
  return {
    async hangUp(id) {
      try {
        await client.calls(id).update({ status: 'completed' });
      } catch (thrown) {
        if (!isOver(thrown)) throw asLivelineError(thrown, `call ${id} could not be hung up`);
      }
    },
    async takeBack(id, step) {
      const url = afterStreamUrl(base(), step);
      try {
        await client.calls(id).update({ url, method: 'POST' });
        return 'asked';
      } catch (thrown) {
        if (isOver(thrown)) return 'over';
        throw asLivelineError(thrown, `call ${id} could not be taken back`);
      }
    },
    async isOn(id) {
      try {
        return ON.has((await client.calls(id).fetch()).status);
      } catch (thrown) {
        if (isOver(thrown)) return false;
        throw asLivelineError(thrown, `nobody knows whether call ${id} goes on`);
      }
    },
    async place({ to, from, ringS, errand }) {
      const url = personUrl(base(), errand);
      const call = { to, from, url, method: 'POST', timeout: ringS, ...statusOf(errand, base()) };
      let id: unknown;
      try {
        id = (await client.calls.create(call)).sid;
      } catch (thrown) {
        const doubt = doubtOf(thrown);
        throw doubt === undefined
          ? asLivelineError(thrown, `${nameOf(errand)} could not be placed`)
          : inDoubt(errand, doubt, thrown);
      }
      if (typeof id === 'string' && id !== '') return callId(id);
      throw inDoubt(errand, "Twilio's answer names no call");
    },
    async check() {
      const status = await askForAccount().catch((thrown: unknown) => {
        throw asLivelineError(thrown, `the account ${accountSid} could not be asked for`);
      });
      if (status !== 'active')
        throw new LivelineError('CARRIER_REFUSED', `the account ${accountSid} is ${status}`);
    },
  };

  /** An API key may see everything but the account itself (Twilio docs, API keys), so it asks for the latest call. */
  async function askForAccount(): Promise<string> {
    if ('authToken' in options) return (await client.api.v2010.accounts(accountSid).fetch()).status;
    await client.calls.list({ limit: 1 });
    return 'active';
  }
}

const nameOf = ({ is, of, attempt }: Errand): string => `a call for ${is} ${of}, attempt ${attempt},`;

const inDoubt = (errand: Errand, why: string, cause?: unknown): LivelineError =>
  new LivelineError(
    'CARRIER_IN_DOUBT',
    `${nameOf(errand)} may or may not have been placed: ${why}; the log of calls in the Twilio console knows`,
    { cause },
  );

/** Twilio docs, Call resource, Status. */
const ON: ReadonlySet<string> = new Set(['queued', 'ringing', 'in-progress']);

/** Twilio errors 21220, not in progress any more, and 20404, gone. */
const OVER = new Set([21_220, 20_404]);
const isOver = (thrown: unknown): boolean =>
  thrown instanceof twilio.RestException && thrown.code !== undefined && OVER.has(thrown.code);
