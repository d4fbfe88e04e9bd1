import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Each takes a minute and more: begun last, one of them would be waited for alone. */
const LONGEST = [
  'test/e2e/fault-matrix/',
  'test/e2e/menus/',
  'test/e2e/database-away',
  'test/e2e/people/duplicates',
  'test/e2e/records.',
  'test/e2e/recorded-clicks',
  'test/e2e/people/',
  'test/e2e/hot-reload',
  'test/load/',
  'test/crm/postgres',
  'test/cli/cli',
  'test/store/embedded/',
];

/** They set what a whole process goes by, or find what others leave in it. */
const APART = ['test/*.test.ts', 'test/{cli,doubles,load,store,tools}/**/*.test.ts'];

/** Servers that end under calls want the machine to themselves: what is late there counts as lost. */
const CHAOS = 'test/e2e/chaos.test.ts';
const NODES = ['test/e2e/workers.test.ts', 'test/e2e/nodes/*.test.ts'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST.findIndex((part) => moduleId.includes(`/${part}`));
      return found === -1 ? LONGEST.length : found;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    globalSetup: ['test/around.ts'],
    setupFiles: ['test/seed.ts'],
    // Calls in test/e2e take the time that calls take.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxConcurrency: 12,
    // One per core; by default vitest leaves one core idle, and these tests mostly wait.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'apart',
          include: APART,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        // They leave nothing behind in their process: a new one for each of them would take as long as they do. While one waits for
        // its database another works.
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', ...APART],
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        // Real sockets in real time, on machines that others use too: what fails there is tried again, twice at most, and the
        // report says so (retry x1). They wait more than they work: four at once, also on two cores.
        test: {
          name: 'calls',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/console/**', CHAOS, ...NODES],
          retry: 2,
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: [CHAOS],
          retry: 2,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // By themselves (npm run test:nodes): processes come and go for five minutes.
        test: {
          name: 'nodes',
          include: NODES,
          retry: 2,
          maxWorkers: 1,
          sequence: { groupOrder: 5 },
        },
      },
      {
        extends: true,
        // The console in Chromium, by itself (npm run test:browser): a browser that speaks and draws wants a core of its own, and
        // the calls of a file wait together.
        test: {
          name: 'browser',
          include: ['test/e2e/console/*.test.ts'],
          retry: 2,
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
