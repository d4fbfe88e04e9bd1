import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/around.ts'],
    // Calls in test/e2e take the time that calls take.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxConcurrency: 12,
    // One per core; by default vitest leaves one core idle, and these tests mostly wait.
    maxWorkers: '100%',
  },
});
