// `npm run bench -- <name> [flags]`: runs one of the benchmarks that lie beside this file.
import { readdirSync } from 'node:fs';

interface Bench {
  run(args: string[]): Promise<void>;
}

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -'.ts'.length));
const [name, ...args] = process.argv.slice(2);

if (name !== undefined && names.includes(name)) {
  const bench = (await import(`./${name}.ts`)) as Bench;
  await bench.run(args);
} else {
  console.error(name === undefined ? 'Which benchmark?' : `There is no benchmark named "${name}".`);
  console.error(`npm run bench -- <name> [flags], where <name> is: ${names.join(', ')}`);
  process.exitCode = 2;
}
