import fc from 'fast-check';
import { parse } from 'yaml';
import { UserError } from '../../lib/errors';
import { addPeer, removePeer } from '../../lib/inventory-file/edit';

const HERO = 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=';
const YEN = 'R4A01RXXqRJSY9TiKQrZGR85HsFNSXxhRKKEu/bEdTQ=';
const NEW = 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=';

const phone = { address: '10.1.2.10', name: 'phone', publicKey: NEW };

describe('a peer is added', () => {
  test.each([
    [
      'a line behind the last one, before what follows',
      `# who
peers: # may connect
  # the laptop
  10.1.2.4: { name: hero, pubkey: ${HERO} } # since May
  10.1.2.9: { name: yen, pubkey: ${YEN} } # the other
  # 10.1.2.10: gone

services: {}
`,
      `  10.1.2.9: { name: yen, pubkey: ${YEN} } # the other
  10.1.2.10: { name: phone, pubkey: ${NEW} }
  # 10.1.2.10: gone
`,
    ],
    [
      'as a block, behind the comments that belong to its neighbour',
      `services: {}
peers:
    10.1.2.4:
        # the laptop
        name: hero # by name
        pubkey: "${HERO}"
        # psk: true
    # the end
`,
      `        # psk: true
    10.1.2.10:
        name: phone
        pubkey: ${NEW}
    # the end
`,
    ],
    [
      'behind an empty line where peers have one between them',
      `peers:
  10.1.2.4: {name: 'hero', pubkey: '${HERO}'}

  # the other
  10.1.2.9: {name: 'yen', pubkey: '${YEN}'}
services: {}
`,
      `  10.1.2.9: {name: 'yen', pubkey: '${YEN}'}

  10.1.2.10: {name: 'phone', pubkey: '${NEW}'}
services: {}
`,
    ],
    [
      'in the order of the keys that its neighbours begin with, and without their further ones',
      `peers:
  "10.1.2.4": { "pubkey": "${HERO}",    "name": "hero", allowedIPs: [192.168.7.0/24] }
services: {}
`,
      `  "10.1.2.4": { "pubkey": "${HERO}",    "name": "hero", allowedIPs: [192.168.7.0/24] }
  "10.1.2.10": { "pubkey": "${NEW}", "name": "phone" }
`,
    ],
    [
      'in JSON on one line',
      `{"peers":{"10.1.2.4":{"name":"hero","pubkey":"${HERO}"}},"services":{}}`,
      `{"10.1.2.4":{"name":"hero","pubkey":"${HERO}"},"10.1.2.10":{"name":"phone","pubkey":"${NEW}"}}`,
    ],
    [
      'in JSON on lines',
      `{
\t"peers": {
\t\t"10.1.2.4": {
\t\t\t"name": "hero",
\t\t\t"pubkey": "${HERO}"
\t\t}
\t},
\t"services": {}
}
`,
      `\t\t},
\t\t"10.1.2.10": {
\t\t\t"name": "phone",
\t\t\t"pubkey": "${NEW}"
\t\t}
\t},
`,
    ],
    [
      'in brackets with comments, each of which stays with its peer',
      `peers: {
  10.1.2.4: { name: hero, pubkey: ${HERO} }, # one
  10.1.2.9: { name: yen, pubkey: ${YEN} } # two
}
services: {}
`,
      `  10.1.2.9: { name: yen, pubkey: ${YEN} }, # two
  10.1.2.10: { name: phone, pubkey: ${NEW} }
}
`,
    ],
    [
      'where there is none yet',
      'peers: {} # nobody\nservices: {}\n',
      `peers: # nobody\n  10.1.2.10: { name: phone, pubkey: ${NEW} }\nservices: {}\n`,
    ],
    [
      'where there is none yet, in JSON',
      '{ "peers": {}, "services": {} }\n',
      `{ "peers": { "10.1.2.10": { "name": "phone", "pubkey": "${NEW}" } }, "services": {} }\n`,
    ],
    [
      'where a neighbour is an alias or has an anchor',
      `peers:
  10.1.2.4: &hero { name: hero, pubkey: ${HERO} }
services: {}
`,
      `  10.1.2.10: { name: phone, pubkey: ${NEW} }\n`,
    ],
  ])('%s', (_, text, expected) => {
    for (const newline of ['\n', '\r\n']) {
      const [before, part] = [text, expected].map((lines) => lines.replaceAll('\n', newline));
      const after = addPeer(before ?? '', phone);
      expect(after).toContain(part);
      expect(removePeer(after, 'phone')).toEqual({ text: before, comments: [] });
    }
  });

  const four = `peers:\n  10.1.2.4: { name: hero, pubkey: ${HERO} }\n`;
  const nine = `  10.1.2.9: { name: yen, pubkey: ${YEN} }\n`;

  test('in its place by address where all are in order', () => {
    const added = `  10.1.2.5: { name: phone, pubkey: ${NEW} }\n`;
    const entry = { ...phone, address: '10.1.2.5' };
    expect(addPeer(`${four}${nine}`, entry)).toBe(`${four}${added}${nine}`);
  });

  test('at the end where they are not', () => {
    const text = `peers:\n${nine}  10.1.2.4: { name: hero, pubkey: ${HERO} }\n`;
    const added = `  10.1.2.5: { name: phone, pubkey: ${NEW} }\n`;
    expect(addPeer(text, { ...phone, address: '10.1.2.5' })).toBe(text + added);
  });

  test('behind a last line without an end', () => {
    const text = four.trimEnd();
    const added = `\n  10.1.2.10: { name: phone, pubkey: ${NEW} }`;
    expect(addPeer(text, phone)).toBe(text + added);
  });

  test.each(['null', '123', '1e3', '0o17', 'yes', 'no', 'on'])('named %s, in quotes', (name) => {
    expect(addPeer(four, { ...phone, name })).toContain(`{ name: '${name}', pubkey`);
  });

  test('with an IPv6 address', () => {
    const text = addPeer(four, { ...phone, address: 'fd00:2::4' });
    expect(text).toBe(`${four}  fd00:2::4: { name: phone, pubkey: ${NEW} }\n`);
  });

  test.each([
    ['an explicit key', `peers:\n  ? 10.1.2.4\n  : { name: hero, pubkey: ${HERO} }\n`],
    ['an alias', `labels: &p { a: b }\npeers: *p\n`],
  ])('never in a layout that it does not know: %s', (_, text) => {
    expect(() => addPeer(text, phone)).toThrow(UserError);
    expect(() => addPeer(text, phone)).toThrow(
      /was left as it is: add 10\.1\.2\.10: \{ name: phone/,
    );
  });
});

describe('a peer is removed', () => {
  const services = `services:
  1:
    - name: a # the first
      peers: [hero, yen] # both
  2: [{ name: b, peers: [ yen ] }, { name: c, peers: &team [yen, hero] }]
  3:
    - name: d
      peers:
        # who
        - hero
        - yen # too
    - name: e
      peers: *team
    - name: f
      peers: # alone
        - yen
    - name: g
`;
  const text = `peers:
  # the laptop
  10.1.2.4: { name: hero, pubkey: ${HERO} }
  # the other
  10.1.2.9: { name: yen, pubkey: ${YEN} } # since May
${services}`;

  test('with its name in every list, and comments stay but for its own', () => {
    expect(removePeer(text, 'yen')).toEqual({
      comments: ['# since May', '# too'],
      text: `peers:
  # the laptop
  10.1.2.4: { name: hero, pubkey: ${HERO} }
  # the other
services:
  1:
    - name: a # the first
      peers: [hero] # both
  2: [{ name: b, peers: [] }, { name: c, peers: &team [hero] }]
  3:
    - name: d
      peers:
        # who
        - hero
    - name: e
      peers: *team
    - name: f
      peers: [] # alone
    - name: g
`,
    });
  });

  test('the last one leaves an empty mapping', () => {
    const left = removePeer(removePeer(text, 'yen').text, 'hero').text;
    expect(left).toMatch(/^peers: \{\}\n {2}# the laptop\n {2}# the other\nservices:/);
    expect(parse(left)).toHaveProperty('peers', {});
  });

  test('a block is removed whole, with the comments in it', () => {
    const block = `peers:
  10.1.2.4:
    name: hero # by name
    # the key
    pubkey: ${HERO}
    # psk: true

  10.1.2.9:
    name: yen
    pubkey: ${YEN}
services: {}
`;
    const { text: left, comments } = removePeer(block, 'hero');
    expect(left).toBe(`peers:\n\n  10.1.2.9:\n    name: yen\n    pubkey: ${YEN}\nservices: {}\n`);
    expect(comments).toEqual(['# by name', '# the key', '# psk: true']);
  });

  test('never where another part of the file needs it', () => {
    const anchored = `peers:
  10.1.2.4: { name: &hero hero, pubkey: ${HERO} }
services: { 1: [{ name: *hero, peers: [] }] }
`;
    expect(() => removePeer(anchored, 'hero')).toThrow(/was left as it is: take hero out of peers/);
  });
});

/** Peers by their last number, a line each as it is given here. */
const peer = (number: number, comment = ''): string =>
  `  10.1.2.${number}: { name: p${number}, pubkey: ${'k'.repeat(42)}${'AEIM'[number % 4] ?? ''}= }${comment}`;

describe('empty lines', () => {
  test.each([
    ['between two others goes with it', [peer(1), '', peer(2), '', peer(3)], [1, 2]],
    ['and blanks, too', [peer(1), ' \t', peer(2), ' ', peer(3)], [1, 2]],
    ['before the last goes with it', [peer(1), '', peer(2)], [1]],
    ['before another stays', [peer(1), '', peer(2), peer(3)], []],
    ['behind it stays', [peer(1), peer(2), '', peer(3)], []],
  ])('an empty line %s', (_, lines, gone) => {
    for (const newline of ['\n', '\r\n']) {
      const text = ['peers:', ...lines, 'services: {}', ''].join(newline);
      const left = lines.filter((line, index) => line !== peer(2) && index !== gone[0]);
      expect(removePeer(text, 'p2').text).toBe(
        ['peers:', ...left, 'services: {}', ''].join(newline),
      );
    }
  });

  test('above the first peer part nothing', () => {
    const text = `peers:\n\n${peer(1)}\n`;
    expect(addPeer(text, phone)).toMatch(/\n\n {2}10\.1\.2\.1: .*\n {2}10\.1\.2\.10: .*\n$/);
  });

  test('above the comments of a peer part it, too', () => {
    const text = `peers:\n${peer(1)}\n\n  # one\n  # two\n${peer(2)}\n`;
    expect(addPeer(text, phone)).toMatch(/p2, .*\n\n {2}10\.1\.2\.10: .*\n$/);
    const close = `peers:\n${peer(1)}\n  # one\n  # two\n${peer(2)}\n`;
    expect(addPeer(close, phone)).toMatch(/p2, .*\n {2}10\.1\.2\.10: .*\n$/);
  });
});

test('a comment far behind the next peer stays with that', () => {
  const text = `services: {}\npeers:\n${peer(1)}\n${peer(2, '        # far')}\n`;
  expect(removePeer(text, 'p1')).toEqual({
    text: `services: {}\npeers:\n${peer(2, '        # far')}\n`,
    comments: [],
  });
});

test('a file with both kinds of line ends loses the right one', () => {
  const text = `services: {}\r\npeers:\n${peer(1)}\n${peer(2)}`;
  expect(removePeer(text, 'p2').text).toBe(`services: {}\r\npeers:\n${peer(1)}`);
});

test('a list is edited whatever stands between its dashes and names', () => {
  const list = (...names: string[]) => [
    'services:',
    '  1:',
    '  - name: a',
    '    peers:',
    ...names.map((name) => `    -   ${name}`),
  ];
  const text = ['peers:', peer(1), peer(2), ...list('p1', 'p2'), ''].join('\n');
  expect(removePeer(text, 'p2').text).toBe(['peers:', peer(1), ...list('p1'), ''].join('\n'));
});

test('a peer may end with a block of text', () => {
  const block = (number: number, name: string) =>
    `  10.1.2.${number}:\n    pubkey: ${HERO}\n    name: |-\n      ${name}\n`;
  const text = `peers:\n${block(1, 'hero')}  # between\n${block(2, 'yen')}services: {}\n`;
  expect(removePeer(text, 'hero').text).toBe(
    `peers:\n  # between\n${block(2, 'yen')}services: {}\n`,
  );
});

describe('the only peer', () => {
  const only = `${peer(1)}\n`;
  test.each([
    ['peers:\n', 'peers: {}\n'],
    ['peers: # who\n', 'peers: {} # who\n'],
    ['peers:\t# who\n\n  # one\n', 'peers: {}\t# who\n\n  # one\n'],
    ['a: b\npeers:\r\n', 'a: b\npeers: {}\r\n'],
  ])('under %j', (head, left) => {
    expect(removePeer(`${head}${only}services: {}\n`, 'p1').text).toBe(`${left}services: {}\n`);
  });

  test('of a mapping with an anchor is not removed', () => {
    expect(() => removePeer(`services: {}\npeers: &all\n${only}`, 'p1')).toThrow(
      /was left as it is: take p1/,
    );
  });
});

/** A peer as it stands in brackets, by its last number. */
const inner = (number: number): string => peer(number).trim();
const new10 = `10.1.2.10: { name: phone, pubkey: ${NEW} }`;

describe('in brackets', () => {
  const [p1, p2, p3] = [inner(1), inner(2), inner(3)];

  test.each([
    [`{ ${p1} }`, `{ ${p1}, ${new10} }`],
    [`{ ${p1}, ${p2} }`, `{ ${p1}, ${p2}, ${new10} }`],
    [`{ ${p1},  ${p2} }`, `{ ${p1},  ${p2}, ${new10} }`],
    [`{ ${p1} , ${p2} }`, `{ ${p1} , ${p2}, ${new10} }`],
    [`{ ${p1}, ${p2}, }`, `{ ${p1}, ${p2}, ${new10}, }`],
    [`{ ${p1}, ${p2} # two\n  }`, `{ ${p1}, ${p2}, ${new10} # two\n  }`],
    [`{\n  ${p1},\n  ${p2} } # end`, `{\n  ${p1},\n  ${p2},\n  ${new10} } # end`],
    [`{\n  ${p1},\n  ${p2},  # two\n  }`, `{\n  ${p1},\n  ${p2},  # two\n  ${new10},\n  }`],
    [`{\n  ${p1},\n\n  ${p2}\n}`, `{\n  ${p1},\n\n  ${p2},\n\n  ${new10}\n}`],
    ['{}', `\n  ${new10}`],
    ['{ }', `\n  ${new10}`],
    ['{} # nobody', `# nobody\n  ${new10}`],
    ['{ # nobody\n  }', `{ ${new10}  # nobody\n  }`],
    ['\n  {}', `\n  { ${new10} }`],
    ['\n  { }', `\n  { ${new10}  }`],
  ])('a peer is added to %j', (given, expected) => {
    const text = `services: {}\npeers: ${given}\n`;
    const added = addPeer(text, phone);
    const blank = expected.startsWith('\n') ? '' : ' ';
    expect(added.replace('peers: \n', 'peers:\n')).toBe(
      `services: {}\npeers:${blank}${expected}\n`,
    );
    expect(parse(added)).toMatchObject({ peers: { '10.1.2.10': { name: 'phone', pubkey: NEW } } });
  });

  test('a document in brackets may begin with a comment', () => {
    const text = '# mine\n{ peers: {}, services: {} }\n';
    expect(addPeer(text, phone)).toBe(`# mine\n{ peers: { ${new10} }, services: {} }\n`);
  });

  test.each([
    [1, `{ ${p1}, ${p2}, ${p3} }`, `{ ${p2}, ${p3} }`],
    [2, `{ ${p1}, ${p2}, ${p3} }`, `{ ${p1}, ${p3} }`],
    [3, `{ ${p1}, ${p2}, ${p3} }`, `{ ${p1}, ${p2} }`],
    [2, `{ ${p1}, ${p2}, }`, `{ ${p1}, }`],
    [1, `{ ${p1} }`, `{}`],
    [1, `{ ${p1}, }`, `{}`],
    [2, `{\n  ${p1}, # one\n  ${p2} }`, `{\n  ${p1}, # one\n   }`],
    [1, `{ ${p1}, # one\n  ${p2} }`, `{  # one\n  ${p2} }`],
    [1, `{ ${p1} , # one\n  ${p2} }`, `{  # one\n  ${p2} }`],
    [1, `{ ${p1},\n  ${p2} }`, `{ ${p2} }`],
    [2, `{\n  ${p1},\n  ${p2} # two\n  }`, `{\n  ${p1}\n  }`],
    [2, `{\n  ${p1},\n  ${p2}, # two\n  }`, `{\n  ${p1},\n  }`],
    [2, `{\n  ${p1}, # one\n  ${p2}\n  }`, `{\n  ${p1} # one\n  }`],
    [1, `{\n  ${p1} # one\n  }`, `{\n  }`],
    [1, `{ # who\n  ${p1}\n  }`, `{ # who\n  }`],
    [2, `{\n  ${p1},\n\n  ${p2},\n\n  ${p3}\n  }`, `{\n  ${p1},\n\n  ${p3}\n  }`],
  ])('p%i is removed from %j', (number, given, expected) => {
    for (const newline of ['\n', '\r\n']) {
      const [text, left] = [given, expected].map((peers) =>
        `services: {}\npeers: ${peers}\n`.replaceAll('\n', newline),
      );
      expect(removePeer(text ?? '', `p${number}`).text).toBe(left);
    }
  });
});

describe('a peer is written as its neighbour', () => {
  test.each([
    ['spaces before a colon', `"10.1.2.1" : { name: a, pubkey: ${HERO} }`],
    ['quotes of the keys', `10.1.2.1: { 'name': a, 'pubkey': ${HERO} }`],
    ['no blanks in its brackets', `10.1.2.1: {name: a, pubkey: ${HERO}}`],
    ['a comma on the next line', `10.1.2.1: { name: a\n    , pubkey: ${HERO} }`],
    ['brackets on lines', `10.1.2.1: {\n    name: a,\n    pubkey: ${HERO},\n  }`],
    ['several blanks before its brackets', `10.1.2.1:   { name: a, pubkey: ${HERO} }`],
    ['quotes of its values', `10.1.2.1: { name: 'a', pubkey: '${HERO}' }`],
    ['a block', `10.1.2.1:\n     name:  a\n     pubkey:  ${HERO}`],
    ['the key first', `10.1.2.1: { pubkey: ${HERO}, name: a }`],
  ])('with %s', (_, neighbour) => {
    const added = addPeer(`services: {}\npeers:\n  ${neighbour}\n`, phone);
    const same = neighbour
      .replace('10.1.2.1', '10.1.2.10')
      .replace(/(?<=name['":]* *'?)a/, 'phone')
      .replace(HERO, NEW);
    expect(added).toBe(`services: {}\npeers:\n  ${neighbour}\n  ${same}\n`);
  });

  test.each([
    ['an anchor', `&a { name: a, pubkey: ${HERO} }`],
    ['a comment', `{ name: a, # b\n    pubkey: ${HERO} }`],
    ['one key', `{ name: a }`],
    ['a list first', `{ allowedIPs: [], name: a }`],
    ['a list second', `{ name: a, allowedIPs: [] }`],
  ])('but for %s: then as another one', (_, odd) => {
    const plain = `  '10.1.2.1': {name: b, pubkey: ${YEN}}\n`;
    const text = `services: {}\npeers:\n${plain}  10.1.2.2: ${odd}\n`;
    const added = addPeer(text, phone).slice(text.length);
    expect(added).toBe(
      odd.includes('#')
        ? `  10.1.2.10: { name: phone,\n    pubkey: ${NEW} }\n`
        : `  '10.1.2.10': {name: phone, pubkey: ${NEW}}\n`,
    );
  });

  test('the nearest counts, the one before it first', () => {
    const styles = [`{name: a, pubkey: ${HERO}}`, `{ name: b, pubkey: ${YEN} }`];
    const text = (one = '', other = '') =>
      `services: {}\npeers:\n  10.1.2.1: ${one}\n  10.1.2.20: ${other}\n`;
    expect(addPeer(text(...styles), phone)).toContain(`10.1.2.10: {name: phone, pubkey: ${NEW}}\n`);
    expect(addPeer(text(...styles.toReversed()), phone)).toContain(`  ${new10}\n`);
  });
});

test('a list may stand for as many services as there are', () => {
  const first = '  0: [{ name: a, peers: &team [p1, p2] }]';
  const others = Array.from({ length: 200 }, (_, n) => `  ${n + 1}: [{ name: a, peers: *team }]`);
  const text = ['peers:', peer(1), peer(2), 'services:', first, ...others, ''].join('\n');
  expect(addPeer(text, phone)).toContain(new10);
  expect(removePeer(text, 'p2').text).toContain('peers: &team [p1] }');
});

test('what stands between a peer and its comments is not written again', () => {
  const block = (between: string) =>
    `services: {}\npeers:\n  10.1.2.1:${between}    name: a${between}    pubkey: ${HERO}\n`;
  for (const between of ['\n', '\n\n\n', ' # a\n \n\t\n', '\n    # b\n']) {
    for (const newline of ['\n', '\r\n']) {
      const text = block(between).replaceAll('\n', newline);
      expect(addPeer(text, phone).slice(text.length).split(newline)).toEqual([
        '  10.1.2.10:',
        '    name: phone',
        `    pubkey: ${NEW}`,
        '',
      ]);
    }
  }
});

/** An inventory in one of many layouts. */
const layouts = fc
  .record({
    peers: fc.uniqueArray(fc.integer({ min: 1, max: 250 }), { maxLength: 4 }),
    shape: fc.constantFrom('lines', 'blocks', 'brackets', 'bracket-lines', 'json', 'json-lines'),
    quote: fc.constantFrom('', "'", '"'),
    above: fc.boolean(),
    beside: fc.boolean(),
    blank: fc.boolean(),
    trailing: fc.boolean(),
    newline: fc.constantFrom('\n', '\r\n'),
    ended: fc.boolean(),
    list: fc.constantFrom('none', 'brackets', 'lines'),
    first: fc.boolean(),
  })
  .map((layout) => ({ ...layout, text: write(layout) }));

interface Layout {
  readonly peers: readonly number[];
  readonly shape: string;
  readonly quote: string;
  readonly above: boolean;
  readonly beside: boolean;
  readonly blank: boolean;
  readonly trailing: boolean;
  readonly newline: string;
  readonly ended: boolean;
  readonly list: string;
  readonly first: boolean;
}

function write(layout: Layout): string {
  const { peers, shape, above, beside, blank, trailing, newline, ended, list, first } = layout;
  const keyOf = (number: number): string => `${'k'.repeat(42)}${'AEIM'[number % 4] ?? ''}=`;
  const data = Object.fromEntries(
    peers.map((number) => [`10.1.2.${number}`, { name: `p${number}`, pubkey: keyOf(number) }]),
  );
  const names = list === 'none' ? [] : peers.map((number) => `p${number}`);
  const services = { 1: [{ name: 'a', peers: names }] };
  if (shape.startsWith('json')) {
    const indent = shape === 'json' ? undefined : 2;
    return JSON.stringify({ peers: data, services }, undefined, indent).replaceAll('\n', newline);
  }
  const q = shape === 'json' ? '"' : layout.quote;
  const note = beside ? ' # beside' : '';
  const isLines = shape === 'lines' || shape === 'blocks';
  const entries = Object.entries(data).flatMap(([address, { name, pubkey }], index, all) => {
    const isLast = index === all.length - 1;
    const comma = isLines || (isLast && !trailing) ? '' : ',';
    const head = `  ${q}${address}${q}:`;
    return [
      ...(blank && index > 0 ? [''] : []),
      ...(above ? [`  # above ${name}`] : []),
      ...(shape === 'blocks'
        ? [`${head}${note}`, `    name: ${name}`, `    pubkey: ${q}${pubkey}${q}${note}`]
        : [`${head} { name: ${q}${name}${q}, pubkey: ${pubkey} }${comma}${note}`]),
    ];
  });
  const flat = Object.entries(data).map(
    ([address, { name, pubkey }]) => `${q}${address}${q}: { name: ${name}, pubkey: ${pubkey} }`,
  );
  const body =
    peers.length === 0
      ? [`peers: {}${note}`]
      : isLines
        ? ['peers:', ...entries]
        : shape === 'brackets'
          ? [`peers: { ${flat.join(', ')}${trailing ? ',' : ''} }`]
          : ['peers: {', ...entries, '}'];
  const access =
    list === 'lines' && names.length > 0
      ? ['      peers:', ...names.map((name) => `        - ${name}${note}`)]
      : [`      peers: [${names.join(', ')}]`];
  const tail = ['services:', '  1:', '    - name: a', ...access];
  const lines = first ? [...body, ...tail] : [...tail, ...body];
  return lines.join(newline) + (ended ? newline : '');
}

test('whatever the layout: a peer that comes and goes leaves the file as it was', () => {
  fc.assert(
    fc.property(layouts, ({ text }) => {
      const added = addPeer(text, { ...phone, address: '10.1.2.251' });
      expect(removePeer(added, 'phone').text).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test('whatever the layout: what is removed takes no other line with it', () => {
  fc.assert(
    fc.property(
      layouts.filter(({ peers }) => peers.length > 0),
      ({ text, peers }) => {
        const gone = `p${peers[0] ?? 0}`;
        const { text: left } = removePeer(text, gone);
        const comments = (all: string): string[] => all.match(/# above p\d+/g) ?? [];
        expect(comments(left)).toEqual(comments(text));
        const others = text
          .split(/\r?\n/)
          .filter(
            (line) => /name: .*pubkey/.test(line) && !line.includes(`10.1.2.${peers[0] ?? 0}`),
          );
        if (others.length === peers.length - 1) {
          for (const line of others) expect(left).toContain(line.replace(/ }.*/, ''));
        }
      },
    ),
    { numRuns: 500 },
  );
});
