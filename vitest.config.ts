import { defineConfig } from 'vitest/config';

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
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // Real sockets in real time, on machines that others use too: what fails there is tried again, twice at most, and the
        // report says so (retry x1). They wait more than they work: five at once, also on two cores.
        test: {
          name: 'calls',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/console/**'],
          retry: 2,
          maxWorkers: 5,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        // The console in Chromium, by itself (npm run test:browser): a browser that speaks and draws wants a core of its own, and
        // the calls of a file wait together.
        test: {
          name: 'browser',
          include: ['test/e2e/console/*.test.ts'],
          retry: 1,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
