import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    pool: 'forks',
    // One at a time: tests that measure with real runners would otherwise measure the tests beside them (3 s slower in all).
    maxWorkers: 1,
    env: { TZ: 'UTC', NO_COLOR: '1' },
    testTimeout: 30_000,
  },
});
