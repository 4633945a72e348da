/** The unit project of jest.config.cjs alone, as Stryker's runner wants it. */
const { projects, testTimeout } = require('../../jest.config.cjs');

const unit = { ...projects.find((project) => project.displayName === 'unit') };
delete unit.displayName;
module.exports = { ...unit, testTimeout };
