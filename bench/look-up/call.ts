// What is noted of every call whose caller is looked up, and how calls are made: one after the other, or in bursts.

export interface LookUp {
  /** From the question who calls until the CRM's answer. Undefined: nobody asked it. */
  readonly tookMs: number | undefined;
  /** How long the carrier waited for what to do; the phone rings meanwhile. */
  readonly heldMs: number;
  /** The CRM's answer came after the call had been answered. */
  readonly isLate: boolean;
  readonly isFound: boolean;
  /** Why the CRM could not be asked. */
  readonly cause?: string | undefined;
}

export interface Caller {
  /** E.164. */
  readonly number: string;
  readonly isKnown: boolean;
}

/** Of so many callers one is a stranger; some vendors are asked twice for those. */
const ONE_STRANGER_IN = 4;

/** `known`: numbers that are in the CRM. */
export const callersOf = (known: readonly string[], calls: number): Caller[] =>
  Array.from({ length: calls }, (_, n) =>
    n % ONE_STRANGER_IN === ONE_STRANGER_IN - 1
      ? { number: `+1555019${String(n % 10_000).padStart(4, '0')}`, isKnown: false }
      : { number: known[n % known.length]!, isKnown: true },
  );

/** So many at the same moment, and the next ones once these are all over. In the order of `inputs`. */
export async function inBursts<In, Out>(
  inputs: readonly In[],
  atOnce: number,
  work: (input: In) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = [];
  for (let at = 0; at < inputs.length; at += atOnce)
    results.push(...(await Promise.all(inputs.slice(at, at + atOnce).map((input) => work(input)))));
  return results;
}
