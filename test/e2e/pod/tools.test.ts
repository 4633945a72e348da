import { inPod } from '../harness/functions';

test('an image that has its tools installs nothing', () => {
  expect(inPod('tools.sh', 'has_tools() { true; }; (install_tools); echo $?')).toEqual(['0']);
});

test('an image that can install none says so, and fails', () => {
  const [said, status] = inPod('tools.sh', 'has_tools() { false; }; (install_tools); echo $?');
  expect(said).toMatch(/^log: this image has no wg or no iproute2, and cannot install them/);
  expect(status).toBe('1');
});
