/** The e2e project needs root and Debian's packages; `npm test` leaves it out. */
const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.[tj]s$': '@swc/jest' },
  // Published as ES modules only; Jest loads CommonJS.
  transformIgnorePatterns: [
    '/node_modules/(?!(age-encryption|qr|@noble|@scure|@kubernetes/client-node|openid-client|oauth4webapi|jose)/)',
  ],
};

module.exports = {
  // A verdict never depends on how busy the machine is: this only ends what hangs.
  testTimeout: 120_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/e2e/'],
    },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.ts'] },
  ],
};
