// HubSpot's meetings as appointments (docs, "Meetings"). Knows which times overlap; knows no calendars behind them.
import { LivelineError } from '../../base/errors.ts';
import type { Appointment } from '../crm.ts';
import { unknown, type HubSpotRecord, type Records } from './records.ts';

const PROPERTIES = [
  'hs_meeting_title',
  'hs_meeting_start_time',
  'hs_meeting_end_time',
  'hs_meeting_outcome',
  'hubspot_owner_id',
];
/** RESCHEDULED is what HubSpot's own scheduler calls one that was moved and stands. */
const STANDS = new Set([undefined, 'SCHEDULED', 'RESCHEDULED']);
const MOST = 20;
const MINUTE_MS = 60_000;
/** Of a meeting that somebody wrote down without its end. */
const USUAL_MINUTES = 30;
/** Until a search surely finds what was made: "a few moments" (docs, "Search the CRM", limits). */
const HELD_MS = 60_000;

type Span = Pick<Appointment, 'startsAtMs' | 'minutes'>;
interface Held extends Span {
  /** Undefined: it is being made, or nobody knows whether it was. */
  id: string | undefined;
  readonly untilMs: number;
}

export interface MeetingOptions {
  readonly records: Records;
  /** Whose meetings they are: new ones are theirs, and only theirs take up time. Left out: everybody's. */
  readonly ownerId: string | undefined;
  readonly epochMs: () => number;
}

export class Meetings {
  readonly #records: Records;
  readonly #ownerId: string | undefined;
  readonly #epochMs: () => number;
  #held: readonly Held[] = [];

  constructor({ records, ownerId, epochMs }: MeetingOptions) {
    this.#records = records;
    this.#ownerId = ownerId;
    this.#epochMs = epochMs;
  }

  async of(contactId: string, fromMs: number, signal: AbortSignal): Promise<readonly Appointment[]> {
    signal.throwIfAborted();
    const found = await this.#records.ofContact('meetings', contactId, PROPERTIES, signal);
    return found
      .flatMap((one) => appointmentOf(one, contactId) ?? [])
      .filter((one) => one.status === 'booked' && endOf(one) > fromMs)
      .sort((a, b) => a.startsAtMs - b.startsAtMs)
      .slice(0, MOST);
  }

  async book(asked: Omit<Appointment, 'id' | 'status'>, signal: AbortSignal): Promise<Appointment> {
    signal.throwIfAborted();
    const { contactId } = asked;
    const [contact, isTaken] = await Promise.all([
      this.#records.read('contacts', contactId, ['hs_object_id'], signal),
      this.#isTaken(asked, signal),
    ]);
    if (contact === undefined) throw unknown('contacts');
    const nowMs = this.#epochMs();
    this.#held = this.#held.filter(({ untilMs }) => untilMs > nowMs);
    if (isTaken || this.#held.some((held) => overlap(held, asked)))
      throw new LivelineError('CRM_CONFLICT', 'HubSpot has a meeting at this time already');
    const held: Held = { ...asked, id: undefined, untilMs: nowMs + HELD_MS };
    this.#held = [...this.#held, held];
    try {
      held.id = await this.#create(asked, signal);
      return { ...asked, id: held.id, status: 'booked' };
    } catch (thrown) {
      const mayStand = thrown instanceof LivelineError && thrown.code === 'CRM_IN_DOUBT';
      if (!mayStand) this.#held = this.#held.filter((one) => one !== held);
      throw thrown;
    }
  }

  async #create(asked: Omit<Appointment, 'id' | 'status'>, signal: AbortSignal): Promise<string> {
    const { contactId, startsAtMs, about } = asked;
    const startsAt = new Date(startsAtMs).toISOString();
    const properties = {
      hs_timestamp: startsAt,
      hs_meeting_title: about,
      hs_meeting_start_time: startsAt,
      hs_meeting_end_time: new Date(endOf(asked)).toISOString(),
      hs_meeting_outcome: 'SCHEDULED',
      ...(this.#ownerId === undefined ? {} : { hubspot_owner_id: this.#ownerId }),
    };
    const { id } = await this.#records.create('meetings', properties, signal, {
      type: 'meetings',
      contactId,
    });
    return id;
  }

  async cancel(id: string, signal: AbortSignal): Promise<Appointment> {
    signal.throwIfAborted();
    const found = await this.#records.read('meetings', id, PROPERTIES, signal, { withContact: true });
    const appointment = found && appointmentOf(found, found.contactId ?? '');
    if (appointment === undefined) throw unknown('meetings');
    if (appointment.status === 'booked')
      await this.#records.change('meetings', id, { hs_meeting_outcome: 'CANCELED' }, signal);
    this.#held = this.#held.filter((held) => held.id !== id);
    return { ...appointment, status: 'cancelled' };
  }

  /** By a search, which may not find what was made in the last moments. */
  async #isTaken(asked: Omit<Appointment, 'id' | 'status'>, signal: AbortSignal): Promise<boolean> {
    const filters = [
      { propertyName: 'hs_meeting_start_time', operator: 'LT', value: String(endOf(asked)) },
      { propertyName: 'hs_meeting_end_time', operator: 'GT', value: String(asked.startsAtMs) },
      ...(this.#ownerId === undefined
        ? []
        : [{ propertyName: 'hubspot_owner_id', operator: 'EQ', value: this.#ownerId } as const]),
    ] as const;
    const stands = ({ properties }: HubSpotRecord): boolean => STANDS.has(properties['hs_meeting_outcome']);
    const found = await this.#records.search(
      'meetings',
      { filterGroups: [{ filters }] },
      PROPERTIES,
      signal,
      (all) => all.some(stands),
    );
    return found.some(stands);
  }
}

const endOf = ({ startsAtMs, minutes }: Span): number => startsAtMs + minutes * MINUTE_MS;
const overlap = (a: Span, b: Span): boolean => a.startsAtMs < endOf(b) && b.startsAtMs < endOf(a);

/** Undefined for a meeting without a time. */
function appointmentOf({ id, properties }: HubSpotRecord, contactId: string): Appointment | undefined {
  const startsAtMs = timeOf(properties['hs_meeting_start_time']);
  if (startsAtMs === undefined) return undefined;
  const endsAtMs = timeOf(properties['hs_meeting_end_time']) ?? startsAtMs + USUAL_MINUTES * MINUTE_MS;
  return {
    id,
    contactId,
    startsAtMs,
    minutes: Math.max(0, Math.round((endsAtMs - startsAtMs) / MINUTE_MS)),
    about: properties['hs_meeting_title'] ?? 'an appointment',
    status: STANDS.has(properties['hs_meeting_outcome']) ? 'booked' : 'cancelled',
  };
}

/** ISO 8601, or milliseconds since the epoch. */
function timeOf(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
