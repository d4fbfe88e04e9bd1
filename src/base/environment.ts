// Reads settings from an environment that is handed in. Knows no setting by name.

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads one variable at a time and collects what is wrong with them; a faulty one reads as unset. */
export class EnvironmentReader {
  readonly problems: string[] = [];
  readonly #environment: Environment;
  readonly #faulty = new Set<string>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  fault(name: string, what: string): void {
    this.#faulty.add(name);
    this.problems.push(`${name} ${what}`);
  }

  /** Whether a fault of this variable was reported already. */
  names(name: string): boolean {
    return this.#faulty.has(name);
  }

  text(name: string): string | undefined {
    const value = this.#environment[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** Every variable that begins so and has a value, by the rest of its name. */
  startingWith(prefix: string): ReadonlyMap<string, string> {
    const names = Object.keys(this.#environment).filter((name) => name.startsWith(prefix));
    return new Map(
      names.flatMap((name) => {
        const value = this.text(name);
        return value === undefined ? [] : [[name.slice(prefix.length), value] as const];
      }),
    );
  }

  list(name: string): readonly string[] {
    return (this.text(name) ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }

  secret(name: string, atLeast: number): string | undefined {
    const value = this.text(name);
    if (value === undefined || value.length >= atLeast) return value;
    this.fault(name, `has ${value.length} characters; at least ${atLeast} are needed`);
    return undefined;
  }

  matching(name: string, pattern: RegExp, what: string): string | undefined {
    const value = this.text(name);
    if (value === undefined || pattern.test(value)) return value;
    this.fault(name, `is not ${what}`);
    return undefined;
  }

  oneOf<const Choice extends string>(
    name: string,
    choices: readonly Choice[],
    orElse: NoInfer<Choice>,
  ): Choice {
    const value = this.text(name);
    if (value === undefined) return orElse;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) this.fault(name, `is "${value}"; it takes ${choices.join(', ')}`);
    return found ?? orElse;
  }

  integer(name: string, { from, to, orElse }: { from: number; to: number; orElse: number }): number {
    const value = this.text(name);
    if (value === undefined) return orElse;
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= from && number <= to) return number;
    this.fault(name, `is "${value}"; it takes a whole number from ${from} to ${to}`);
    return orElse;
  }

  url(name: string, protocols: readonly string[]): string | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url && protocols.includes(url.protocol)) return value.replace(/\/+$/, '');
    this.fault(
      name,
      `is not an address that begins with ${protocols.map((each) => `${each}//`).join(' or ')}`,
    );
    return undefined;
  }

  /** An address without path, query or fragment: routes are put behind it. */
  origin(name: string, protocols: readonly string[]): string | undefined {
    const value = this.url(name, protocols);
    if (value === undefined) return undefined;
    const { pathname, search, hash, username } = new URL(value);
    if (pathname === '/' && search === '' && hash === '' && username === '') return value;
    this.fault(name, 'must be the bare address, without path, query or user');
    return undefined;
  }
}
