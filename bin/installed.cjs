/** Ends a command with a sentence when packages are not installed. */
const { existsSync } = require('node:fs');
const { dependencies, devDependencies } = require('../package.json');

const isInstalled = (name) => existsSync(`${__dirname}/../node_modules/${name}`);
if (!Object.keys({ ...dependencies, ...devDependencies }).every(isInstalled)) {
  console.error('packages are not installed: run `npm ci`');
  process.exit(1);
}
