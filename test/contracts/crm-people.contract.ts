// The rules of people in a CRM: who is found by what, and how contacts are written.
import { expect, test } from 'vitest';
import { anaIn, failing, go, names, refused, tame, type CrmRig } from './crm-rig.ts';
import { HOSTILE, WORLD } from './crm-world.ts';

export function findingRules({ open, traits, has, withFacts }: CrmRig): void {
  test('[CR1] whom it knows is found by number, e-mail and id, with every field', async (context) => {
    const crm = await open(WORLD, context);
    const { id: _, facts, ...ana } = WORLD.contacts[1]!;
    const found = await crm.findByPhone('+15550100102', go());
    expect(found).toMatchObject({ ...ana, ...withFacts(facts) });
    expect(await crm.findByEmail('ana@example.com', go())).toEqual(found);
    expect(await crm.findById(found!.id, go())).toEqual(found);
  });

  test('[CR14] also who has no number, or no e-mail', async (context) => {
    const crm = await open(WORLD, context);
    const benedikt = await crm.findByEmail('b_ruiz@example.com', go());
    expect(benedikt).toMatchObject({ name: 'Benedikt Ruiz' });
    expect(benedikt?.phone).toBeUndefined();
    expect((await crm.findByPhone('+15550100101', go()))?.email).toBeUndefined();
  });

  test('[CR15] it says that it is there', async (context) => {
    const crm = await open(WORLD, context);
    await crm.check(go());
    expect(crm.name).not.toBe('');
    expect(crm.keepsKeys).toBe(traits.keepsKeys);
  });

  test('[CR2] what is unknown finds nobody, and that is no error', async (context) => {
    const crm = await open(WORLD, context);
    const unknown = ['+15550100199', '+1555010010', '', 'anonymous', 'sip:ana@example.com', ...HOSTILE];
    for (const text of unknown) {
      expect(await crm.findByPhone(text, go()), text).toBeUndefined();
      expect(await crm.findByEmail(text, go()), text).toBeUndefined();
      expect(await crm.findById(text, go()), text).toBeUndefined();
      if (has('orders')) expect(await crm.findObject('order', text, go()), text).toBeUndefined();
    }
  });

  test('[CR3] case does not matter in an e-mail; every other sign is only itself', async (context) => {
    const crm = await open(WORLD, context);
    expect(await crm.findByEmail('ANA@Example.COM', go())).toMatchObject({ name: 'Ana Moreno' });
    expect(await crm.findByEmail('bxruiz@example.com', go())).toBeUndefined();
    expect(await crm.findByEmail('ruiz@example.com', go())).toBeUndefined();
  });

  test('[CR17] a number that several have is nobody’s', async (context) => {
    const shared = { name: 'Bob Moreno', phone: '+15550100103', email: 'bob@example.com', facts: {} };
    const crm = await open({ ...WORLD, contacts: [...WORLD.contacts, { ...shared, id: 'c7' }] }, context);
    expect(await crm.findByPhone(shared.phone, go())).toBeUndefined();
    expect(await crm.findByEmail(shared.email, go())).toMatchObject({ name: shared.name });
    expect(await crm.findByPhone('+15550100102', go())).toMatchObject({ name: 'Ana Moreno' });
  });

  const folded: [asked: string, name: string][] = [
    ['JOSE NUNEZ', 'José Núñez'],
    ['jose\u0301 nun\u0303ez', 'José Núñez'],
    ['  Jose   Nunez ', 'José Núñez'],
    ['soren oneill', "Søren O'Neill"],
    ['Søren O’Neill', "Søren O'Neill"],
  ];
  const spelt: [asked: string, name: string][] = [
    ['josé núñez', 'José Núñez'],
    ['BENEDIKT ruiz', 'Benedikt Ruiz'],
    ...(traits.folds ? folded : []),
  ];
  test(`[CR4] case${traits.folds ? ', accents, punctuation and spaces' : ''} do not matter in a name`, async (context) => {
    const crm = await open(WORLD, context);
    for (const [asked, name] of spelt)
      expect(names(await crm.findByName(asked, 5, go())), asked).toEqual([name]);
  });

  test('[CR5] the best match comes first: the whole name, then whole words, then beginnings', async (context) => {
    const crm = await open(WORLD, context);
    expect(names(await crm.findByName('ana moreno', 5, go()))).toEqual(['Ana Moreno', 'Ana Moreno Vidal']);
    const three = names(await crm.findByName('moreno', 5, go()));
    expect(three.slice(0, 2).sort()).toEqual(['Ana Moreno', 'Ana Moreno Vidal']);
    expect(three.slice(2)).toEqual(['Anna Morenova']);
  });

  test('[CR6] at most `limit` come back, the best ones', async (context) => {
    const crm = await open(WORLD, context);
    expect(names(await crm.findByName('ana moreno', 1, go()))).toEqual(['Ana Moreno']);
    expect(names(await crm.findByName('moreno', 2, go()))).not.toContain('Anna Morenova');
    expect(await crm.findByName('moreno', 0, go())).toEqual([]);
  });

  test('[CR7] a name that nobody has, or that is none, finds nobody', async (context) => {
    const crm = await open(WORLD, context);
    for (const name of ['', '   ', '-', '…', 'Zebedee', 'Ana Zebedee', '.*', '*', ...HOSTILE])
      expect(await crm.findByName(name, 5, go()), name).toEqual([]);
  });

  test('[CR8] what comes back belongs to whoever asked', async (context) => {
    const crm = await open(WORLD, context);
    const found = await crm.findByPhone('+15550100102', go());
    try {
      Object.assign(found!, { name: 'Eve' });
    } catch {
      // Frozen is as good.
    }
    try {
      Object.assign(found!.facts, { password: 'x' });
    } catch {
      // As above.
    }
    const again = await crm.findByPhone('+15550100102', go());
    expect(again).toMatchObject({ name: 'Ana Moreno' });
    expect(again?.facts).not.toHaveProperty('password');
  });
}

