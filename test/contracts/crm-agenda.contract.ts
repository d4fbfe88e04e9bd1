// The rules of appointments in a CRM: which are told of, and what can be booked and cancelled.
import { expect, test } from 'vitest';
import type { Appointment } from '../../src/crm/crm.ts';
import {
  anaIn,
  annaIn,
  booking,
  DAY_MS,
  failing,
  go,
  MINUTE_MS,
  refused,
  tame,
  type CrmRig,
} from './crm-rig.ts';
import { HOSTILE, NOW_MS, WORLD } from './crm-world.ts';

const abouts = (appointments: readonly Appointment[]): string[] => appointments.map(({ about }) => about);

export function appointmentRules({ open, has }: CrmRig): void {
  if (!has('appointments')) {
    test('[CR19] it has no appointments, and says so', async (context) => {
      const crm = await open(WORLD, context);
      const ana = await anaIn(crm);
      await expect(crm.appointmentsOf(ana, 0, go())).rejects.toEqual(failing('CRM_UNSUPPORTED'));
      await expect(crm.bookAppointment(booking(ana), 'k', go())).rejects.toEqual(failing('CRM_UNSUPPORTED'));
      await expect(crm.cancelAppointment('a1', go())).rejects.toEqual(failing('CRM_UNSUPPORTED'));
    });
    return;
  }

  test('[CR20] appointments come by their beginning: booked, of this contact, not over', async (context) => {
    const crm = await open(WORLD, context);
    const ana = await anaIn(crm);
    const found = await crm.appointmentsOf(ana, NOW_MS, go());
    expect(abouts(found)).toEqual(['a consultation', 'a check-up', 'a cleaning']);
    expect(found[1]).toMatchObject({
      contactId: ana,
      startsAtMs: NOW_MS + DAY_MS,
      minutes: 30,
      status: 'booked',
    });
    // At the very moment of its end it is over.
    const over = NOW_MS + 15 * MINUTE_MS;
    expect(abouts(await crm.appointmentsOf(ana, over, go()))).toEqual(['a check-up', 'a cleaning']);
    expect(abouts(await crm.appointmentsOf(ana, over - 1, go()))).toContain('a consultation');
  });

  test('[CR21] at most the next 20 come back; nobody has none', async (context) => {
    const appointments = Array.from({ length: 25 }, (_, i): Appointment => {
      const startsAtMs = NOW_MS + ((i * 7) % 25) * DAY_MS;
      return { id: `b${i}`, contactId: 'c2', startsAtMs, minutes: 30, about: 'a visit', status: 'booked' };
    });
    const crm = await open({ ...WORLD, appointments }, context);
    const found = await crm.appointmentsOf(await anaIn(crm), NOW_MS, go());
    expect(found.map(({ startsAtMs }) => (startsAtMs - NOW_MS) / DAY_MS)).toEqual([...Array(20).keys()]);
    for (const id of ['nobody', ...HOSTILE]) expect(await crm.appointmentsOf(id, 0, go()), id).toEqual([]);
  });

  if (!has('booking')) {
    test('[CR22] nothing can be booked or cancelled, and it says so', async (context) => {
      const crm = await open(WORLD, context);
      const ana = await anaIn(crm);
      const [first] = await crm.appointmentsOf(ana, NOW_MS, go());
      await expect(crm.bookAppointment(booking(ana), 'k', go())).rejects.toEqual(failing('CRM_UNSUPPORTED'));
      await expect(crm.cancelAppointment(first!.id, go())).rejects.toEqual(failing('CRM_UNSUPPORTED'));
    });
    return;
  }
  bookingRules();

  function bookingRules(): void {
    test('[CR23] what was booked is told of; for nobody nothing is booked', async (context) => {
      const crm = await open(WORLD, context);
      const anna = await annaIn(crm);
      const booked = await crm.bookAppointment(booking(anna), 'k1', go());
      expect(booked).toMatchObject({ ...booking(anna), status: 'booked' });
      const found = await crm.appointmentsOf(anna, NOW_MS, go());
      expect(found.slice(1)).toEqual([booked]);
      const forNobody = crm.bookAppointment(booking('nobody', 60), 'k2', go());
      await expect(forNobody).rejects.toEqual(failing('CRM_UNKNOWN'));
    });

    test('[CR25] what was cancelled is told of no more, however often, and its time is free', async (context) => {
      const crm = await open(WORLD, context);
      const [ana, anna] = [await anaIn(crm), await annaIn(crm)];
      const [, checkUp] = await crm.appointmentsOf(ana, NOW_MS, go());
      const cancelled = await crm.cancelAppointment(checkUp!.id, go());
      expect(cancelled).toEqual({ ...checkUp, status: 'cancelled' });
      expect(await crm.cancelAppointment(checkUp!.id, go())).toEqual(cancelled);
      expect(abouts(await crm.appointmentsOf(ana, NOW_MS, go()))).toEqual(['a consultation', 'a cleaning']);
      const instead = { ...booking(anna), startsAtMs: checkUp!.startsAtMs };
      expect(await crm.bookAppointment(instead, 'k1', go())).toMatchObject(instead);
      expect((await crm.cancelAppointment(checkUp!.id, go())).status).toBe('cancelled');
    });

    test('[CR26] what is not there is not cancelled', async (context) => {
      const crm = await open(WORLD, context);
      for (const id of ['none', '', ...HOSTILE])
        await expect(crm.cancelAppointment(id, go()), id).rejects.toEqual(failing('CRM_UNKNOWN'));
    });

    test('[CR27] what it is about stays words, or is refused', async (context) => {
      const crm = await open(WORLD, context);
      const ana = await anaIn(crm);
      for (const [i, about] of HOSTILE.entries()) {
        const asked = { ...booking(ana, i * 30), about };
        const booked = await crm.bookAppointment(asked, `k${i}`, go()).catch(refused);
        if (booked === undefined) continue;
        const found = await crm.appointmentsOf(ana, asked.startsAtMs, go());
        expect(tame(found[0]?.about)).toBe(tame(about));
      }
    });
  }
}

export function overlapRules({ open, traits, has }: CrmRig): void {
  if (!has('appointments') || !has('booking') || !traits.refusesOverlaps) return;
  test('[CR24] a time that is taken, be it by somebody else, is not booked again', async (context) => {
    const crm = await open(WORLD, context);
    const [ana, anna] = [await anaIn(crm), await annaIn(crm)];
    await crm.bookAppointment(booking(ana), 'k1', go());
    // The same, within, around, over either edge.
    for (const [i, [inMinutes, minutes]] of [
      [0, 30],
      [10, 10],
      [-10, 60],
      [-20, 30],
      [20, 30],
    ].entries())
      await expect(crm.bookAppointment(booking(anna, inMinutes, minutes), `k2-${i}`, go())).rejects.toEqual(
        failing('CRM_CONFLICT'),
      );
    expect(abouts(await crm.appointmentsOf(anna, NOW_MS, go()))).toEqual(['fitting of braces']);
    // Before and after it there is room, to the minute; and a key that met a conflict was not used up.
    await crm.bookAppointment(booking(anna, -30), 'k3', go());
    await crm.bookAppointment(booking(anna, 30), 'k2-0', go());
    expect(await crm.appointmentsOf(anna, NOW_MS, go())).toHaveLength(3);
  });
}
