// A batch that the database refuses for one item: halves of it, in order, until the item at fault stands alone.
// Knows no database.

export type Verdict = { readonly is: 'done' } | { readonly is: 'refused' | 'away'; readonly thrown: unknown };

export interface Found<Item> {
  /** So many from the front are dealt with: done, or refused alone. The next one found the database away. */
  readonly count: number;
  readonly refused: readonly { readonly item: Item; readonly thrown: unknown }[];
}

export async function bisect<Item>(
  items: readonly Item[],
  apply: (part: readonly Item[]) => Promise<Verdict>,
): Promise<Found<Item>> {
  const refused: { item: Item; thrown: unknown }[] = [];
  const parts = [items];
  let count = 0;
  for (let part = parts.pop(); part; part = parts.pop()) {
    const verdict = await apply(part);
    if (verdict.is === 'away') return { count, refused };
    if (verdict.is === 'refused' && part.length > 1) {
      const half = part.length >> 1;
      parts.push(part.slice(half), part.slice(0, half));
      continue;
    }
    count += part.length;
    if (verdict.is === 'refused') refused.push({ item: part[0]!, thrown: verdict.thrown });
  }
  return { count, refused };
}