export function contactRules({ open, has, withFacts }: CrmRig): void {
  if (!has('writing-contacts')) {
    test('[CR9] contacts cannot be written, and it says so', async (context) => {
      const crm = await open(WORLD, context);
      const make = crm.createContact({ name: 'A' }, 'k1', go());
      await expect(make).rejects.toEqual(failing('CRM_UNSUPPORTED'));
      const update = crm.updateContact(await anaIn(crm), { name: 'A' }, go());
      await expect(update).rejects.toEqual(failing('CRM_UNSUPPORTED'));
    });
    return;
  }

  test('[CR10] a new contact is found by all that was said of it', async (context) => {
    const crm = await open(WORLD, context);
    const given = { name: 'Zora Kim', phone: '+15550100190', email: 'zora@example.com' };
    const made = await crm.createContact({ ...given, ...withFacts({ likes: 'mornings' }) }, 'k1', go());
    expect(made).toMatchObject({ ...given, ...withFacts({ likes: 'mornings' }) });
    expect(await crm.findById(made.id, go())).toEqual(made);
    expect(await crm.findByPhone(given.phone, go())).toEqual(made);
    expect(await crm.findByEmail('zora@EXAMPLE.com', go())).toEqual(made);
    expect(await crm.findByName('zora kim', 5, go())).toEqual([made]);
  });

  test('[CR16] a name alone is enough', async (context) => {
    const crm = await open(WORLD, context);
    const made = await crm.createContact({ name: 'Only Name', phone: undefined }, 'k1', go());
    expect(made.phone).toBeUndefined();
    expect(names(await crm.findByName('only name', 5, go()))).toEqual(['Only Name']);
  });

  test('[CR11] an update changes what it names, merges facts, and leaves the rest', async (context) => {
    const crm = await open(WORLD, context);
    const id = await anaIn(crm);
    const facts = { preference: 'evenings', allergy: 'latex' };
    const changes = { name: 'Ana Zimmer', email: undefined, ...withFacts(facts) };
    const changed = await crm.updateContact(id, changes, go());
    expect(changed).toMatchObject({
      id,
      name: 'Ana Zimmer',
      phone: '+15550100102',
      email: 'ana@example.com',
      ...withFacts({ 'next appointment': 'Thursday at ten', ...facts }),
    });
    expect(await crm.findById(id, go())).toEqual(changed);
    expect(names(await crm.findByName('zimmer', 5, go()))).toEqual(['Ana Zimmer']);
    expect(names(await crm.findByName('ana moreno', 5, go()))).toEqual(['Ana Moreno Vidal']);
    const moved = await crm.updateContact(id, { phone: '+15550100191' }, go());
    expect(moved).toEqual({ ...changed, phone: '+15550100191' });
    expect(await crm.findByPhone('+15550100102', go())).toBeUndefined();
    expect(await crm.updateContact(id, {}, go())).toEqual(moved);
  });

  test('[CR12] who is not there is not updated, and not made', async (context) => {
    const crm = await open(WORLD, context);
    for (const id of ['nobody', ...HOSTILE])
      await expect(crm.updateContact(id, { name: 'Eve' }, go()), id).rejects.toEqual(failing('CRM_UNKNOWN'));
    expect(await crm.findByName('eve', 5, go())).toEqual([]);
  });

  test('[CR13] words stay words or are refused, and change nobody else', async (context) => {
    const crm = await open(WORLD, context);
    for (const [i, text] of HOSTILE.entries()) {
      const given = { name: `Zed ${text}`, ...withFacts({ note: text }) };
      const made = await crm.createContact(given, `k${i}`, go()).catch(refused);
      if (made === undefined) continue;
      const read = await crm.findById(made.id, go());
      expect(tame(read?.name)).toBe(tame(given.name));
      if (has('facts')) expect(tame(read?.facts['note'])).toBe(tame(text));
      const again = await crm.updateContact(made.id, { name: `Zoe ${text}` }, go()).catch(refused);
      if (again !== undefined) expect(tame(again.name)).toBe(tame(`Zoe ${text}`));
    }
    for (const { phone, name } of WORLD.contacts)
      if (phone !== undefined) expect(await crm.findByPhone(phone, go())).toMatchObject({ name });
  });
}
