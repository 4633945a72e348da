/** What notices a change ends the run, so the longest tests come last. */
const Sequencer = require('@jest/test-sequencer').default;

module.exports = class extends Sequencer {
  sort(tests) {
    return super.sort(tests).reverse();
  }
};
