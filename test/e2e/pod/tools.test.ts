import { inPod } from '../harness/functions';

test('an image that has its tools installs nothing', () => {
  expect(inPod('tools.sh', 'has_tools() { true; }; (install_tools); echo $?')).toEqual(['0']);
});

test('an image that can install none says so, and fails', () => {
  const [said, status] = inPod('tools.sh', 'has_tools() { false; }; (install_tools); echo $?');
  expect(said).toMatch(/^log: this image has no wg or no iproute2, and cannot install them/);
  expect(status).toBe('1');
});

test('an image that can install them tries until it has them, and waits in between', () => {
  const lines = inPod(
    'tools.sh',
    `tools=. tries=0
    apk() { :; }
    has_tools() { [ $tries -ge 3 ]; }
    fetch_tools() { tries=$((tries + 1)); echo fetch; return 1; }
    pause() { echo pause "$1"; }
    install_tools
    echo $?`,
  );
  const waiting = expect.stringMatching(
    /^log: waiting for the network: apk could not install/,
  ) as unknown;
  const again = ['fetch', waiting, 'pause 5'];
  expect(lines).toEqual([...again, ...again, 'fetch', '0']);
});
