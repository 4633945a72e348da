/**
 * The processes project starts this project's programs as whole processes; the unit project starts none.
 * The e2e project needs root and Debian's packages, the cluster project a cluster; `npm test` leaves
 * both out. The kernel project is its files again, for the kernel's WireGuard: all but those that have
 * nothing to do with it, and the one that would take an emulated machine an hour.
 */
const E2E = '<rootDir>/test/e2e/';
const CLUSTER = '<rootDir>/test/cluster/';
const PROCESSES = '\\.process\\.test\\.ts$';
const notForKernel = ['client-forms', 'keys-interop', 'load', 'nixos', 'parsers', 'pod/'];

const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.[tj]s$': '@swc/jest' },
  // Published as ES modules only; Jest loads CommonJS.
  transformIgnorePatterns: ['/node_modules/(?!(age-encryption|qr|@noble|@scure)/)'],
};

module.exports = {
  // A verdict never depends on how busy the machine is: this only ends what hangs.
  testTimeout: 120_000,
  // `npm run test:coverage`.
  collectCoverageFrom: ['lib/**/*.ts'],
  coverageThreshold: { global: { statements: 95, branches: 90, functions: 95, lines: 95 } },
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [E2E, CLUSTER, PROCESSES],
    },
    { ...shared, displayName: 'processes', testMatch: ['<rootDir>/test/**/*.process.test.ts'] },
    { ...shared, displayName: 'cluster', testMatch: [`${CLUSTER}**/*.test.ts`] },
    { ...shared, displayName: 'e2e', testMatch: [`${E2E}**/*.test.ts`] },
    {
      ...shared,
      displayName: 'kernel',
      testMatch: [`${E2E}**/*.test.ts`],
      testPathIgnorePatterns: notForKernel.map((name) => `${E2E}${name}`),
    },
  ],
};
